/** Additional effects of writes. */

import type { JournalEffect } from '../../audit/types.ts';
import type { ConnectorName } from '../../governance/types.ts';
import type { Recorded } from '../types.ts';

/** A write to a vendor: about to be sent, or finished with any outcome. */
interface Write {
  connector: ConnectorName;
  operation: string;
  input: unknown;
  phase: 'intent' | 'outcome';
}

/**
 * Returns the effect to run with a write, in the transaction of its entry; null for none. The
 * effect must be safe to repeat.
 */
export type OnWrite = (write: Write) => JournalEffect | null;

/** Adds the effect of `onWrite` to how a write is recorded. */
export function withWrite(
  { connector, onWrite }: { connector: ConnectorName; onWrite?: OnWrite | undefined },
  write: Omit<Write, 'connector'>,
  recorded: Recorded,
): Recorded {
  const added = onWrite?.({ connector, ...write }) ?? null;
  if (added === null) return recorded;
  const { effect } = recorded;
  const both = async (transaction: never): Promise<void> => {
    await effect?.(transaction);
    await added(transaction);
  };
  return { ...recorded, effect: both };
}
