import * as wf from '@temporalio/workflow';
import type { SyncActivities, SyncRun } from '../activities/twin/types.ts';
import { batchSize, EARLIER_AUTO_BATCH, PAGES_AT_ONCE } from '../mfa/scan-plan.ts';
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
 * Items an activity of what is listed beside the users, and their activities in flight, where a
 * plan names none.
 */
const EARLIER_ITEMS = 25;
const EARLIER_WINDOWS: NonNullable<SyncRun['windows']> = { groups: 2, apps: 2, assignees: 1 };

/**
 * Reads users, groups, apps, roles and the System Log side by side, each for itself, and judges
 * what it then has.
 */
export async function oktaSync(given?: OktaSyncInput): Promise<OktaSyncResult> {
  const input = parseInput<OktaSyncInput>(given, INPUT);
  const state = input.resume ?? start(input);
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
 * All branches from where they stand; false when the history has grown long and the sync must
 * continue as new.
 */
async function readEverything(sync: SyncRun, state: SyncState): Promise<boolean> {
  const branches = Object.entries(state.branches) as [SyncBranchName, SyncBranch][];
  const ways = branches.map(([list, branch]) =>
    alone(branch, () => readBranch(sync, list, branch)),
  );
  const { logs } = state;
  if (logs) ways.push(alone(logs, () => readLog(sync, logs)));
  // What one branch throws (a cancellation) is thrown once the others have come to rest.
  const ends = await Promise.allSettled(ways);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return ends.every((end) => end.status === 'fulfilled' && end.value);
}

/** A branch that fails is lost for itself: the others go on. */
async function alone(
  branch: { lost: string | null },
  way: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await way();
  } catch (error) {
    if (wf.isCancellation(error)) throw error;
    branch.lost ??= failureCode(error);
    return true;
  }
}

/**
 * Lists page by page and reads what belongs to each item. What was listed before a list broke off
 * is read too.
 */
async function readBranch(
  sync: SyncRun,
  name: SyncBranchName,
  branch: SyncBranch,
): Promise<boolean> {
  if (!sync.overlap) return listBranch(sync, name, branch, () => readItems(sync, name, branch));
  const listing = listBranch(sync, name, branch, async () => true);
  return whileListing(listing, (list) => readItems(sync, name, branch, list));
}

/**
 * A list that can't begin throws; one that breaks off is remembered as lost. `then` goes on in the
 * very turn in which the list ends, as recorded histories have it.
 */
async function listBranch(
  sync: SyncRun,
  list: SyncBranchName,
  branch: SyncBranch,
  then: () => Promise<boolean>,
): Promise<boolean> {
  const { run, overlap } = sync;
  while (!branch.listed) {
    if (historyIsLong(sync.historyLimit)) return false;
    const page = branch.sizes.length;
    try {
      const at = { run, list, page };
      // Workers of earlier versions list one page and do not tell sizes.
      const {
        listed,
        more,
        sizes = [listed],
      } = overlap
        ? await patient.listSyncPage({ ...at, most: PAGES_AT_ONCE })
        : await quick.listSyncPage(at);
      branch.sizes.push(...sizes);
      branch.listed = !more;
    } catch (error) {
      if (page === 0 || wf.isCancellation(error)) throw error;
      branch.lost = failureCode(error);
      branch.listed = true;
    }
  }
  return await then();
}

/** Goes on until the list is over. */
async function readItems(
  sync: SyncRun,
  name: SyncBranchName,
  branch: SyncBranch,
  list = { over: true },
): Promise<boolean> {
  const { run, historyLimit } = sync;
  const slices = slicer(branch.sizes, branch.at, {
    size: itemsABatch(sync, name, branch),
    historyLimit,
  });
  const width = name === 'users' ? sync.window : (sync.windows ?? EARLIER_WINDOWS)[name];
  await inParallel(width, nextOrMore(slices, branch.sizes, list), async (slice) => {
    const { read } = await patient.readSyncItems({ run, list: name, ...slice });
    branch.done += read;
  });
  return !slices.paused();
}

/** While users are being listed nobody knows how many there will be: `auto` is then a page. */
function itemsABatch(sync: SyncRun, name: SyncBranchName, { sizes }: SyncBranch): number {
  const { overlap, batch, autoBatch = EARLIER_AUTO_BATCH, items = EARLIER_ITEMS } = sync;
  if (name !== 'users') return items;
  return overlap && batch === 'auto' ? autoBatch : batchSize(batch, sum(sizes), autoBatch);
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

/** Roles go with the users: an administrator is a user, by role or by group. */
function start({ users = true, apps = true, logs = true }: OktaSyncInput): SyncState {
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

/** Answers the progress query from the state that the story works on. */
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
