import { Context } from '@temporalio/activity';
import type { ActivityAttempt } from '../../store/journal/attempts.ts';
import type { Deps } from '../mfa/deps.ts';
import { toFailure } from './failures.ts';

/**
 * The SDK passes on at most one beat in four fifths of the heartbeat time-out. Beating more often
 * than that lets a beat wait there when it is due, so that an event loop that stalls costs no
 * attempt.
 */
const BEAT_MS = 1_000;

/** How far an activity is: counts, never ids, for a heartbeat goes into Temporal. */
export interface Done {
  checked: number;
  of: number;
}

const done = new WeakMap<Context, Done>();

/** Sends this with the heartbeats of the running activity from now on. */
export function reportProgress(progress: Done): void {
  done.set(Context.current(), progress);
}

/** The activity attempt in whose course this is called; null outside of activities. */
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

type Running = Pick<Deps, 'random' | 'flushCalls'> & { store: Pick<Deps['store'], 'attempts'> };

/**
 * Turns every method into an activity that heartbeats while it works and fails with coded failures
 * only. A later attempt first takes over from the ones before it, which may still be at work: from
 * then on the store refuses what they write.
 */
export function asActivities<T extends object>(methods: T, deps: Running): T {
  const wrapped = Object.entries(methods).map(([name, method]) => {
    return [name, running(method as (input: unknown) => Promise<unknown>, deps)] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

function running(
  method: (input: unknown) => Promise<unknown>,
  { random, flushCalls, store }: Running,
) {
  return async (input: unknown): Promise<unknown> => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(done.get(context)), BEAT_MS);
    try {
      await store.attempts.takeOver();
      const result = await method(input);
      await flushCalls();
      return result;
    } catch (error) {
      throw toFailure(error, random);
    } finally {
      clearInterval(beat);
    }
  };
}
