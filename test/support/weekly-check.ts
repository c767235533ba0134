/**
 * The weekly check in this process: its activities in the order of the workflow, on a real store and
 * emulated vendors, with a clock that tests can advance.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { createActivities } from '../../src/activities/index.ts';
import type { MfaActivities } from '../../src/activities/mfa/types.ts';
import type { CheckSettings } from '../../src/config/schema/check-settings.ts';
import type { RunSummary } from '../../src/mfa/document.ts';
import { startEmulators } from '../../emulators/start.ts';
import type { EmulatorOptions } from '../../emulators/options.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/types.ts';
import { inActivity, mfaParts } from './mfa-parts.ts';
import type { MfaParts } from './mfa-parts.ts';
import { borrowPglite } from './pglite.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');
/** More attempts than any activity makes of its own accord. */
const MOST_ATTEMPTS = 60;

type Input<Name extends keyof MfaActivities> = Parameters<MfaActivities[Name]>[0];
type Result<Name extends keyof MfaActivities> = Awaited<ReturnType<MfaActivities[Name]>>;

export interface WeeklyCheck {
  emulators: RunningEmulators;
  store: Store;
  parts: MfaParts;
  /** Replaces settings of the configuration. */
  configure(change: (settings: CheckSettings) => CheckSettings): void;
  /** Runs one activity until it succeeds or fails for good; waits pass on the check's clock. */
  act<Name extends keyof MfaActivities>(name: Name, input: Input<Name>): Promise<Result<Name>>;
  /** Runs the whole check, and returns its stored summary. */
  run(name: string): Promise<RunSummary>;
  close(): Promise<void>;
}

/**
 * Starts emulated vendors without users, and a store of its own. `more` replaces parts of the
 * activities, and `emulator` options of the vendors.
 */
export async function startWeeklyCheck(
  more: Partial<MfaParts> = {},
  emulator: Pick<EmulatorOptions, 'jiraEdition' | 'jiraPath' | 'log'> = {},
): Promise<WeeklyCheck> {
  const database = await borrowPglite();
  const store = await openStore({ databaseUrl: database.databaseUrl });
  const emulators = await startEmulators({
    profile: 'empty',
    rateLimit: 0,
    log: null,
    ...emulator,
  });
  let time = START;
  const parts = { ...mfaParts(store, emulators, () => new Date((time += 1))), ...more };
  let settings = parts.settings(null);
  const activities = createActivities({ ...parts, settings: () => settings });
  const check: WeeklyCheck = {
    emulators,
    store,
    parts,
    configure: (change) => {
      settings = change(settings);
    },
    async act(name, input): Promise<never> {
      const activity = activities[name] as (given: unknown) => Promise<unknown>;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return (await inActivity(() => activity(input), attempt)) as never;
        } catch (error) {
          const again = error instanceof ApplicationFailure && !error.nonRetryable;
          if (!again || attempt >= MOST_ATTEMPTS) throw error;
          time += Number(error.nextRetryDelay ?? 1_000);
        }
      }
    },
    run: (name) => runAll(check, name, settings.tickets.mode),
    async close() {
      await emulators.close();
      await store.close();
      await database.close();
    },
  };
  return check;
}

async function runAll(
  { act, store }: WeeklyCheck,
  run: string,
  mode: CheckSettings['tickets']['mode'],
): Promise<RunSummary> {
  await act('beginRun', { run });
  const { sizes } = await act('listPage', { run, source: 0, page: 0, first: true, most: 1 });
  const [listed = 0] = sizes;
  await act('checkUsers', { run, page: 0, from: 0, count: listed });
  const { ids } = await act('findings', { run, after: null, limit: 1_000 });
  if (mode === 'bulk') await act('ensureBulkTicket', { run });
  else for (const userId of ids) await act('ensureTicket', { run, userId });
  const end = await act('conclude', { run, listingLost: null, ticketsLost: null });
  if (end.status === 'complete') {
    const { subjects } = await act('closable', { run, after: null, limit: 1_000 });
    for (const subject of subjects) await act('closeTicket', { run, subject });
  }
  await act('sweepDuplicates', { run });
  await act('postSummary', { run, ...end });
  await act('finishRun', { run, ...end });
  const record = await store.runs.get(run);
  return record!.summary as unknown as RunSummary;
}
