import type { MessageRow, Store } from '../../store/types.ts';
import { ON_ITS_WAY_MS, retryIn } from './failures.ts';

/** Where a message is; `channel` is an id. */
export interface Posted {
  channel: string;
  ts: string;
}

interface Search {
  /** Looks where it may be found. */
  find: () => Promise<Posted | null>;
  /** True where Slack has answered the call in a way that leaves its outcome open. */
  isOver: () => Promise<boolean>;
  /** Milliseconds. */
  onItsWayMs?: number;
}

/**
 * Finds a message whose outcome the earlier attempt that intended it did not record. Null where it
 * was not posted and its request cannot arrive any more; until that is certain, throws the failure
 * that makes the activity look again.
 */
export async function settleMessage(
  { store, now }: { store: Pick<Store, 'messages'>; now: () => Date },
  row: MessageRow,
  { find, isOver, onItsWayMs = ON_ITS_WAY_MS }: Search,
): Promise<Posted | null> {
  const missedAt = row.missedAt ?? now().toISOString();
  const wait = (await isOver()) ? 0 : Date.parse(missedAt) + onItsWayMs - now().getTime();
  const found = await find();
  if (found || wait <= 0) return found;
  if (row.missedAt === null) await store.messages.put(null, { ...row, missedAt });
  throw retryIn(
    wait,
    'message_unsettled',
    'it is not known whether Slack took a message; looking again',
  );
}
