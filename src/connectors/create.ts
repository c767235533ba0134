/** Composes the governed connectors. */

import { accountParts } from './accounts.ts';
import { authorityFacts } from './authority.ts';
import { OPERATIONS } from '../governance/catalogue.ts';
import { riskIncrease } from '../governance/context.ts';
import { prepareBundle } from '../governance/prepare.ts';
import { evaluator } from './pipeline/evaluator.ts';
import { execute, validateCall } from './pipeline/execute.ts';
import { createTransport } from './transport/http.ts';
import { createJiraClient } from './jira/client.ts';
import { JIRA_ROWS } from './jira/operations.ts';
import { createOktaClient } from './okta/client.ts';
import { oktaOperations } from './okta/operations.ts';
import { createGovernor } from './rate-limit/governor.ts';
import { createSlackClient } from './slack/client.ts';
import { SLACK_ROWS } from './slack/operations.ts';
import { placeholderClient } from './pipeline/placeholder-client.ts';
import type { Journal } from '../audit/types.ts';
import type { Secret } from '../config/env/secret.ts';
import type {
  ConnectorName,
  Decision,
  DecisionRequest,
  Guardrails,
  OperationFacts,
  PolicyBundle,
} from '../governance/types.ts';
import type { AccountVendors } from './accounts.ts';
import type { AuthorityReader, OwnFacts } from './authority.ts';
import type { Decide } from './pipeline/authorise.ts';
import type { CallEvent, Connection } from './transport/exchange.ts';
import type { Pipeline } from './pipeline/execute.ts';
import type { Transport } from './transport/http.ts';
import type { OnWrite } from './pipeline/writes.ts';
import type { EmailOperations } from './email/types.ts';
import type { EntraOperations } from './entra/types.ts';
import type { GoogleOperations } from './google/types.ts';
import type { SalesforceOperations } from './salesforce/types.ts';
import type { OktaCredential } from './okta/client.ts';
import type { JiraEditionName } from './jira/editions.ts';
import type { VendorClient } from './pipeline/call-vendor.ts';
import { bucketStoreFor, bucketKey } from './rate-limit/buckets.ts';
import type { BucketStore, Quota } from './rate-limit/types.ts';
import type {
  Call,
  CallContext,
  CallResult,
  Connectors,
  GrantStore,
  JiraOperations,
  OktaOperations,
  SlackOperations,
} from './types.ts';

/**
 * Everything the connectors need. An absent vendor is not configured; every call to it is refused
 * as invalid.
 */
export interface ConnectorSettings extends AccountVendors {
  okta?: { origin: string; host: string; credential: OktaCredential };
  /**
   * Without `email` the token is sent as a bearer token. `site` is the address for links, by default
   * `origin`; null if only Jira knows it. `edition` is Cloud by default.
   */
  jira?: {
    origin: string;
    site?: string | null;
    edition?: JiraEditionName | 'ask';
    email?: string | null;
    token: Secret;
    projectKey?: string;
  };
  slack?: { apiUrl: string; token: Secret };
  journal: Journal;
  /** Without it, every call that requires approval is refused. */
  grants?: GrantStore;
  /** Returns the policies currently in force; called for each decision. */
  bundle: () => PolicyBundle;
  guardrails: () => Guardrails;
  evaluate?: (
    request: DecisionRequest,
    bundle: PolicyBundle,
    guardrails: Guardrails,
    catalogue: readonly OperationFacts[],
  ) => Decision;
  now: () => Date;
  /** Where arx takes authority from. Without it, no call counts as a change of authority. */
  authority?: AuthorityReader;
  /** Additional effects of each write, in the transactions of its intent and of its outcome. */
  onWrite?: OnWrite;
  /** See `Pipeline.confirm`. */
  confirm?: () => Promise<void>;
  /** Called for every exchange with a vendor. */
  observe?: (event: CallEvent) => void;
  /** Time-out of one exchange. Default 30 s. */
  timeoutMs?: number;
  quota: Quota;
  /**
   * Stores the state of the rate limits, shared by all processes that call the same org. Default:
   * in this process.
   */
  buckets?: BucketStore;
}

/**
 * Creates the governed connectors. Nothing is sent, and no SDK is loaded, before the first call.
 */
