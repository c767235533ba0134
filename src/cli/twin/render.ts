/** Writes lists of the twin as JSON, CSV, Markdown or a table. */

import { codeSpan as code, table } from '../../twin/markdown.ts';
import type { Colors } from '../kit/io.ts';
import { plural } from '../kit/text.ts';
import type { ViewName } from '../../services/twin/views.ts';
import { csvLine } from '../kit/csv.ts';
import { grid } from '../kit/grid.ts';
import type { Column as TableColumn } from '../kit/grid.ts';
import type { Column } from './columns.ts';

/** A list to be written: items page by page, and their columns. */
export interface Listed<Item> {
  pages: AsyncIterable<readonly Item[]>;
  columns: readonly Column<Item>[];
}

/**
 * `head` with its items as JSON text in chunks, so that a million of them need not fit into memory.
 */
export async function* jsonChunks<Item>(
  head: object,
  { pages }: Listed<Item>,
): AsyncGenerator<string> {
  const text = JSON.stringify(head, null, 2);
  yield `${text.slice(0, text.lastIndexOf('\n}'))},\n  "items": [`;
  let separator = '\n';
  for await (const page of pages) {
    yield page
      .map((item, n) => `${n === 0 ? separator : ',\n'}    ${JSON.stringify(item)}`)
      .join('');
    if (page.length > 0) separator = ',\n';
  }
  yield separator === '\n' ? ']\n}\n' : '\n  ]\n}\n';
}

/** CSV in chunks, with every column. */
export async function* csvChunks<Item>({ pages, columns }: Listed<Item>): AsyncGenerator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const page of pages) {
    yield page.map((item) => csvLine(columns.map(({ cell }) => String(cell(item))))).join('');
  }
}

/** A table in Markdown; text from Okta is encoded. */
export async function* markdownChunks<Item>({
  pages,
  columns,
}: Listed<Item>): AsyncGenerator<string> {
  const rows: string[][] = [];
  const encodeCell = (cell: string | number): string =>
    typeof cell === 'number' ? String(cell) : code(cell);
  for await (const page of pages) {
    rows.push(...page.map((item) => columns.map(({ cell }) => encodeCell(cell(item)))));
  }
  const head = columns.map(({ name }) => name);
  yield `${table(head, rows) || 'None.'}\n`;
}

/** A table for the terminal, with texts for an empty or truncated list. */
export async function* tableChunks<Item>(
  { pages, columns }: Listed<Item>,
  { colors, empty, more }: { colors: Colors; empty: string; more: () => string | null },
): AsyncGenerator<string> {
  const shown = columns.filter(({ filesOnly }) => !filesOnly);
  const rows: (string | number)[][] = [];
  for await (const page of pages)
    rows.push(...page.map((item) => shown.map(({ cell }) => cell(item))));
  if (rows.length === 0) return yield `${empty}\n`;
  const head = shown.map(({ name, drop = 0 }) => ({ name, drop, ...toneOf(name) }));
  yield `${grid(head, rows, colors)}\n`;
  const rest = more();
  if (rest !== null) yield `${rest}\n`;
}

const toneOf = (column: string): { tone?: TableColumn['tone'] } =>
  column === 'severity' ? { tone: (cell, colors) => SEVERITY_TONES[cell]?.(colors) ?? String } : {};
const SEVERITY_TONES: Readonly<Record<string, (colors: Colors) => (text: string) => string>> = {
  critical: ({ red }) => red,
  high: ({ red }) => red,
  medium: ({ yellow }) => yellow,
};

const NOTHING: Partial<Record<ViewName, string>> = {
  facts: 'No facts yet, because no sync has read a stream completely. See `arx okta status`.',
  gaps: 'No gaps.',
  events: 'No security events.',
  users: 'No users.',
  apps: 'No apps.',
  timeline: 'No sync has ended yet. See `arx okta status`.',
  changes: 'No changes between syncs yet.',
  search: 'Nothing found.',
};

/** The text for an empty list; the first sync may still be running. */
export const emptyText = (view: ViewName, status: string): string =>
  status === 'running' ? `${NOTHING[view]} A sync is running.` : `${NOTHING[view]}`;

/** The text below a truncated table. */
export const MORE = 'There are more. Raise --limit, add filters, or export all with --format csv.';

/** The number of omitted changes, and how to see them; null if there are none. */
export const moreChangesText = (left: number): string | null =>
  left <= 0
    ? null
    : `… and ${plural(left, 'more change')}. Raise --limit, or export all with --changes --format csv.`;
