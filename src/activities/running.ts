import { Context } from '@temporalio/activity';
import type { Deps } from './deps.ts';
import { toFailure } from './failures.ts';

const BEAT_MS = 4_000;

/** Turns every method into an activity that heartbeats while it works and fails with coded failures only. */
export function asActivities<T extends object>(methods: T, deps: Pick<Deps, 'random' | 'flushCalls'>): T {
  const wrapped = Object.entries(methods).map(([name, method]) => {
    return [name, running(method as (input: unknown) => Promise<unknown>, deps)] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

function running(
  method: (input: unknown) => Promise<unknown>,
  { random, flushCalls }: Pick<Deps, 'random' | 'flushCalls'>,
) {
  return async (input: unknown): Promise<unknown> => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), BEAT_MS);
    try {
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
