/** Compares the trail in the store with its sink, for `arx audit verify --sink`. */

import type { BadEntry } from '../../audit/chain.ts';
import { findSink, sinkLag } from '../../services/audit/sink.ts';
import type { SinkReport } from '../../services/audit/sink.ts';
import { addEntryId } from '../../services/audit/verify-store.ts';
import type { Verdict } from '../../services/audit/verify-store.ts';
import { isSameEntry } from '../../store/sink/shipper.ts';
import type { AuditSink, IndexedText } from '../../store/sink/types.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';

/**
 * Adds the state of the sink to a verdict; with `compare`, every entry of the sink is compared with
 * the store. Throws CliError `no_sink`, and SinkError.
 */
export async function withSinkReport(
  io: Io,
  store: Store,
  { verdict, compare }: { verdict: Verdict; compare: boolean },
): Promise<Verdict> {
  const sink = await sinkOf(io, compare);
  if (sink === null) return verdict;
  if (!compare) {
    const { entries, behind } = await sinkLag(store, sink);
    return { ...verdict, sink: { name: sink.name, compared: false, from: 0, entries, behind } };
  }
  const { report, firstBad } = await compareWithSink(store, sink);
  if (firstBad === null || !verdict.ok) return { ...verdict, sink: report };
  const { entries, head, checkpoints } = verdict;
  return addEntryId(store, { ok: false, entries, head, checkpoints, firstBad, sink: report });
}

async function sinkOf(io: Io, isNeeded: boolean): Promise<AuditSink | null> {
  try {
    const { arx: env, config, baseDir } = await loadSettings(io, {});
    const found = await findSink({ env, config, baseDir });
    if (found) return found.sink;
  } catch (thrown) {
    if (isNeeded || (thrown as Error).name !== 'ConfigError') throw thrown;
  }
  if (!isNeeded) return null;
  throw new CliError({
    code: 'no_sink',
    message: 'arx.yaml names no sink of the audit trail.',
    remedy: 'Add audit.sink to arx.yaml, or omit --sink.',
    exit: EXIT.usage,
  });
}

interface Compared {
  report: SinkReport;
  firstBad: BadEntry | null;
}

/** Compares every entry of the sink with the store, up to the first difference. */
async function compareWithSink(store: Store, sink: AuditSink): Promise<Compared> {
  let from: number | null = null;
  let next = 0;
  let firstBad: BadEntry | null = null;
  for await (const page of sink.pages()) {
    const first = page[0];
    if (first === undefined) continue;
    if (from === null) {
      from = first.index;
      next = (await mayLackBefore(store, sink, from)) ? from : 0;
    }
    firstBad = placeFault(first.index, next) ?? (await contentFault(store, page));
    if (firstBad) break;
    next = first.index + page.length;
  }
  const lag = await sinkLag(store, sink);
  firstBad ??=
    next < lag.entries ? bad(next, 'was copied to the sink, but is missing there') : null;
  const behind = Math.max(0, lag.entries + lag.behind - next);
  const report = { name: sink.name, compared: true, from: from ?? 0, entries: next, behind };
  return { report, firstBad };
}

/** Whether the entries before this one are so old that the sink may have removed them. */
async function mayLackBefore(store: Store, { keptMs }: AuditSink, index: number): Promise<boolean> {
  if (index === 0) return true;
  if (keptMs === null) return false;
  const row = await store.audit.get(String(index - 1));
  const { at } = JSON.parse(row?.text ?? '{}') as { at?: string };
  return at !== undefined && Date.parse(at) < Date.now() - keptMs;
}

function placeFault(index: number, expected: number): BadEntry | null {
  if (index === expected) return null;
  return index > expected
    ? bad(expected, 'is missing in the sink, which has later entries')
    : bad(index, 'is in the sink twice');
}

async function contentFault(store: Store, page: readonly IndexedText[]): Promise<BadEntry | null> {
  const start = page[0]!.index;
  const stored = new Map<number, string>();
  const filter = { after: start - 1, limit: page.length };
  for await (const rows of store.audit.pages(page.length, filter))
    for (const { index, text } of rows) stored.set(index, text);
  for (const { index, text } of page) {
    const own = stored.get(index);
    if (own === undefined)
      return bad(index, 'is in the sink, but not in the store: it was cut off or removed there');
    if (!isSameEntry(own, text)) return bad(index, 'differs from the entry in the sink');
  }
  return null;
}

const bad = (index: number, reason: string): BadEntry => ({ index, id: null, reason });
