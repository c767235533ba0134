import { ApplicationFailure, Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { canBeMet } from '../../governance/approval.ts';
import type { Approval } from '../../governance/approval.ts';
import { CONNECTORS } from '../../governance/catalogue.ts';
import { changesRights } from '../../governance/context.ts';
import type { ContextFacts } from '../../governance/context.ts';
import { ANONYMOUS } from '../../governance/principal.ts';
import type { RequestAbout } from '../../governance/request-text.ts';
import type { ActionState, ConnectorName, Decision } from '../../governance/types.ts';
import type { ActionRecord, ActionRequest } from '../../store/governance-types.ts';
import type { GovernedActivities, OpenedRequest } from './types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import { describeRequest } from './describe-request.ts';
import type { FactDeps, TargetFacts } from './facts.ts';
import { requestDraft, requestFacts } from './recording.ts';
import { takeInput } from './take-input.ts';
import type { StoredInput } from './take-input.ts';
import { readContext, denialFor, refusalIfUnreadable } from './request-context.ts';
import type { Refused } from './request-context.ts';
import { newApproval, requirementsOf } from './requirements.ts';
import type { RequirementDeps } from './requirements.ts';
import { targetRefusal } from './target-refusal.ts';

type OpenDeps = FactDeps &
  RequirementDeps &
  UsesStore<'inputs' | 'journal' | 'requests' | 'snapshots'> &
  UsesConnectors<'decide' | 'validate'>;

/** `openRequest`: validates a request, decides it by policy, and freezes or refuses it. */
export function openRequest(deps: OpenDeps): GovernedActivities['openRequest'] {
  return async ({ requestId, run, input, now, startedAt = now }) => {
    const { store } = deps;
    const stored = await store.requests.get(requestId);
    if (stored) return requestState(stored);
    const given = await takeInput(deps, { requestId, run, input, now, startedAt });
    const frozen = await freezeRequest(deps, { requestId, run, now, given });
    const { request, decision } = frozen;
    const first = await firstState(deps, frozen).catch(stateIfUnreadable);
    const { state, approval, code, hints = [], details, about } = first;
    const outcome =
      code === null ? undefined : { code, hints: [...decision.hints, ...hints], ...details };
    if (about) request.about = about;
    const record = await store.requests.open(request, state, approval, outcome);
    await recordOpening(deps, record, decision);
    return requestState(record);
  };
}

/** The state of a request, for the workflow. */
export function requestState({ state, outcome }: ActionRecord): OpenedRequest {
  const code = outcome?.['code'];
  return { state, code: typeof code === 'string' ? code : null };
}

interface NewRequest {
  requestId: string;
  run: string;
  now: number;
  given: StoredInput;
}

interface FrozenRequest {
  request: ActionRequest;
  decision: Decision;
  facts: TargetFacts;
  /** Logins of the requester, and of the person on whose behalf it is requested, by id. */
  names: Readonly<Record<string, string>>;
  /** Why the request ends, whatever the policies decide; null if nothing prevents it. */
  refused: Refused | null;
}

async function freezeRequest(
  deps: FactDeps & UsesConnectors<'decide' | 'validate'>,
  { requestId, run, now, given }: NewRequest,
): Promise<FrozenRequest> {
  const { workflowId } = Context.current().info.workflowExecution ?? { workflowId: run };
  const principal = given.as ?? ANONYMOUS;
  const { authenticatedBy = 'none', surface = 'workflow' } = given;
  const caller = { principal, authenticatedBy, surface, workflowId, run };
  const { connector, operation } = operationOf(given.operation);
  const { args, argsDigest } = await deps.connectors.validate(
    connector,
    operation,
    given.params ?? {},
    {
      caller,
      subject: requestId,
    },
  );
  const decide = (more: { facts?: ContextFacts; aliases?: readonly string[] }): Decision =>
    deps.connectors.decide(connector, operation, principal, { args, argsDigest, ...more });
  const { onBehalfOf } = given;
  const call = { connector, operation, args, run, workflowId, principal, onBehalfOf };
  const { facts, people, refused } = await readContext(deps, call, {
    principal,
    onBehalfOf,
    // What cannot be evaluated is denied, whoever asks.
    hopeless: decide({}).code === 'fail_closed',
  });
  const decision = denialFor(
    decide({ facts: facts.raising, ...(people.aliases && { aliases: people.aliases }) }),
    refused,
  );
  const request: ActionRequest = {
    requestId,
    workflowId,
    run,
    connector,
    operation,
    args,
    argsDigest,
    principal,
    authenticatedBy,
    surface,
    requesterId: people.requesterId,
    onBehalfOf: people.onBehalfOf,
    ...(people.aliases && { aliases: people.aliases }),
    changesRights: changesRights(facts.raising),
    reason: given.reason ?? '',
    risk: decision.risk ?? 'CRITICAL',
    target: facts.target,
    targetFacts: facts.state,
    bundleDigest: decision.bundleDigest ?? '',
    obligations: decision.obligations,
    createdAt: new Date(now).toISOString(),
  };
  return { request, decision, facts, names: people.names, refused };
}

function operationOf(text: string | undefined): { connector: ConnectorName; operation: string } {
  const [first = '', ...rest] = (text ?? '').split(':');
  const connector = CONNECTORS.find((name) => name === first);
  if (connector && rest.length === 2) return { connector, operation: rest.join(':') };
  if (rest.length === 1) return { connector: 'okta', operation: `${text}` };
  throw invalid('operation must have the form okta:users:suspend');
}

interface FirstState {
  state: ActionState;
  approval: Approval | null;
  code: string | null;
  hints?: string[];
  details?: JsonObject;
  /** For a request that waits for approval. */
  about?: RequestAbout;
}

async function firstState(
  deps: FactDeps & RequirementDeps,
  { request, decision, facts, names, refused }: FrozenRequest,
): Promise<FirstState> {
  if (refused !== null) {
    const { code, details } = refused;
    return { state: 'denied', approval: null, code, details };
  }
  if (decision.effect === 'deny') return { state: 'denied', approval: null, code: decision.code };
  const refusal = await targetRefusal(deps, request, facts);
  if (refusal !== null) return { state: 'denied', approval: null, code: refusal };
  if (decision.effect !== 'approval') return { state: 'open', approval: null, code: null };
  // Beside each other: a source of approvers that is slow delays the request once.
  const [read, about] = await Promise.all([
    requirementsOf(deps, request),
    describeRequest(deps, request, names),
  ]);
  const { requesterId, onBehalfOf, obligations, risk } = request;
  const banned = [...new Set([requesterId, onBehalfOf, ...facts.people])].filter(
    (id) => id !== null,
  );
  const now = new Date(request.createdAt);
  const approval = newApproval(deps, { obligations, risk, ...read, banned, now });
  // Sources that could not be read yet are read again beside the open request.
  if (canBeMet(approval) || read.unread.some(({ temporary }) => temporary))
    return { state: 'pending', approval, code: null, about };
  return {
    state: 'denied',
    approval: null,
    code: 'no_eligible_approver',
    hints: read.unread.map(({ source, message }) => `${source}: ${message}`),
  };
}

/** The denial of a request whose facts stay unreadable. Throws while they may be read later. */
function stateIfUnreadable(thrown: unknown): FirstState {
  const refused = refusalIfUnreadable(thrown);
  if (refused === null) throw thrown;
  const { code, hint, details } = refused;
  return { state: 'denied', approval: null, code, hints: [hint], details };
}

async function recordOpening(
  deps: UsesStore<'journal'>,
  record: ActionRecord,
  decision: Decision,
): Promise<void> {
  const at = new Date(record.createdAt);
  const requested = requestDraft(record, {
    kind: 'action.requested',
    at,
    sequence: 0,
    outcome: requestFacts(record),
  });
  const { effect, bundleDigest, determining } = decision;
  const code = requestState(record).code ?? decision.code;
  const kind = record.state === 'denied' ? 'action.denied' : 'action.decided';
  const policies = [...new Set(determining.map(({ policy }) => policy))];
  const decided = { effect, code: decision.code, policies, bundleDigest };
  const entry = requestDraft(record, {
    kind,
    at,
    sequence: 0,
    decision: decided,
    outcome: { effect, code },
  });
  await deps.store.journal.append([requested, entry]);
}

function invalid(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'invalid_argument');
}
