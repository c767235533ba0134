/** The sink of the audit trail, for every process that appends entries. */

import { auditSinkSettings } from '../../config/env/audit-sink.ts';
import type { ArxEnv } from '../../config/env/env.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';
import type { SinkJournal } from '../../store/sink/sink-journal.ts';
import type { AuditSink } from '../../store/sink/types.ts';
import type { Store } from '../../store/types.ts';

interface SinkSource {
  env: ArxEnv;
  config: ArxConfig;
  baseDir: string;
}

/**
 * The journal of this process with the sink that arx.yaml names; null without one. `report` receives
 * the first of each series of failures. Throws ConfigError.
 */
export async function openConfiguredSink(
  store: Pick<Store, 'audit' | 'auditSinks' | 'journal'>,
  { report, ...source }: SinkSource & { report(error: Error): void },
): Promise<SinkJournal | null> {
  const settings = auditSinkSettings(source);
  if (settings === null) return null;
  const { openSink } = await import('../../store/sink/open.ts');
  const { openSinkJournal } = await import('../../store/sink/sink-journal.ts');
  const { required } = settings;
  return openSinkJournal(store, await openSink(settings), { required, report });
}

/** The sink that arx.yaml names, and whether calls wait for it; null without one. */
export async function findSink(
  source: SinkSource,
): Promise<{ sink: AuditSink; required: boolean } | null> {
  const settings = auditSinkSettings(source);
  if (settings === null) return null;
  const { openSink } = await import('../../store/sink/open.ts');
  return { sink: await openSink(settings), required: settings.required };
}

/** How far a sink is behind the store, as the store knows it. */
export interface SinkLag {
  /** Entries of the trail that were copied to the sink. */
  entries: number;
  /** Entries that were not. */
  behind: number;
  /** ISO 8601 UTC; null if nothing was ever copied. */
  shippedAt: string | null;
}

export async function sinkLag(
  store: Pick<Store, 'audit' | 'auditSinks'>,
  { name }: Pick<AuditSink, 'name'>,
): Promise<SinkLag> {
  const known = await store.auditSinks.find(name);
  const { entries: all } = await store.audit.head();
  const entries = known?.entries ?? 0;
  return {
    entries,
    behind: Math.max(0, all - entries),
    shippedAt: entries > 0 ? (known?.shippedAt ?? null) : null,
  };
}

/** The sink of arx.yaml and how far it is. */
export interface SinkReport {
  name: string;
  /** Whether its entries were read and compared; otherwise the numbers are those of the store. */
  compared: boolean;
  /** Index of its first entry; above 0 if the store of the sink has removed old objects. */
  from: number;
  /** Index after its last entry, counted from `from` on. */
  entries: number;
  /** Entries of the trail that it does not have yet. */
  behind: number;
}

interface ErrorLog {
  error(fields: object, message: string): void;
}

/** Logs that shipping fails. */
export const sinkReporter =
  (log: ErrorLog) =>
  ({ name, message }: Error): void =>
    log.error(
      { error: name },
      `audit entries cannot be copied to the sink: ${message}; arx keeps trying`,
    );
