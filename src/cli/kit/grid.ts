/** The one table of the command line. It fits the terminal. */

import { GAP, fitColumns } from './fit.ts';
import type { ColumnNeed } from './fit.ts';
import type { Colors } from './io.ts';
import { recordText } from './record.ts';
import { count, plain, plural } from './text.ts';
import { cutTo, padTo, paragraph, widthOf, wrapTo } from './width.ts';

/** Numbers are aligned right. */
type Cell = string | number;

/** A column of a table. A bare name is a column that wraps and is never left out. */
export interface Column {
  name: string;
  /**
   * On a narrow terminal, columns with the highest number are left out first. Default 0: never.
   */
  drop?: number;
  /** Whether long text is continued on further lines (the default), cut, or kept on one line. */
  long?: 'wrap' | 'cut' | 'keep';
  /** Width below which it is not narrowed. */
  least?: number;
  /** Colour of a cell by its text. */
  tone?: (cell: string, colors: Colors) => (text: string) => string;
}

const LEAST = 10;
const LONG_WORD = 16;

/**
 * A table as wide as the terminal allows: wide columns are narrowed, then those that matter least
 * are left out and named below it. If nothing else fits, each row becomes a record of its own.
 * Control and escape codes are removed from text.
 */
export function grid(
  head: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  colors: Colors,
): string {
  const columns = head.map((column) => (typeof column === 'string' ? { name: column } : column));
  const table: Table = { columns, rows: rows.map((row) => row.map(cellText)), colors };
  const widths = fitColumns(
    columns.map((column, at) => needOf(column, at, table)),
    colors.width,
  );
  if (widths === null) return asRecords(table);
  const right = columns.map(
    (_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'),
  );
  return draw(table, { widths, right });
}

interface Table {
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
  colors: Colors;
}

const cellText = (cell: Cell): string => (typeof cell === 'number' ? count(cell) : plain(cell));

function needOf(
  { name, drop = 0, long = 'wrap', least }: Column,
  at: number,
  table: Table,
): ColumnNeed {
  const cells = table.rows.map((row) => row[at] ?? '');
  const widest = (texts: readonly string[]): number =>
    Math.max(widthOf(name), ...texts.map(widthOf));
  const natural = widest(cells);
  if (long === 'keep') return { natural, least: natural, drop };
  // Names and words are broken only if they are longer than anybody reads at a glance.
  const word = Math.min(LONG_WORD, widest(cells.flatMap((cell) => cell.split(' '))));
  return { natural, least: least ?? Math.max(LEAST, word), drop };
}

interface Layout {
  widths: readonly (number | null)[];
  right: readonly boolean[];
}

function draw({ columns, rows, colors }: Table, { widths, right }: Layout): string {
  const line = (cells: readonly string[]): string => cells.join(' '.repeat(GAP)).trimEnd();
  const shown = columns.flatMap((column, at) => {
    const width = widths[at] ?? null;
    return width === null
      ? []
      : [{ column, at, width, align: right[at] ? ('right' as const) : ('left' as const) }];
  });
  const title = shown.map(({ column, width, align }) =>
    padTo(colors.bold(plain(column.name)), width, align),
  );
  const rule = shown.map(({ width }) => colors.dim('─'.repeat(width)));
  const body = rows.flatMap((row) => {
    const cells = shown.map(({ column, at, width }) => cellLines(row[at] ?? '', column, width));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, n) =>
      line(
        shown.map(({ column, at, width, align }, which) => {
          const tone = column.tone?.(row[at] ?? '', colors) ?? ((text: string) => text);
          const text = cells[which]?.[n] ?? '';
          return padTo(text === '' ? '' : tone(text), width, align);
        }),
      ),
    );
  });
  return [line(title), line(rule), ...body, ...omissionNote(columns, widths, colors)].join('\n');
}

const cellLines = (text: string, { long = 'wrap' }: Column, width: number): string[] =>
  long === 'wrap' ? wrapTo(text, width) : [cutTo(text, width)];

function omissionNote(
  columns: readonly Column[],
  widths: readonly (number | null)[],
  colors: Colors,
): string[] {
  const names = columns.filter((_, at) => widths[at] === null).map(({ name }) => name);
  if (names.length === 0) return [];
  const what = `${plural(names.length, 'column')} left out: ${names.join(', ')}. A wider terminal or --json shows all.`;
  return paragraph(what, colors)
    .split('\n')
    .map((text) => colors.dim(text));
}

const asRecords = ({ columns, rows, colors }: Table): string =>
  rows
    .map((row) =>
      recordText(
        columns.map(({ name }, at) => [name, row[at] ?? '']),
        colors,
      ),
    )
    .join('\n\n');
