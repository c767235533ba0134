import type { MessageRow, Store } from '../../store/types.ts';
import { ON_ITS_WAY_MS, retryIn } from './failures.ts';

/** Where a message stands; `channel` is an id. */
export interface Posted {
  channel: string;
  ts: string;
}

interface Search {
  /** Looks where it may be found. */
  find: () => Promise<Posted | null>;
  /** True where the call is over, though nobody knows what became of it. */
  isOver: () => Promise<boolean>;
  /** Milliseconds. */
  onItsWayMs?: number;
}

/**
 * What became of a message whose call an earlier attempt intended, and did not record the outcome
 * of: where it stands; null where it was not posted and cannot be on its way any more. Until then
 * throws what makes the activity look again.
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
