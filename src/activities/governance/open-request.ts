import { ApplicationFailure, Context } from '@temporalio/activity';
import { canBeMet } from '../../governance/approval.ts';
import type { Approval } from '../../governance/approval.ts';
import { CONNECTORS, takesAccess } from '../../governance/catalogue.ts';
import { ANONYMOUS, userIn } from '../../governance/principal.ts';
import type { ActionState, ConnectorName, Decision } from '../../governance/types.ts';
import type { ActionRecord, ActionRequest } from '../../store/governance-types.ts';
import type { GovernedActivities, OpenedRequest } from './types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import { factsOf } from './facts.ts';
import type { FactDeps, TargetFacts } from './facts.ts';
import { UserReader } from './user-reader.ts';
import { requestDraft, requestFacts } from './recording.ts';
import { takeInput } from './take-input.ts';
import type { StoredInput } from './take-input.ts';
import { newApproval, requirementsOf } from './requirements.ts';
import { targetRefusal } from './target-refusal.ts';

type OpenDeps = FactDeps &
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
    const { state, approval, code } = await firstState(deps, frozen);
    const outcome = code === null ? undefined : { code, hints: decision.hints };
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
  const facts = await factsOf(deps, { connector, operation, args, run, workflowId });
  const decision = deps.connectors.decide(connector, operation, principal, {
    argsDigest,
    facts: facts.raising,
  });
  const users = new UserReader(deps, { run, workflowId });
  const idOf = async (reference: string | undefined): Promise<string | null> =>
    reference === undefined ? null : ((await users.findUser(reference))?.id ?? null);
  const requester = userIn(principal) ?? undefined;
  // Who asks matters where people decide, and where the target may be the caller's own account.
  const named = decision.effect === 'approval' || takesAccess(`${connector}:${operation}`);
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
    requesterId: named ? await idOf(requester) : null,
    onBehalfOf: named ? await idOf(given.onBehalfOf) : null,
    reason: given.reason ?? '',
    risk: decision.risk ?? 'CRITICAL',
    target: facts.target,
    targetFacts: facts.state,
    bundleDigest: decision.bundleDigest ?? '',
    obligations: decision.obligations,
    createdAt: new Date(now).toISOString(),
  };
  return { request, decision, facts };
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
}

async function firstState(
  deps: FactDeps,
  { request, decision, facts }: FrozenRequest,
): Promise<FirstState> {
  if (decision.effect === 'deny') return { state: 'denied', approval: null, code: decision.code };
  const refusal = await targetRefusal(deps, request, facts);
  if (refusal !== null) return { state: 'denied', approval: null, code: refusal };
  if (decision.effect !== 'approval') return { state: 'open', approval: null, code: null };
  const users = new UserReader(deps, request);
  const requirements = await requirementsOf(deps, users, decision.obligations);
  const { requesterId, onBehalfOf, obligations, risk } = request;
  const banned = [...new Set([requesterId, onBehalfOf, ...facts.people])].filter(
    (id) => id !== null,
  );
  const approval = newApproval(deps, {
    obligations,
    risk,
    requirements,
    banned,
    now: new Date(request.createdAt),
  });
  if (!canBeMet(approval)) return { state: 'denied', approval: null, code: 'no_eligible_approver' };
  return { state: 'pending', approval, code: null };
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
