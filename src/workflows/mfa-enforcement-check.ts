import * as wf from '@temporalio/workflow';
import type { MfaActivities, RunPlan } from '../activities/mfa/types.ts';
import { AUTO_BATCH_ABOVE, batchSize, FINDINGS_PER_PAGE, PAGES_AT_ONCE } from '../mfa/scan-plan.ts';
import { parseInput, FORMS } from './support/input.ts';
import { RUN_SEARCH } from './messages.ts';
import type { MfaEnforcementCheckInput, MfaEnforcementCheckResult, Progress } from './messages.ts';
import { CHECK_SUMMARIES, markEnd, showState, trackProgress } from './support/check-shown.ts';
import type { RunStatus } from '../mfa/types.ts';
import type { ResumeState } from './support/state.ts';
import { inParallel } from './support/pool.ts';
import { activitiesWithSummaries, setSearchAttributes } from './support/shown.ts';
import {
  failureCode,
  historyIsLong,
  nextOrMore,
  PATIENT,
  QUICK,
  slicer,
  sum,
  whileListing,
} from './support/scanning.ts';

const quick = activitiesWithSummaries<MfaActivities>(QUICK, CHECK_SUMMARIES);
const patient = activitiesWithSummaries<MfaActivities>(PATIENT, CHECK_SUMMARIES);

const TICKETS_IN_FLIGHT = 4;

const INPUT = {
  groups: FORMS.texts,
  dryRun: FORMS.flag,
  mode: FORMS.mode,
  configRef: FORMS.text,
  resume: FORMS.object,
};

/**
 * Reads every user in scope, assesses the user's factors, keeps one ticket open for each user who is
 * not covered, and reports.
 */
export async function mfaEnforcementCheck(
  given?: MfaEnforcementCheckInput,
): Promise<MfaEnforcementCheckResult> {
  const input = parseInput<MfaEnforcementCheckInput>(given, INPUT);
  const state = input.resume ?? initialState();
  const progress = trackProgress(state);
  const { groups, dryRun, mode, configRef } = input;
  const { firstExecutionRunId: run } = wf.workflowInfo();
  const plan = await quick.beginRun({ run, groups, dryRun, mode, configRef });
  if (plan.search && !input.resume)
    setSearchAttributes({ [RUN_SEARCH.status]: 'running', [RUN_SEARCH.scope]: plan.search.scope });
  try {
    const result = await runPhases(plan, state, progress);
    if (result) return markEnd(plan, result);
  } catch (error) {
    await closeAfterFailure(plan, error);
    throw error;
  }
  return wf.continueAsNew<typeof mfaEnforcementCheck>({ ...input, resume: state });
}

/**
 * Runs the phases that are left. Null if the history has grown long and the run must continue as
 * new.
 */
async function runPhases(
  plan: RunPlan,
  state: ResumeState,
  progress: Progress,
): Promise<MfaEnforcementCheckResult | null> {
  const { run } = plan;
  if (state.phase === 'listing' && plan.delta === null) {
    if (!(await listAndCheck(plan, state, progress))) return null;
    state.phase = 'tickets';
  }
  if (state.phase === 'listing') {
    if (!(await listUsers(plan, state))) return null;
    if (plan.delta) await readChanges(run, plan.delta);
    state.phase = 'scan';
  }
  if (state.phase === 'scan') {
    progress.phase = 'scan';
    if (!(await checkUsers(plan, state))) return null;
    state.phase = 'tickets';
  }
  if (state.phase === 'tickets') {
    progress.phase = 'tickets';
    if (!(await openTickets(plan, state))) return null;
    state.phase = 'closing';
    state.after = null;
  }
  progress.phase = 'closing';
  const { listingLost, ticketsLost } = state;
  let end = await quick.conclude({ run, listingLost, ticketsLost });
  if (writesTickets(plan)) {
    if (end.status === 'complete' && !(await closeTickets(plan, state))) return null;
    if (state.ticketsLost === null) await quick.sweepDuplicates({ run });
    else if (ticketsLost === null)
      end = await quick.conclude({ run, listingLost, ticketsLost: state.ticketsLost });
  }
  progress.phase = 'summary';
  if (!plan.dryRun) await quick.postSummary({ run, ...end });
  const result = await quick.finishRun({ run, ...end });
  progress.phase = 'done';
  return result;
}

/**
 * Lists every source page by page. If the list breaks off, the run continues with what was listed
 * and records the loss; if not even the first page can be read, the run fails.
 */
async function listUsers(plan: RunPlan, state: ResumeState): Promise<boolean> {
  while (state.source < plan.sources) {
    if (historyIsLong(plan.historyLimit)) return false;
    const page = state.sizes.length;
    const first = page === state.sourceStart;
    try {
      const at = { run: plan.run, source: state.source, page, first, most: PAGES_AT_ONCE };
      const { sizes, more, refused } = await patient.listPage(at);
      state.sizes.push(...sizes);
      state.listingLost ??= refused ?? null;
      if (more) continue;
    } catch (error) {
      if (page === 0 || wf.isCancellation(error)) throw error;
      state.listingLost = failureCode(error);
      return true;
    }
    state.source += 1;
    state.sourceStart = state.sizes.length;
  }
  return true;
}

