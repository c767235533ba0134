import { evaluate as evaluatePolicies } from '../governance/evaluate.ts';
import { OPERATIONS } from '../governance/catalogue.ts';
import { execute } from './execute.ts';
import { createTransport } from './http.ts';
import { createJiraClient } from './jira/client.ts';
import { JIRA_ROWS } from './jira/operations.ts';
import { createOktaClient } from './okta/client.ts';
import { oktaOperations } from './okta/operations.ts';
import { createGovernor } from './rate-limit/governor.ts';
import { createSlackClient } from './slack/client.ts';
import { SLACK_ROWS } from './slack/operations.ts';
import { unconfigured } from './unconfigured.ts';
import type { Journal } from '../audit/types.ts';
import type { Secret } from '../config/secret.ts';
import type {
  ConnectorName,
  Decision,
  DecisionRequest,
  Guardrails,
  OperationFacts,
  PolicyBundle,
} from '../governance/types.ts';
import type { Decide } from './authorise.ts';
import type { CallEvent, Wire } from './exchange.ts';
import type { Pipeline } from './execute.ts';
import type { OktaCredential } from './okta/client.ts';
import type { VendorClient } from './perform.ts';
import type { Quota } from './rate-limit/types.ts';
import type { Call, Connectors, OperationTable } from './types.ts';

/** Everything the connectors need. A vendor that is absent is not configured: each call to it is refused as invalid. */
export interface ConnectorSettings {
  okta?: { origin: string; host: string; credential: OktaCredential };
  /** Without `email` the token is sent as a bearer token. */
  jira?: { origin: string; email?: string | null; token: Secret; projectKey?: string };
  slack?: { apiUrl: string; token: Secret };
  journal: Journal;
  /** The policies in force now; asked for each call. */
  bundle: () => PolicyBundle;
  guardrails: () => Guardrails;
  evaluate?: (
    request: DecisionRequest,
    bundle: PolicyBundle,
    guardrails: Guardrails,
    catalogue: readonly OperationFacts[],
  ) => Decision;
  now: () => Date;
  /** Told of every exchange with a vendor, one by one. */
  observe?: (event: CallEvent) => void;
  /** Time for one exchange. Default 30 s. */
  timeoutMs?: number;
  quota: Quota;
}

/** Builds the governed connectors; nothing is sent and no SDK is loaded until the first call. */
export function createConnectors(settings: ConnectorSettings): Connectors {
  const { okta, jira, slack } = settings;
  const decide = decider(settings);
  const pipe = <Table extends OperationTable, Handle>(
    connector: ConnectorName,
    rows: Pipeline<Handle>['rows'],
    client: VendorClient<Handle>,
  ): Call<Table> =>
    callOf<Table, Handle>({ connector, rows, client, decide, journal: settings.journal, now: settings.now });
  return {
    okta: pipe(
      'okta',
      oktaOperations(okta ? new URL(okta.origin).origin : ''),
      okta
        ? createOktaClient({ ...okta, origin: new URL(okta.origin).origin, wire: wireTo(okta.origin, settings) })
        : unconfigured(),
    ),
    jira: pipe(
      'jira',
      JIRA_ROWS,
      jira
        ? createJiraClient({ ...jira, email: jira.email ?? undefined, wire: wireTo(jira.origin, settings) })
        : unconfigured(),
    ),
    slack: pipe(
      'slack',
      SLACK_ROWS,
      slack ? createSlackClient({ ...slack, wire: wireTo(slack.apiUrl, settings) }) : unconfigured(),
    ),
    decide: (connector, operation, principal) => decide(connector, operation, principal),
    jiraBaseUrl: (jira?.origin ?? '').replace(/\/+$/, ''),
    oktaHost: okta?.host ?? '',
  };
}

/** Own governor and own pinned transport for each vendor. */
const wireTo = (address: string, { timeoutMs, quota, observe }: ConnectorSettings): Wire => ({
  transport: createTransport({ origin: address, timeoutMs }),
  governor: createGovernor({ quota }),
  observe: quiet(observe),
});

// A counter that throws must not decide what became of a call.
const quiet =
  (observe: ConnectorSettings['observe']): Wire['observe'] =>
  (event) => {
    try {
      observe?.(event);
    } catch {
      return;
    }
  };

const decider =
  ({ bundle, guardrails, evaluate = evaluatePolicies }: ConnectorSettings): Decide =>
  (connector, operation, principal, argsDigest) =>
    evaluate({ connector, operation, principal, argsDigest }, bundle(), guardrails(), OPERATIONS);

// The rows of a table have the types of its operations: what comes out of the pipeline is what the table promises.
const callOf = <Table extends OperationTable, Handle>(pipeline: Pipeline<Handle>): Call<Table> =>
  (async (operation, input, context) =>
    execute(pipeline, { operation, input, context: context as never })) as Call<Table>;
