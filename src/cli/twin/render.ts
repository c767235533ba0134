import { codeSpan as code, table } from '../../twin/markdown.ts';
import type { Colors } from '../kit/io.ts';
import { plural } from '../kit/text.ts';
import type { ViewName } from './views.ts';
import { csvLine } from '../kit/csv.ts';
import { grid } from '../kit/table.ts';
import type { Column } from './columns.ts';

/** A list on its way out: items page by page, and their columns. */
export interface Listed<Item> {
  pages: AsyncIterable<readonly Item[]>;
  columns: readonly Column<Item>[];
}

/**
 * `head` with its items as JSON text in pieces, so that a million of them need not fit into memory.
 */
export async function* jsonPieces<Item>(
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

/** CSV in pieces, with every column. */
export async function* csvPieces<Item>({ pages, columns }: Listed<Item>): AsyncGenerator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const page of pages) {
    yield page.map((item) => csvLine(columns.map(({ cell }) => String(cell(item))))).join('');
  }
}

/** A table in Markdown; whatever Okta names is encoded. */
export async function* markdownPieces<Item>({
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

/** A table for the terminal, and what to say where there is nothing in it or more than it shows. */
export async function* tablePieces<Item>(
  { pages, columns }: Listed<Item>,
  { colors, empty, more }: { colors: Colors; empty: string; more: () => string | null },
): AsyncGenerator<string> {
  const shown = columns.filter(({ filesOnly }) => !filesOnly);
  const rows: (string | number)[][] = [];
  for await (const page of pages)
    rows.push(...page.map((item) => shown.map(({ cell }) => cell(item))));
  if (rows.length === 0) return yield `${empty}\n`;
  const head = shown.map(({ name }) => name);
  yield `${grid(head, rows, colors)}\n`;
  const rest = more();
  if (rest !== null) yield `${rest}\n`;
}

const NOTHING: Partial<Record<ViewName, string>> = {
  facts: 'No facts yet: no sync has read a stream completely. See `arx okta status`.',
  gaps: 'No gaps.',
  events: 'No security events.',
  users: 'No users.',
  apps: 'No apps.',
  timeline: 'No sync has ended yet: see `arx okta status`.',
  changes: 'No changes between syncs yet.',
  search: 'Nothing found.',
};

/** What to say of an empty list; the first sync may still be running. */
export const emptyText = (view: ViewName, status: string): string =>
  status === 'running' ? `${NOTHING[view]} A sync is running.` : `${NOTHING[view]}`;

/** What to say below a table that is cut. */
export const MORE =
  'There are more: raise --limit, narrow the list, or take all with --format csv.';

/** How many changes are left out, and how to see them; null where none is. */
export const moreChangesText = (left: number): string | null =>
  left <= 0
    ? null
    : `… and ${plural(left, 'more change')}: raise --limit, or list all with --changes --format csv.`;
