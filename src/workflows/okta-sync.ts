import * as wf from '@temporalio/workflow';
import type { SyncActivities, SyncRun } from '../activities/twin/types.ts';
import { PAGES_AT_ONCE } from '../mfa/scan-plan.ts';
import { parseInput, FORMS } from './support/input.ts';
import { syncProgressQuery } from './messages.ts';
import type { OktaSyncInput, OktaSyncResult, SyncProgress } from './messages.ts';
import type { SyncState, SyncBranch, SyncBranchName } from './support/state.ts';
import { inParallel } from './support/pool.ts';
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

const quick = wf.proxyActivities<SyncActivities>(QUICK);
const patient = wf.proxyActivities<SyncActivities>(PATIENT);

const INPUT = {
  users: FORMS.flag,
  apps: FORMS.flag,
  logs: FORMS.flag,
  hoursBack: FORMS.hours,
  configRef: FORMS.text,
  resume: FORMS.object,
};

/**
 * Reads users, groups, apps, roles and the System Log in parallel and independently of each other,
 * then derives facts, gaps and changes from what was read.
 */
export async function oktaSync(given?: OktaSyncInput): Promise<OktaSyncResult> {
  const input = parseInput<OktaSyncInput>(given, INPUT);
  const state = input.resume ?? initialState(input);
  const progress = trackProgress(state);
  const { users, apps, logs, hoursBack, configRef } = input;
  const { firstExecutionRunId: run } = wf.workflowInfo();
  const sync = await quick.beginSync({ run, users, apps, logs, hoursBack, configRef });
  progress.phase = 'reading';
  try {
    if (await readEverything(sync, state)) {
      progress.phase = 'judging';
      const result = await patient.finishSync({ run, lost: lossesOf(state), failure: null });
      progress.phase = 'done';
      return result;
    }
  } catch (error) {
    const failure = wf.isCancellation(error) ? 'cancelled' : failureCode(error);
    await wf.CancellationScope.nonCancellable(() =>
      patient.finishSync({ run, lost: lossesOf(state), failure }),
    );
    throw error;
  }
  return wf.continueAsNew<typeof oktaSync>({ ...input, resume: state });
}

/**
 * Runs what is left of every branch. False if the history has grown long and the sync must continue
 * as new.
 */
async function readEverything(sync: SyncRun, state: SyncState): Promise<boolean> {
  const branches = Object.entries(state.branches) as [SyncBranchName, SyncBranch][];
  const running = branches.map(([list, branch]) =>
    isolate(branch, () => readBranch(sync, list, branch)),
  );
  const { logs } = state;
  if (logs) running.push(isolate(logs, () => readLog(sync, logs)));
  // A cancellation is thrown only after all branches have ended.
  const ends = await Promise.allSettled(running);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return ends.every((end) => end.status === 'fulfilled' && end.value);
}

/** Records the failure of a branch, so that the other branches continue. */
async function isolate(
  branch: { lost: string | null },
  read: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await read();
  } catch (error) {
    if (wf.isCancellation(error)) throw error;
    branch.lost ??= failureCode(error);
    return true;
  }
}

/**
 * Lists page by page and reads the details of each item meanwhile. If the list breaks off, the items
 * listed before are still read.
 */
async function readBranch(
  sync: SyncRun,
  name: SyncBranchName,
  branch: SyncBranch,
): Promise<boolean> {
  return whileListing(listBranch(sync, name, branch), (list) =>
    readItems(sync, name, branch, list),
  );
}

/** Throws if the first page cannot be read; if a later page cannot, records the list as lost. */
async function listBranch(
  { run, historyLimit }: SyncRun,
  list: SyncBranchName,
  branch: SyncBranch,
): Promise<boolean> {
  while (!branch.listed) {
    if (historyIsLong(historyLimit)) return false;
    const page = branch.sizes.length;
    try {
      const at = { run, list, page, most: PAGES_AT_ONCE };
      const { sizes, more } = await patient.listSyncPage(at);
      branch.sizes.push(...sizes);
      branch.listed = !more;
    } catch (error) {
      if (page === 0 || wf.isCancellation(error)) throw error;
      branch.lost = failureCode(error);
      branch.listed = true;
    }
  }
  return true;
}

/** Reads the items until the list is complete. False if the sync must continue as new. */
async function readItems(
  sync: SyncRun,
  name: SyncBranchName,
  branch: SyncBranch,
  list: { over: boolean },
): Promise<boolean> {
  const { run, historyLimit } = sync;
  const slices = slicer(branch.sizes, branch.at, {
    size: itemsPerActivity(sync, name),
    historyLimit,
  });
  const width = name === 'users' ? sync.window : sync.windows[name];
  await inParallel(width, nextOrMore(slices, branch.sizes, list), async (slice) => {
    const { read } = await patient.readSyncItems({ run, list: name, ...slice });
    branch.done += read;
  });
  return !slices.paused();
}

/**
 * Items that one activity reads. For users, `auto` is always a page: reading begins before it is
 * known how many users there are.
 */
function itemsPerActivity({ batch, autoBatch, items }: SyncRun, name: SyncBranchName): number {
  if (name !== 'users') return items;
  return batch === 'auto' ? autoBatch : batch;
}

async function readLog(sync: SyncRun, logs: NonNullable<SyncState['logs']>): Promise<boolean> {
  while (!logs.done) {
    if (historyIsLong(sync.historyLimit)) return false;
    const { entries, more } = await quick.readLogPage({ run: sync.run, page: logs.pages });
    logs.pages += 1;
    logs.entries += entries;
    logs.done = !more;
  }
  return true;
}

function lossesOf({ branches, logs }: SyncState): Record<string, string | null> {
  const listed = Object.entries(branches).map(([list, { lost }]) => [list, lost] as const);
  return Object.fromEntries([...listed, ...(logs ? [['logs', logs.lost] as const] : [])]);
}

/** Administrator roles are read with the users: an administrator is a user, by role or group. */
function initialState({ users = true, apps = true, logs = true }: OktaSyncInput): SyncState {
  const names = [
    ...(users ? (['users', 'groups', 'assignees'] as const) : []),
    ...(apps ? (['apps'] as const) : []),
  ];
  const branch = (): SyncBranch => ({
    sizes: [],
    listed: false,
    at: { page: 0, from: 0 },
    done: 0,
    lost: null,
  });
  return {
    branches: Object.fromEntries(names.map((name) => [name, branch()])),
    logs: logs ? { pages: 0, entries: 0, done: false, lost: null } : null,
  };
}

/** Answers the progress query from the state of the sync. */
function trackProgress(state: SyncState): { phase: SyncProgress['phase'] } {
  const { firstExecutionRunId: run } = wf.workflowInfo();
  const progress: { phase: SyncProgress['phase'] } = { phase: 'starting' };
  const listOf = ({ sizes, done, lost }: SyncBranch) => ({ listed: sum(sizes), read: done, lost });
  wf.setHandler(syncProgressQuery, () => ({
    run,
    phase: progress.phase,
    lists: Object.fromEntries(
      Object.entries(state.branches).map(([name, branch]) => [name, listOf(branch)]),
    ),
    logEntries: state.logs?.entries ?? 0,
  }));
  return progress;
}
