import type { JournalEffect } from '../../audit/types.ts';
import type { ConnectorName } from '../../governance/types.ts';
import type { Recorded } from '../types.ts';

/** A write to a vendor: about to be sent, or ended in whatever way. */
export interface Write {
  connector: ConnectorName;
  operation: string;
  input: unknown;
  phase: 'intent' | 'outcome';
}

/**
 * What is done along with a write, in the transaction of its entry; null where nothing is. Must be
 * safe to repeat.
 */
export type OnWrite = (write: Write) => JournalEffect | null;

/** What stands in the trail of a write, with what is done along with it. */
export function withWrite(
  { connector, onWrite }: { connector: ConnectorName; onWrite?: OnWrite | undefined },
  write: Omit<Write, 'connector'>,
  recorded: Recorded,
): Recorded {
  const also = onWrite?.({ connector, ...write }) ?? null;
  if (also === null) return recorded;
  const { effect } = recorded;
  const both = async (transaction: never): Promise<void> => {
    await effect?.(transaction);
    await also(transaction);
  };
  return { ...recorded, effect: both };
}
