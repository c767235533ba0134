/**
 * The activities of the main job as Temporal runs them on a machine that stalls: an attempt that
 * takes too long is given up while it still works, the next one starts beside it, and the result of
 * the first is ignored. In this process, on a real store and emulated vendors.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.ts';
import type { MfaActivities } from '../../src/activities/mfa/types.ts';
import { createRandom } from '../../emulators/random.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import type { Store } from '../../src/store/types.ts';
import { mfaParts } from './mfa-parts.ts';

/**
 * Milliseconds; each attempt gets more time than the one before, so that slow machines also finish.
 */
const GIVEN_UP_AFTER = 60;
const LONGEST_STALL = 250;
/** Longer than the time after which an unanswered create call counts as lost. */
const LONG_STALL = 2_000;
const STALLS_IN_A_HUNDRED = 12;
const LONG_STALLS_IN_A_HUNDRED = 1;
const LONGEST_RETRY = 40;

const QUIET = { logger: new DefaultLogger('ERROR', () => undefined) };

/** How attempts ended that were given up: by type of failure, or `done`. */
export type Ends = Map<string, number>;

export interface StallingWorker {
  /** Runs an activity until its current attempt succeeds. */
  act<Name extends keyof MfaActivities>(
    name: Name,
    input: Parameters<MfaActivities[Name]>[0],
  ): Promise<Result<Name>>;
  /** Waits for given-up attempts that still work. */
  settle(): Promise<Ends>;
}

type Result<Name extends keyof MfaActivities> = Awaited<ReturnType<MfaActivities[Name]>>;

export function stallingWorker(
  store: Store,
  emulators: RunningEmulators,
  seed: number,
): StallingWorker {
  const random = createRandom(seed);
  const stall = async (): Promise<void> => {
    const drawn = random() * 100;
    if (drawn < LONG_STALLS_IN_A_HUNDRED) await pause(LONG_STALL * (1 + random()));
    else if (drawn < STALLS_IN_A_HUNDRED) await pause(random() * LONGEST_STALL);
  };
  const activities = createActivities(mfaParts(stallingStore(store, stall), emulators));
  const givenUp: Promise<void>[] = [];
  const ends: Ends = new Map();
  let serial = 0;
  const watch = (work: Promise<unknown>): void => {
    const note = (end: string): void => void ends.set(end, (ends.get(end) ?? 0) + 1);
    givenUp.push(
      work.then(
        () => note('done'),
        (error: unknown) => note(typeOf(error)),
      ),
    );
  };
  return {
    async act(name, input): Promise<never> {
      const activityId = `${(serial += 1)}`;
      for (let attempt = 1; ; attempt += 1) {
        const workflowExecution = { workflowId: 'weekly', runId: `seed-${seed}` };
        const environment = new MockActivityEnvironment(
          { attempt, activityId, workflowExecution },
          QUIET,
        );
        const work = environment.run(
          activities[name] as (input: unknown) => Promise<unknown>,
          input,
        );
        const end = await Promise.race([
          outcomeOf(work),
          pause(GIVEN_UP_AFTER * attempt * (1 + random()), 'given up' as const),
        ]);
        if (end === 'given up') {
          watch(work);
          // Delivered some time later, as with a heartbeat.
          void pause(random() * LONGEST_STALL).then(() => environment.cancel('TIMED_OUT'));
        } else if ('result' in end) return end.result as never;
        else if (end.error instanceof ApplicationFailure && !end.error.nonRetryable)
          await pause(Math.min(LONGEST_RETRY, Number(end.error.nextRetryDelay ?? 0)));
        else throw end.error;
      }
    },
    async settle() {
      await Promise.all(givenUp);
      return ends;
    },
  };
}

const outcomeOf = (work: Promise<unknown>): Promise<{ result: unknown } | { error: unknown }> =>
  work.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );

const typeOf = (error: unknown): string =>
  error instanceof ApplicationFailure ? (error.type ?? 'failed') : (error as Error).name;

/**
 * A store whose answers are sometimes late, though never within a transaction, which would stall
 * all others.
 */
function stallingStore(store: Store, stall: () => Promise<void>): Store {
  const parts = Object.entries(store).map(([name, part]) => {
    const isPart = typeof part === 'object' && part !== null;
    return [
      name,
      isPart
        ? new Proxy(part as object, { get: (target, key) => stalling(target, key, stall) })
        : part,
    ];
  });
  return Object.fromEntries(parts) as Store;
}

function stalling(target: object, key: string | symbol, stall: () => Promise<void>): unknown {
  const value: unknown = Reflect.get(target, key);
  if (typeof value !== 'function') return value;
  return (...args: unknown[]): unknown => {
    const answer: unknown = value.apply(target, args);
    const isWithin =
      (args[0] as { isTransaction?: boolean } | null | undefined)?.isTransaction === true;
    if (!(answer instanceof Promise) || isWithin) return answer;
    return answer.then(async (result: unknown) => {
      await stall();
      return result;
    });
  };
}

/** Runs the weekly check, with its activities in the order of the workflow. */
export async function runWeekly({ act }: StallingWorker, run: string): Promise<void> {
  await act('beginRun', { run });
  const { sizes } = await act('listPage', { run, source: 0, page: 0, first: true, most: 1 });
  const [listed = 0] = sizes;
  const half = Math.ceil(listed / 2);
  await Promise.all([
    act('checkUsers', { run, page: 0, from: 0, count: half }),
    act('checkUsers', { run, page: 0, from: half, count: listed - half }),
  ]);
  const { ids } = await act('findings', { run, after: null, limit: 100 });
  await Promise.all(ids.map((userId) => act('ensureTicket', { run, userId })));
  const end = await act('conclude', { run, listingLost: null, ticketsLost: null });
  if (end.status === 'complete') {
    const { subjects } = await act('closable', { run, after: null, limit: 100 });
    await Promise.all(subjects.map((subject) => act('closeTicket', { run, subject })));
  }
  await act('sweepDuplicates', { run });
  await act('postSummary', { run, ...end });
  await act('finishRun', { run, ...end });
}
