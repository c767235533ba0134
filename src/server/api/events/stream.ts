import type { Change, ChangeFeed } from '../../../services/audit/change-feed.ts';

/** How often a silent stream shows that it is alive, and its key is checked again. */
const HEARTBEAT_MS = 15_000;
/** A reader that is further behind is told to start again (`reset`). */
const MOST_BEHIND = 10_000;

/** One reader of changes. */
export interface Reading {
  feed: ChangeFeed;
  /** `Last-Event-ID`; null for a new reader. */
  lastEventId: string | null;
  /** What of a change is sent to this reader; null: nothing. */
  show: (change: Change) => object | null;
  /** Rejects if the reader may no longer read. */
  check: () => Promise<unknown>;
  /** Aborted when the reader is gone or the server stops. */
  signal: AbortSignal;
  heartbeatMs?: number;
}

/**
 * Server-sent events: `ready` at the start, `change` with topic and id, and `reset` if changes may
 * have been missed, after which everything must be read again. Only the last change of a batch has
 * an id, so that a reader that comes back in the middle gets the whole batch again.
 */
export async function* eventStream(reading: Reading): AsyncGenerator<string> {
  const { feed, signal, check, heartbeatMs = HEARTBEAT_MS } = reading;
  const head = await feed.head();
  const known = positionOf(reading.lastEventId, head);
  let position = known ?? head;
  yield 'retry: 2000\n\n';
  yield event(reading.lastEventId !== null && known === null ? 'reset' : 'ready', {}, position);
  let checked = performance.now();
  while (!signal.aborted) {
    const beat = AbortSignal.any([signal, AbortSignal.timeout(heartbeatMs)]);
    const next = await feed.waitBeyond(position, beat);
    if (signal.aborted) return;
    if (performance.now() - checked >= heartbeatMs) {
      if (!(await isAllowed(check))) return;
      checked = performance.now();
      yield ': still here\n\n';
    }
    if (next === null) continue;
    if (next < position || next - position > MOST_BEHIND) yield event('reset', {}, next);
    else yield* batch(await feed.changes(position, next), reading.show, next);
    position = next;
  }
}

function positionOf(lastEventId: string | null, head: number): number | null {
  if (lastEventId === null || !/^\d{1,15}$/.test(lastEventId)) return null;
  const position = Number(lastEventId);
  return position <= head && head - position <= MOST_BEHIND ? position : null;
}

function* batch(
  changes: readonly Change[],
  show: Reading['show'],
  position: number,
): Generator<string> {
  const shown = changes.flatMap((change) => show(change) ?? []);
  for (const [n, data] of shown.entries())
    yield event('change', data, n === shown.length - 1 ? position : null);
}

const event = (name: string, data: object, position: number | null): string =>
  `${position === null ? '' : `id: ${position}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

const isAllowed = (check: () => Promise<unknown>): Promise<boolean> =>
  check().then(
    () => true,
    () => false,
  );
