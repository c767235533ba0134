/**
 * Waits for something that is slow but alive: as long as it takes, with a message now and then, and
 * interruptible.
 */

import { setTimeout as delay } from 'node:timers/promises';

/**
 * How a wait is interrupted: `hold` keeps a signal from ending the process at once, and returns how
 * to undo that.
 */
export interface Interrupts {
  signal: AbortSignal;
  hold(): () => void;
}

/** Thrown if the user interrupts a wait. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly code = 'interrupted';
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

export interface WaitOptions {
  /** The object of the wait, as the end of "waiting for …". */
  what: () => string;
  /** What the user can do instead of waiting. */
  remedy: string;
  log: (line: string) => void;
  interrupts?: Interrupts | undefined;
  everyMs?: number;
}

const NOTICE_MS = 3_000;
const REPEAT_MS = 30_000;
const EVERY_MS = 100;

/**
 * Repeats `poll` until it returns something other than null. Throws InterruptedError as soon as it
 * is interrupted.
 */
export async function waitFor<T>(
  poll: () => Promise<T | null> | T | null,
  waiting: WaitOptions,
): Promise<T> {
  const { what, remedy, log, interrupts, everyMs = EVERY_MS } = waiting;
  const release = interrupts?.hold();
  const startedAt = performance.now();
  const notice = (): void => {
    log(
      `waiting for ${what()}, for ${Math.round((performance.now() - startedAt) / 1000)} s so far. ${remedy}`,
    );
    timer = setTimeout(notice, REPEAT_MS);
  };
  let timer = setTimeout(notice, NOTICE_MS);
  const finished = new AbortController();
  const interrupted = untilAborted(interrupts?.signal, finished.signal).then(() => {
    throw new InterruptedError(`interrupted while waiting for ${what()}`, remedy);
  });
  // If `poll` throws at once, this promise must not be left without a handler.
  interrupted.catch(() => undefined);
  try {
    for (;;) {
      const found = await Promise.race([poll(), interrupted]);
      if (found !== null) return found;
      await Promise.race([delay(everyMs), interrupted]);
    }
  } finally {
    finished.abort();
    clearTimeout(timer);
    release?.();
  }
}

/** Resolves once `signal` is aborted; never if `over` was aborted first. */
function untilAborted(signal: AbortSignal | undefined, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
}
