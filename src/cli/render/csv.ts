import type { RunUserRow } from '../../mfa/document.ts';

const FORMULA = /^[=+\-@\t\r]/;
const SPECIAL = /[",\r\n]/;

/** One cell by RFC 4180; text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvCell(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return SPECIAL.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** One record with its line end. */
export const csvRow = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

const COLUMNS: readonly [string, (user: RunUserRow) => string][] = [
  ['id', (user) => user.id],
  ['login', (user) => user.login],
  ['department', (user) => user.department ?? ''],
  ['administrator', (user) => (user.administrator ? 'yes' : 'no')],
  ['verdict', (user) => user.verdict ?? ''],
  ['reason', (user) => user.reason ?? ''],
  [
    'factors',
    (user) =>
      user.factors.map(({ type, status, class: strength }) => `${type} ${status ?? '?'} (${strength})`).join('; '),
  ],
  ['ticket', (user) => user.ticket ?? ''],
];

/** The header record of a report. */
export const csvHeader = (): string => csvRow(COLUMNS.map(([name]) => name));

/** One user of a report. */
export const csvUser = (user: RunUserRow): string => csvRow(COLUMNS.map(([, cell]) => cell(user)));
