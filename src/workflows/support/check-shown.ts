/** What a check shows of itself: to the progress query, and in Temporal's UI. */
import * as wf from '@temporalio/workflow';
import type { MfaActivities, RunPlan } from '../../activities/mfa/types.ts';
import { progressQuery, RUN_SEARCH } from '../messages.ts';
import type { MfaEnforcementCheckResult, Progress } from '../messages.ts';
import { sum } from './scanning.ts';
import { setSearchAttributes } from './shown.ts';
import type { Summaries } from './shown.ts';
import type { ResumeState } from './state.ts';

/** What each activity of a check does. */
export const CHECK_SUMMARIES: Summaries<MfaActivities> = {
  beginRun: () => 'freezes settings and scope, and checks the policies',
  listPage: ({ page }) => `lists users from page ${page + 1}`,
  readChanges: () => 'reads from the System Log who changed',
  checkUsers: ({ page, from, count }) =>
    `reads factors: page ${page + 1}, users ${from + 1} to ${from + count}`,
  giveUpChecking: () => 'notes the users that were not read as unknown',
  findings: () => 'reads who needs a ticket',
  ensureTicket: () => 'keeps one open ticket for one person',
  ensureBulkTicket: () => 'keeps the one ticket of this scope',
  conclude: () => 'decides whether the run is complete',
  closable: () => 'reads whose ticket can be closed',
  closeTicket: () => 'closes the ticket of one person',
  sweepDuplicates: () => 'closes duplicates of tickets',
  postSummary: () => 'posts the summary to Slack',
  finishRun: () => 'stores the result and signs the audit trail',
};

/** The result, with which the run can be found in Temporal's UI. */
export function markEnd(
  { search }: RunPlan,
  result: MfaEnforcementCheckResult,
): MfaEnforcementCheckResult {
  const { status, coverage } = result;
  if (search)
    setSearchAttributes({
      [RUN_SEARCH.status]: status,
      ...(typeof coverage?.low === 'number' && { [RUN_SEARCH.coverage]: coverage.low }),
    });
  return result;
}

/** How far the run is, on its page in Temporal's UI. */
export function showState({ sizes, checked, ticketsDone }: ResumeState): void {
  wf.setCurrentDetails(
    `${checked} of ${sum(sizes)} listed users checked, ${ticketsDone} tickets looked at`,
  );
}

/** Answers the progress query from the state of the run. */
export function trackProgress(state: ResumeState): Progress {
  const { firstExecutionRunId: run } = wf.workflowInfo();
  const phase: { phase: Progress['phase'] } = { phase: state.phase };
  const progress = Object.defineProperties({ run, ...phase } as Progress, {
    pages: { enumerable: true, get: () => state.sizes.length },
    listed: { enumerable: true, get: () => sum(state.sizes) },
    checked: { enumerable: true, get: () => state.checked },
    ticketsDone: { enumerable: true, get: () => state.ticketsDone },
  });
  wf.setHandler(progressQuery, () => ({ ...progress }), {
    description: 'The phase of the run, and how many users and tickets are done.',
  });
  return progress;
}
