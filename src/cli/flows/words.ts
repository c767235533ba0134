/** Labels for outcomes and accounts of flow runs. */

import type { FlowRunItem } from '../../services/flows/documents.ts';
import type { FlowOutcome, Issue } from '../../flows/types.ts';

/** The meaning of each outcome. */
export const OUTCOME_WORDS: Readonly<Record<FlowOutcome, string>> = {
  succeeded: 'done, and verified where possible',
  already_in_state: 'already in the desired state, nothing was changed',
  unrouted: 'no row of routing.yaml matches, nothing was done',
  manual: 'needs manual action, nothing was done',
  planned: 'a dry run, nothing was done',
  denied: 'refused, nothing was done',
  rejected: 'approval was denied, nothing was done',
  expired: 'not approved in time, nothing was done',
  stale: 'something changed since the request, nothing was done',
  failed: 'the call failed',
  unverified: 'the call was made, but its effect was not seen in time',
};

/**
 * The outcome of a run, with its code if that adds information; the state of a run that has not
 * ended.
 */
export function outcomeLabel({
  outcome,
  code,
  state,
  dryRun,
}: Pick<FlowRunItem, 'outcome' | 'code' | 'state' | 'dryRun'>): string {
  if (outcome === null) return state === 'waiting' ? 'waiting for approval' : 'in progress';
  const more = code === null || code === outcome || code === 'dry_run' ? '' : ` (${code})`;
  return `${outcome}${more}${dryRun && outcome !== 'planned' ? ', dry run' : ''}`;
}

/** The account or person that an issue is about. */
export function accountText(entity: Issue['entity']): string {
  if (entity.kind === 'person') return `a person with ${entity.accounts.length} accounts`;
  if (entity.kind === 'oauth_grant') return `an OAuth grant of ${entity.product}`;
  return `${entity.account.product} ${entity.account.id}`;
}
