import type { FlowRunItem } from '../../services/flows/documents.ts';
import type { FlowOutcome, Issue } from '../../flows/types.ts';

/** What the outcomes mean, in a few words. */
export const OUTCOME_WORDS: Readonly<Record<FlowOutcome, string>> = {
  succeeded: 'done, and read back where that can be',
  already_in_state: 'it was so already, nothing was sent',
  unrouted: 'no row of routing.yaml fits, nothing was done',
  manual: 'somebody has to do this by hand, nothing was done',
  planned: 'a dry run, nothing was done',
  denied: 'refused, nothing was done',
  rejected: 'approval was refused, nothing was done',
  expired: 'nobody approved in time, nothing was done',
  stale: 'something changed since it was asked for, nothing was done',
  failed: 'it did not work',
  unverified: 'called, but its effect was not seen in time',
};

/**
 * Outcome of a run in a word, with its code where that says more; where it stands while it goes on.
 */
export function outcomeWord({
  outcome,
  code,
  state,
  dryRun,
}: Pick<FlowRunItem, 'outcome' | 'code' | 'state' | 'dryRun'>): string {
  if (outcome === null) return state === 'waiting' ? 'waits for approval' : 'under way';
  const more = code === null || code === outcome || code === 'dry_run' ? '' : ` (${code})`;
  return `${outcome}${more}${dryRun && outcome !== 'planned' ? ', dry run' : ''}`;
}

/** Whom an issue is about, in a few words. */
export function accountText(entity: Issue['entity']): string {
  if (entity.kind === 'person') return `a person with ${entity.accounts.length} accounts`;
  if (entity.kind === 'oauth_grant') return `an OAuth grant of ${entity.product}`;
  return `${entity.account.product} ${entity.account.id}`;
}
