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

/** How a run ends that is not begun. */
export interface ImmediateEnd {
  outcome: FlowOutcome;
  code: string;
  message: string;
}

/** Values as they are given: by the row of the routing table, and over that by whoever asks. */
export type GivenInputs = Readonly<Record<string, string | number | boolean>>;

/** What a run is made of. */
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

/** A run as it is opened; ended where there is nothing to begin. */
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
    target: null,
    steps: [],
    undo: null,
    startedAt: at,
    finishedAt: end === null ? null : at,
  };
}

/**
 * Why an account is not touched, as far as its event tells; null where nothing is against it yet.
 */
export function endOfAccount(
  account: IssueAccount,
  flow: Pick<Flow, 'product'> | null,
  settings: FlowServiceSettings,
): ImmediateEnd | null {
  const refused = flow && refuseProduct(flow, account);
  // Of a product that nothing here acts on it is not known whose tenant that is, nor does it
  // matter.
  const foreign =
    flow || productOf(account.product) !== null ? refuseTenant(account, tenantsOf(settings)) : null;
  const denied = refused ?? foreign;
  if (denied) return { outcome: 'denied', ...denied };
  if (flow !== null) return null;
  const message = 'No row of the routing table has this product and this title.';
  return { outcome: 'unrouted', code: 'no_route', message };
}

/** OAuth grants are for people; those of another tenant are not even that. */
export function endOfGrant(
  grant: Pick<IssueAccount, 'product' | 'tenant'>,
  settings: FlowServiceSettings,
): ImmediateEnd {
  const foreign =
    productOf(grant.product) === null ? null : refuseTenant(grant, tenantsOf(settings));
  if (foreign) return { outcome: 'denied', ...foreign };
  const message =
    'The issue is about an OAuth grant: somebody has to look at it and revoke it by hand.';
  return { outcome: 'manual', code: 'oauth_grant', message };
}

const tenantsOf = ({ ownOktaHost, tenants }: FlowServiceSettings): OwnTenants =>
  ownTenants({ oktaDomain: ownOktaHost, tenants });

/**
 * The inputs that a run is opened with: everything but the account, which is looked up anew. What
 * is left out and has a default, or stands in the issue, is filled in, so that the run stays as it
 * was asked for.
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
