import { ApplicationFailure, Context } from '@temporalio/activity';
import type { JsonObject } from '../../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../../connectors/errors.ts';
import type { OktaOperations } from '../../../connectors/types.ts';
import { effectOf, fullReason } from '../../../mfa/delta.ts';
import type { FullReason } from '../../../mfa/delta.ts';
import { LOG_FILTER } from '../../../mfa/delta-table.ts';
import type { LogPage } from '../../../store/delta-types.ts';
import type { StoreTransaction } from '../../../store/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../../support/parts.ts';
import { draftOf } from '../drafts.ts';
import { lastingFailure, runOf } from '../listing.ts';
import { callerOf, planOf } from '../plan.ts';
import type { MfaActivities } from '../types.ts';
import type { ScanPlan } from './scan-plan.ts';

const ENTRIES_A_PAGE = 1_000;
/** A log longer than this many pages is not read to its end. */
const MOST_PAGES = 300;
/** How far before the window an entry is searched that shows that the log reaches back. */
const REACH_MS = 4 * 86_400_000;

type LogsInput = OktaOperations['logs:read']['input'];
type LogsOutput = OktaOperations['logs:read']['output'];

type ChangesDeps = UsesStore<'deltas' | 'journal' | 'runs'> & UsesConnectors<'okta'> & UsesClock;

/**
 * `readChanges`: stores which users changed since the base run, and decides whether earlier readings
 * may be taken over. Any doubt leads to a full scan; only temporary failures are tried again.
 */
export function readChanges(deps: ChangesDeps): MfaActivities['readChanges'] {
  return async ({ run }) => {
    const record = await runOf(deps.store, run);
    const { scan } = planOf(record);
    if (scan?.mode !== 'delta') return { mode: 'full' };
    const settled = await deps.store.deltas.readOutcome(run);
    if (settled) return { mode: settled.mode };
    const until = await deps.store.deltas.begin(run, deps.now().toISOString());
    const reason = await new ChangeLog(deps, record, {
      since: scan.since,
      until,
      base: scan.base.startedAt,
    }).read();
    await settle(deps, { record, scan, until, reason });
    return { mode: reason === null ? 'delta' : 'full' };
  };
}

/** From when to when the log is read, and when the base run began, which is after `since`. */
interface LogWindow {
  since: string;
  until: string;
  base: string;
}

/** The entries of the log in a window, page by page. A stored page is not read again. */
class ChangeLog {
  readonly #deps: ChangesDeps;
  readonly #record: RunRecord;
  readonly #window: LogWindow;

  constructor(deps: ChangesDeps, record: RunRecord, window: LogWindow) {
    this.#deps = deps;
    this.#record = record;
    this.#window = window;
  }

  /** Reads to the end, or to the first reason for a full scan. */
  async read(): Promise<FullReason | null> {
    try {
      const reaches = (await this.#loadPage(0)) !== null || (await this.#reachesBack());
      return reaches ? await this.#pages() : fullReason('log_gap');
    } catch (error) {
      return reasonFrom(error);
    }
  }

  /** Without an older entry, it is not known whether earlier entries of the log were removed. */
  async #reachesBack(): Promise<boolean> {
    const before = new Date(Date.parse(this.#window.since) - REACH_MS).toISOString();
    const older = {
      since: before,
      until: this.#window.since,
      sortOrder: 'DESCENDING',
      limit: 1,
    } as const;
    const { items, malformed } = await this.#readLog(older);
    return items.length + malformed > 0;
  }

  async #pages(): Promise<FullReason | null> {
    let after: string | null = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const read: LogPage = (await this.#loadPage(page)) ?? (await this.#readPage(page, after));
      const { next, reason } = read;
      if (reason) return reason as unknown as FullReason;
      if (next === null) return null;
      if (next === after) return fullReason('log_unreadable', 'a page leads to itself');
      after = next;
    }
    return fullReason('log_too_long');
  }

  async #readPage(page: number, after: string | null): Promise<LogPage> {
    const { since, until, base } = this.#window;
    const input = {
      since,
      until,
      filter: LOG_FILTER,
      sortOrder: 'ASCENDING',
      limit: ENTRIES_A_PAGE,
      after,
    } as const;
    const { items, malformed, next } = await this.#readLog(input);
    const { changed, force } = effectOf(items, malformed, base);
    const reason = force as unknown as JsonObject | null;
    const stored = { page, next, entries: items.length + malformed, reason };
    return await this.#deps.store.deltas.addPage(this.#record.run, stored, changed);
  }

  #loadPage(page: number): Promise<LogPage | null> {
    return this.#deps.store.deltas.page(this.#record.run, page);
  }

  async #readLog(input: LogsInput): Promise<LogsOutput> {
    const caller = callerOf(this.#record, planOf(this.#record).permitted);
    const signal = Context.current().cancellationSignal;
    return (
      await this.#deps.connectors.okta('logs:read', input, { caller, subject: 'logs', signal })
    ).output;
  }
}

/**
 * The reason for a full scan if the log cannot be read. Throws temporary failures, and failures that
 * concern the whole run.
 */
function reasonFrom(error: unknown): FullReason {
  if (error instanceof PolicyDeniedError) return fullReason('log_not_allowed');
  if (!(error instanceof ConnectorError) || error.code === 'cancelled') throw error;
  const lasting = lastingFailure(error);
  if (error.retryable && !(lasting instanceof ApplicationFailure)) throw lasting;
  return fullReason('log_unreadable', error.code);
}

interface Settlement {
  record: RunRecord;
  scan: Extract<ScanPlan, { mode: 'delta' }>;
  until: string;
  reason: FullReason | null;
}

/** Writes how the scan continues, to the audit trail and the store in one transaction. */
async function settle(
  { store, now }: UsesStore<'deltas' | 'journal'> & UsesClock,
  { record, scan, until, reason }: Settlement,
): Promise<void> {
  const { run } = record;
  const mode = reason === null ? 'delta' : 'full';
  const { entries, changed } = await store.deltas.tally(run);
  const draft = draftOf(record, { kind: 'scan.changes', subject: run, at: now().toISOString() });
  const facts = { mode, base: scan.base.run, since: scan.since, until, entries, changed };
  const outcome = reason === null ? facts : { ...facts, reason: reason.code };
  const stored = { mode, reason: reason as unknown as JsonObject | null } as const;
  await store.journal.append([{ ...draft, outcome }], (tx: StoreTransaction) =>
    store.deltas.settle(tx, run, stored),
  );
}
