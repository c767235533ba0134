import { Context } from '@temporalio/activity';
import type { ActivityAttempt } from '../../store/journal/attempts.ts';
import type { UsesStore } from './parts.ts';
import { toFailure } from './failures.ts';

/**
 * The SDK forwards at most one heartbeat per four fifths of the heartbeat timeout. With more frequent
 * heartbeats, one is always ready to be forwarded, so that a stalled event loop does not cost an
 * attempt.
 */
const HEARTBEAT_MS = 1_000;

/** The progress of an activity. Only counts, no ids: a heartbeat is stored by Temporal. */
export interface ProgressCounts {
  checked: number;
  of: number;
}

const progressOf = new WeakMap<Context, ProgressCounts>();

/** Sends this progress with the next heartbeats of the running activity. */
export function reportProgress(progress: ProgressCounts): void {
  progressOf.set(Context.current(), progress);
}

/** The activity attempt that is running; null outside activities. */
export function currentAttempt(): ActivityAttempt | null {
  const context = contextOrNull();
  if (context === null) return null;
  const { workflowExecution, activityId, attempt } = context.info;
  return { activity: `${workflowExecution?.runId}/${activityId}`, attempt };
}

function contextOrNull(): Context | null {
  try {
    return Context.current();
  } catch {
    return null;
  }
}

export interface ActivityParts extends UsesStore<'attempts'> {
  random: () => number;
  flushCalls: () => Promise<void>;
}

/**
 * Turns every method into an activity that sends heartbeats and fails only with coded failures. Each
 * attempt first takes over from earlier attempts, which may still be running: from then on, the
 * store refuses their writes.
 */
export function asActivities<T extends object>(methods: T, deps: ActivityParts): T {
  const wrapped = Object.entries(methods).map(([name, method]) => {
    return [name, wrapActivity(method as (input: unknown) => Promise<unknown>, deps)] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

function wrapActivity(
  method: (input: unknown) => Promise<unknown>,
  { random, flushCalls, store }: ActivityParts,
) {
  return async (input: unknown): Promise<unknown> => {
    const context = Context.current();
    const heartbeats = setInterval(() => context.heartbeat(progressOf.get(context)), HEARTBEAT_MS);
    try {
      await store.attempts.takeOver();
      const result = await method(input);
      await flushCalls();
      return result;
    } catch (error) {
      throw toFailure(error, random);
    } finally {
      clearInterval(heartbeats);
    }
  };
}
