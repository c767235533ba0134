import type { AuditEntry } from '../../audit/types.ts';
import type { Colors } from '../support/io.ts';
import { count, plural } from '../support/text.ts';
import { csvRow } from './csv.ts';
import { grid } from './table.ts';

/** What `audit verify` found: `firstBad` names the first entry that is not as it was written. */
export interface Verification {
  ok: boolean;
  entries: number;
  head: string;
  firstBad?: { index: number; id: string | null; reason: string };
}

/** Entries for the terminal. */
export function auditTable(entries: readonly (AuditEntry & { index: number })[], colors: Colors): string {
  const rows = entries.map((entry) => [
    entry.index,
    entry.at,
    entry.kind,
    entry.subject,
    entry.decision?.effect ?? '',
    JSON.stringify(entry.outcome ?? {}),
  ]);
  return grid(['index', 'time', 'kind', 'subject', 'decision', 'outcome'], rows, colors);
}

/** The verdict on the chain in words. */
export function verifyText({ ok, entries, head, firstBad }: Verification, colors: Colors): string {
  if (ok) return `${colors.green('The audit trail is whole:')} ${plural(entries, 'entry', 'entries')}, head ${head}`;
  const place = firstBad ? ` at index ${firstBad.index} (${firstBad.id ?? 'no id'}): ${firstBad.reason}` : '';
  return `${colors.red('The audit trail is BROKEN')}${place}; ${count(entries)} looked at.`;
}

type Pages = AsyncIterable<{ index: number; text: string }[]>;
type Writer = (pages: Pages, counted: (entries: number) => void) => AsyncIterable<string>;

const CSV_COLUMNS: readonly [string, (entry: AuditEntry, index: number) => string][] = [
  ['index', (_, index) => String(index)],
  ['id', (entry) => entry.id],
  ['at', (entry) => entry.at],
  ['kind', (entry) => entry.kind],
  ['subject', (entry) => entry.subject],
  ['run', (entry) => entry.run],
  ['workflow', (entry) => entry.workflowId],
  ['principal', (entry) => entry.actor.principal],
  ['surface', (entry) => entry.surface],
  ['operation', (entry) => entry.operation ?? ''],
  ['risk', (entry) => entry.risk ?? ''],
  ['effect', (entry) => entry.decision?.effect ?? ''],
  ['target', (entry) => entry.target ?? ''],
  ['outcome', (entry) => (entry.outcome ? JSON.stringify(entry.outcome) : '')],
  ['prevHash', (entry) => entry.prevHash],
  ['hash', (entry) => entry.hash],
];

async function* jsonl(pages: Pages, counted: (entries: number) => void): AsyncGenerator<string> {
  for await (const page of pages) {
    counted(page.length);
    yield page.map(({ text }) => `${text}\n`).join('');
  }
}

async function* csv(pages: Pages, counted: (entries: number) => void): AsyncGenerator<string> {
  yield csvRow(CSV_COLUMNS.map(([name]) => name));
  for await (const page of pages) {
    counted(page.length);
    yield page.map(({ index, text }) => csvEntry(index, JSON.parse(text) as AuditEntry)).join('');
  }
}

const csvEntry = (index: number, entry: AuditEntry): string =>
  csvRow(CSV_COLUMNS.map(([, cell]) => cell(entry, index)));

/** JSONL holds the stored texts byte for byte, so that the hashes can be recomputed from it. */
export const EXPORTS: Record<'jsonl' | 'csv', Writer> = { jsonl, csv };
