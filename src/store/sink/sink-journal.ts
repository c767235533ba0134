/** The journal of a process with a sink. */

import { AuditUnavailableError } from '../../audit/errors.ts';
import type { Journal } from '../../audit/types.ts';
import type { Store } from '../types.ts';
import { SinkError } from './errors.ts';
import { Shipper } from './shipper.ts';
import type { AuditSink } from './types.ts';

/** How often entries of other processes are shipped, and a failed attempt is repeated. */
const PERIOD_MS = 5_000;
/** How long entries that nothing waits for are gathered, so that they share an object. */
const GATHER_MS = 500;

/** A journal whose entries also go to a sink. */
export interface SinkJournal {
  journal: Journal;
  /** Ships what is left, as far as the sink answers, and ends the regular work. */
  close(): Promise<void>;
}

export interface SinkOptions {
  /** See `AuditSinkSettings`. */
  required: boolean;
  /** Called when shipping fails for the first time since it last worked. */
  report(error: Error): void;
  periodMs?: number;
}

/**
 * With `required`, a call to a vendor waits until its intent, and everything before it, is in the
 * sink; a failure of the sink is then an AuditUnavailableError, and no effect of the intent has run.
 * All other entries are shipped soon after they were recorded.
 */
export function openSinkJournal(
  store: Pick<Store, 'audit' | 'auditSinks' | 'journal'>,
  sink: AuditSink,
  { required, report, periodMs = PERIOD_MS }: SinkOptions,
): SinkJournal {
  const shipper = new Shipper({ store, sink });
  const { journal } = store;
  let isFailing = false;

  const flush = async (): Promise<void> => {
    try {
      await shipper.flush();
      isFailing = false;
    } catch (error) {
      if (!isFailing) report(error as Error);
      isFailing = true;
      throw error;
    }
  };
  let gathering: NodeJS.Timeout | null = null;
  const ship = (): void => {
    gathering = null;
    flush().catch(() => undefined);
  };
  const shipSoon = (): void => {
    gathering ??= setTimeout(ship, GATHER_MS).unref();
  };
  const ready = async (): Promise<void> => {
    await flush().catch((error: unknown) => {
      throw error instanceof SinkError
        ? new AuditUnavailableError(error.message, null, 'audit_sink_unavailable')
        : error;
    });
  };
  const timer = setInterval(ship, periodMs);
  timer.unref();

  const append: Journal['append'] = async (drafts, effect, options) => {
    const before = required ? options?.before : undefined;
    if (before !== 'call') {
      const receipts = await journal.append(drafts, effect, options);
      if (before === 'use') await ready();
      else shipSoon();
      return receipts;
    }
    // The effect uses up the grant, so it waits until the call is certain to be recorded.
    const receipts = await journal.append(drafts, undefined, options);
    await ready();
    if (effect) await journal.append([], effect, options);
    return receipts;
  };

  return {
    journal: { append, ...(required && { ready }) },
    close: async () => {
      clearInterval(timer);
      if (gathering) clearTimeout(gathering);
      await flush().catch(() => undefined);
    },
  };
}
