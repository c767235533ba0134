import type { MessageRow } from '../../store/types.ts';
import { ON_ITS_WAY_MS, retryIn } from './failures.ts';
import type { UsesClock, UsesStore } from './parts.ts';

/** A message in Slack; `channel` is an id. */
export interface PostedMessage {
  channel: string;
  ts: string;
}

interface Search {
  /** Searches for the message. */
  find: () => Promise<PostedMessage | null>;
  /** True if Slack has answered the call, even if the answer leaves the outcome unknown. */
  isOver?: () => Promise<boolean>;
  /** How long the message may take to appear, milliseconds. */
  onItsWayMs?: number;
}

/**
 * Finds a message that an earlier attempt intended to post without recording the outcome. Null if it
 * was not posted and can no longer arrive. As long as it may still arrive, throws a failure that
 * makes the activity search again.
 */
export async function settleMessage(
  { store, now }: UsesStore<'messages'> & UsesClock,
  row: MessageRow,
  { find, isOver, onItsWayMs = ON_ITS_WAY_MS }: Search,
): Promise<PostedMessage | null> {
  const missedAt = row.missedAt ?? now().toISOString();
  const wait = (await isOver?.()) ? 0 : Date.parse(missedAt) + onItsWayMs - now().getTime();
  const found = await find();
  if (found || wait <= 0) return found;
  if (row.missedAt === null) await store.messages.put(null, { ...row, missedAt });
  throw retryIn(
    wait,
    'message_unsettled',
    'it is not known whether Slack accepted a message; arx will search again',
  );
}
