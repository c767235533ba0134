import { ACCOUNT, resolveInputs } from '../../flows/flow-inputs.ts';
import type { InputProblem } from '../../flows/flow-inputs.ts';
import { productOf } from '../../flows/products.ts';
import { refuseProduct, refuseTenant } from '../../flows/refusals.ts';
import { ownTenants } from '../../flows/tenants.ts';
import type { OwnTenants } from '../../flows/tenants.ts';
import type { Flow, FlowOutcome, Issue, IssueAccount } from '../../flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import { flowId } from '../../workflows/messages.ts';
import type { FlowServiceSettings } from './types.ts';

/** How a run ends that never starts. */
export interface ImmediateEnd {
  outcome: FlowOutcome;
  code: string;
  message: string;
}

/** Input values from the row of the routing table, overridden by those of the requester. */
export type GivenInputs = Readonly<Record<string, string | number | boolean>>;

/** The fields that make a run record. */
export interface RunDraft extends Pick<
  FlowRunRecord,
  'run' | 'caller' | 'issue' | 'inputs' | 'dryRun' | 'eventDigest'
> {
  flow: Pick<Flow, 'name' | 'version'> | null;
  parent?: string;
  undoes?: string;
  end: ImmediateEnd | null;
  /** ISO 8601. */
  at: string;
}

/** A run as it is opened; already ended if there is nothing to start. */
export function runRecord({ flow, end, at, parent, undoes, ...draft }: RunDraft): FlowRunRecord {
  return {
    ...draft,
    workflowId: flowId(draft.run),
    flow: flow?.name ?? null,
    version: flow?.version ?? null,
    eventId: draft.issue.eventId,
    parent: parent ?? null,
    undoes: undoes ?? null,
    state: end === null ? 'open' : 'ended',
    outcome: end?.outcome ?? null,
    code: end?.code ?? null,
    message: end?.message ?? null,
    error: null,
    target: null,
    steps: [],
    undo: null,
    startedAt: at,
    finishedAt: end === null ? null : at,
  };
}

/**
 * Why no flow runs on an account, as far as the event shows it; null if nothing speaks against it
 * yet.
 */
export function endOfAccount(
  account: IssueAccount,
  flow: Pick<Flow, 'product'> | null,
  settings: FlowServiceSettings,
): ImmediateEnd | null {
  const refused = flow && refuseProduct(flow, account);
  // For a product without a flow the tenant cannot be checked, and does not matter.
  const foreign =
    flow || productOf(account.product) !== null ? refuseTenant(account, tenantsOf(settings)) : null;
  const denied = refused ?? foreign;
  if (denied) return { outcome: 'denied', ...denied };
  if (flow !== null) return null;
  const message = 'No row of the routing table has this product and this title.';
  return { outcome: 'unrouted', code: 'no_route', message };
}

/** OAuth grants are left to people; a grant of another tenant is refused. */
export function endOfGrant(
  grant: Pick<IssueAccount, 'product' | 'tenant'>,
  settings: FlowServiceSettings,
): ImmediateEnd {
  const foreign =
    productOf(grant.product) === null ? null : refuseTenant(grant, tenantsOf(settings));
  if (foreign) return { outcome: 'denied', ...foreign };
  const message = 'The issue is about an OAuth grant: review it and revoke it by hand.';
  return { outcome: 'manual', code: 'oauth_grant', message };
}

const tenantsOf = ({ ownOktaHost, tenants }: FlowServiceSettings): OwnTenants =>
  ownTenants({ oktaDomain: ownOktaHost, tenants });

/**
 * The inputs that a run is opened with: all except the account, which is looked up again later.
 * Missing inputs are filled in from their default or from the issue, so that the run does not
 * depend on later changes.
 */
export function inputsOf(
  flow: Flow,
  issue: Issue,
  given: GivenInputs,
): { ok: true; inputs: GivenInputs } | { ok: false; problem: InputProblem } {
  const resolved = resolveInputs({ flow, issue, given });
  if (!resolved.ok)
    return { ok: false, problem: resolved.problems[0] ?? { field: 'inputs', message: 'inputs' } };
  const kept = Object.entries(resolved.values).filter(
    ([name]) => flow.inputs[name]?.from !== ACCOUNT,
  );
  return { ok: true, inputs: Object.fromEntries(kept) };
}