/** Checks users while the rest of the list is read: lists have a quota of their own. */
function listAndCheck(plan: RunPlan, state: ResumeState, progress: Progress): Promise<boolean> {
  return whileListing(listUsers(plan, state), async (list) => {
    // The size of a batch depends on how many users there are.
    await wf.condition(() => list.over || sum(state.sizes) > AUTO_BATCH_ABOVE);
    progress.phase = 'scan';
    return await checkUsers(plan, state, list);
  });
}

/**
 * Reads from the System Log which users changed. This comes after the list, so that the log contains
 * what happened in between.
 */
async function readChanges(run: string, { readyAt }: NonNullable<RunPlan['delta']>): Promise<void> {
  const wait = Date.parse(readyAt) - Date.now();
  if (wait > 0) await wf.sleep(wait);
  await patient.readChanges({ run });
}

/**
 * Checks the listed users until the list is complete, one user or one batch per activity, with few
 * activities at a time. False if the run must continue as new.
 */
async function checkUsers(
  plan: RunPlan,
  state: ResumeState,
  list = { over: true },
): Promise<boolean> {
  const size = batchSize(plan.batch, sum(state.sizes), plan.autoBatch);
  const slices = slicer(state.sizes, state.scanAt, { size, historyLimit: plan.historyLimit });
  try {
    await inParallel(plan.window, nextOrMore(slices, state.sizes, list), async (slice) => {
      const { checked } = await patient.checkUsers({ run: plan.run, ...slice });
      state.checked += checked;
      showState(state);
    });
  } catch (error) {
    if (failureCode(error) !== 'unauthenticated') throw error;
    // Users who are listed later must get a verdict too.
    await wf.condition(() => list.over);
    const { checked } = await patient.giveUpChecking({ run: plan.run, code: 'unauthenticated' });
    state.checked += checked;
    return true;
  }
  return !slices.paused();
}

/** One ticket for each finding, or one for all of them. */
async function openTickets(plan: RunPlan, state: ResumeState): Promise<boolean> {
  if (!writesTickets(plan)) return true;
  const { run } = plan;
  if (plan.tickets === 'bulk') {
    const { action, code } = await patient.ensureBulkTicket({ run });
    if (action === 'failed') state.ticketsLost = code;
    state.ticketsDone += 1;
    return true;
  }
  for (;;) {
    if (historyIsLong(plan.historyLimit)) return false;
    const { ids } = await quick.findings({ run, after: state.after, limit: FINDINGS_PER_PAGE });
    if (ids.length === 0) return true;
    await eachTicket(state, ids, (userId) => patient.ensureTicket({ run, userId }));
    if (state.ticketsLost !== null) return true;
  }
}

/**
 * Closes the tickets of users whom this run proved compliant or did not list, because they left.
 * Only a complete run may do so.
 */
async function closeTickets(plan: RunPlan, state: ResumeState): Promise<boolean> {
  const { run } = plan;
  for (;;) {
    if (historyIsLong(plan.historyLimit)) return false;
    const { subjects } = await quick.closable({
      run,
      after: state.after,
      limit: FINDINGS_PER_PAGE,
    });
    if (subjects.length === 0) return true;
    await eachTicket(state, subjects, (subject) => patient.closeTicket({ run, subject }));
    if (state.ticketsLost !== null) return true;
  }
}

/**
 * Works through one page of subjects. A credential that no longer works, or a policy that denies the
 * call, ends the work on tickets but not the run.
 */
async function eachTicket(
  state: ResumeState,
  subjects: readonly string[],
  work: (subject: string) => Promise<{ code: string | null }>,
): Promise<void> {
  const queue = [...subjects];
  await inParallel(
    TICKETS_IN_FLIGHT,
    () => (state.ticketsLost === null ? (queue.shift() ?? null) : null),
    async (subject) => {
      const { code } = await work(subject);
      if (code === 'unauthenticated' || code === 'policy_denied') state.ticketsLost = code;
      state.ticketsDone += 1;
      showState(state);
    },
  );
  state.after = subjects.at(-1) ?? state.after;
}

/** A run that fails or is cancelled is still closed in the store, the audit trail and Slack. */
async function closeAfterFailure(plan: RunPlan, error: unknown): Promise<void> {
  const { run } = plan;
  const cancelled = wf.isCancellation(error);
  const end = {
    run,
    status: 'failed' as RunStatus,
    reasons: [cancelled ? 'cancelled' : failureCode(error)],
  };
  if (plan.search) setSearchAttributes({ [RUN_SEARCH.status]: end.status });
  await wf.CancellationScope.nonCancellable(async () => {
    // The record comes first: it must not depend on whether the message can be posted.
    await quick.finishRun(end);
    if (!plan.dryRun) await quick.postSummary(end);
  });
}

function writesTickets(plan: RunPlan): boolean {
  return !plan.dryRun && plan.tickets !== 'none';
}

function initialState(): ResumeState {
  return {
    phase: 'listing',
    sizes: [],
    source: 0,
    sourceStart: 0,
    listingLost: null,
    scanAt: { page: 0, from: 0 },
    checked: 0,
    after: null,
    ticketsDone: 0,
    ticketsLost: null,
  };
}