export function createConnectors(settings: ConnectorSettings): Connectors {
  const { okta, jira, slack } = settings;
  const decide = decider(settings);
  const ownFacts: OwnFacts = settings.authority
    ? authorityFacts(settings.authority, (...call) => connectors.okta(...call))
    : () => Promise.resolve({});
  const shared = { decide, ownFacts, ...journalOf(settings) };
  const pipe = <Handle>(
    connector: ConnectorName,
    rows: Rows,
    client: VendorClient<Handle>,
  ): Pipe => {
    const pipeline: Pipeline<Handle> = { connector, rows, client, ...shared };
    const call: Pipe['call'] = (operation, input, context) =>
      execute(pipeline, { operation, input, context });
    return { call, validate: (call) => validateCall(pipeline, call) };
  };
  const accounts = accountParts(settings, (connector, address, transport) =>
    connectTo(connector, address, { ...settings, transport }),
  );
  const oktaOrigin = okta ? new URL(okta.origin).origin : '';
  const pipes: Record<ConnectorName, Pipe> = {
    okta: pipe(
      'okta',
      oktaOperations(oktaOrigin),
      okta
        ? createOktaClient({
            ...okta,
            origin: oktaOrigin,
            connection: connectTo('okta', okta.origin, settings),
          })
        : placeholderClient(),
    ),
    jira: pipe(
      'jira',
      JIRA_ROWS,
      jira
        ? createJiraClient({
            ...jira,
            edition: jira.edition ?? 'cloud',
            email: jira.email ?? undefined,
            connection: connectTo('jira', jira.origin, settings),
          })
        : placeholderClient(),
    ),
    slack: pipe(
      'slack',
      SLACK_ROWS,
      slack
        ? createSlackClient({ ...slack, connection: connectTo('slack', slack.apiUrl, settings) })
        : placeholderClient(),
    ),
    entra: pipe('entra', accounts.entra.rows, accounts.entra.client),
    google: pipe('google', accounts.google.rows, accounts.google.client),
    salesforce: pipe('salesforce', accounts.salesforce.rows, accounts.salesforce.client),
    email: pipe('email', accounts.email.rows, accounts.email.client),
  };
  const connectors: Connectors = {
    okta: pipes.okta.call as Call<OktaOperations>,
    jira: pipes.jira.call as Call<JiraOperations>,
    slack: pipes.slack.call as Call<SlackOperations>,
    entra: pipes.entra.call as Call<EntraOperations>,
    google: pipes.google.call as Call<GoogleOperations>,
    salesforce: pipes.salesforce.call as Call<SalesforceOperations>,
    email: pipes.email.call as Call<EmailOperations>,
    validate: (connector, operation, input, context) =>
      pipes[connector].validate({ operation, input, context }),
    decide: (connector, operation, principal, { args, argsDigest, facts = {}, aliases } = {}) =>
      decide({
        connector,
        operation,
        principal,
        aliases,
        args,
        argsDigest,
        about: facts.about,
        raisedBy: riskIncrease(facts),
      }),
    ownFacts,
    conditionFields: (connector) => {
      const bundle = settings.bundle();
      return bundle.ok ? prepareBundle(bundle, OPERATIONS).fields(connector).names : [];
    },
    jiraBaseUrl:
      jira?.site === null ? null : (jira?.site ?? jira?.origin ?? '').replace(/\/+$/, ''),
    oktaHost: okta?.host ?? '',
  };
  return connectors;
}

type Rows = Pipeline<unknown>['rows'];

/** One vendor behind the pipeline, without the types of its operations; `Connectors` adds them. */
interface Pipe {
  call: (
    operation: string,
    input: unknown,
    context: CallContext<unknown>,
  ) => Promise<CallResult<unknown>>;
  validate: (call: Parameters<typeof validateCall>[1]) => ReturnType<typeof validateCall>;
}

/** Each vendor has its own governor and its own transport, pinned to its origin. */
const connectTo = (
  connector: ConnectorName,
  address: string,
  settings: ConnectorSettings & { transport?: Transport },
): Connection => ({
  transport:
    settings.transport ?? createTransport({ origin: address, timeoutMs: settings.timeoutMs }),
  governor: createGovernor({
    quota: settings.quota,
    store:
      settings.buckets &&
      bucketStoreFor(settings.buckets, (bucket) =>
        bucketKey(connector, new URL(address).host, bucket),
      ),
  }),
  observe: ignoreErrors(settings.observe),
});

// A failing observer must not affect the outcome of a call.
const ignoreErrors =
  (observe: ConnectorSettings['observe']): Connection['observe'] =>
  (event) => {
    try {
      observe?.(event);
    } catch {
      return;
    }
  };

const decider = ({
  bundle,
  guardrails,
  now,
  evaluate = evaluator(),
}: ConnectorSettings): Decide => {
  return (request) =>
    evaluate({ ...request, now: now().getTime() }, bundle(), guardrails(), OPERATIONS);
};

const journalOf = ({ journal, grants, now, onWrite, confirm }: ConnectorSettings) => ({
  journal,
  grants,
  now,
  onWrite,
  confirm,
});
