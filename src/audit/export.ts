import { canonicalJson } from './canonical.ts';
import type { StoredText } from './chain.ts';
import { ocsfEvent } from './ocsf.ts';
import { asRemoved, removalId } from './removed.ts';
import type { RemovedEntry } from './removed.ts';
import type { AuditEntry } from './types.ts';

/** An export format: the text at the start, and the text of each entry, including line breaks. */
interface ExportFormat {
  head: string;
  line(stored: StoredText): string;
}

/** The columns of the CSV format; nested values are canonical JSON. */
const COLUMNS = [
  { name: 'index', cell: ({ index }) => String(index) },
  { name: 'id', cell: ({ entry }) => entry.id },
  { name: 'at', cell: ({ entry }) => entry.at },
  { name: 'workflowId', cell: ({ entry }) => entry.workflowId },
  { name: 'run', cell: ({ entry }) => entry.run },
  { name: 'kind', cell: ({ entry }) => entry.kind },
  { name: 'subject', cell: ({ entry }) => entry.subject },
  { name: 'sequence', cell: ({ entry }) => String(entry.sequence) },
  { name: 'principal', cell: ({ entry }) => entry.actor.principal },
  { name: 'authenticatedBy', cell: ({ entry }) => entry.actor.authenticatedBy },
  { name: 'surface', cell: ({ entry }) => entry.surface },
  { name: 'operation', cell: ({ entry }) => entry.operation ?? '' },
  { name: 'risk', cell: ({ entry }) => entry.risk ?? '' },
  { name: 'effect', cell: ({ entry }) => entry.decision?.effect ?? '' },
  { name: 'code', cell: ({ entry }) => entry.decision?.code ?? '' },
  { name: 'policies', cell: ({ entry }) => entry.decision?.policies.join(' ') ?? '' },
  { name: 'bundleDigest', cell: ({ entry }) => entry.decision?.bundleDigest ?? '' },
  { name: 'argsDigest', cell: ({ entry }) => entry.argsDigest ?? '' },
  { name: 'args', cell: ({ entry }) => jsonCell(entry.args) },
  { name: 'target', cell: ({ entry }) => entry.target ?? '' },
  { name: 'outcome', cell: ({ entry }) => jsonCell(entry.outcome) },
  { name: 'correlation', cell: ({ entry }) => jsonCell(entry.correlation) },
  { name: 'prevHash', cell: ({ entry }) => entry.prevHash },
  { name: 'hash', cell: ({ entry }) => entry.hash },
] as const satisfies readonly {
  name: string;
  cell: (of: { index: number; entry: AuditEntry }) => string;
}[];

/**
 * The formats of `arx audit export`. JSON Lines contains the stored bytes, so an export can be
 * verified again.
 */
export const EXPORT_FORMATS = {
  jsonl: { head: '', line: ({ text }) => `${text}\n` },
  // An entry without content cannot be an event.
  ocsf: {
    head: '',
    line: (stored) => (removalOf(stored) ? '' : `${JSON.stringify(ocsfEvent(stored))}\n`),
  },
  csv: { head: csvRow(COLUMNS.map(({ name }) => name)), line: csvLine },
} as const satisfies Record<string, ExportFormat>;

function csvLine(stored: StoredText): string {
  const { index, text } = stored;
  const removed = removalOf(stored);
  if (removed) {
    const left: Record<string, string> = {
      ...removed,
      removed: '',
      index: String(index),
      id: removalId(index),
    };
    return csvRow(COLUMNS.map(({ name }) => left[name] ?? ''));
  }
  const entry = JSON.parse(text) as AuditEntry;
  return csvRow(COLUMNS.map(({ cell }) => cell({ index, entry })));
}

const removalOf = ({ text }: StoredText): RemovedEntry | null => asRemoved(JSON.parse(text));

/**
 * One row of CSV (RFC 4180). Cells are escaped so that a spreadsheet does not treat them as
 * formulas.
 */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string): string {
  const escaped = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

function jsonCell(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value);
}
