import { csvRow } from '../../audit/export.ts';
import type { RunUserRow } from '../../mfa/document.ts';

const COLUMNS: readonly [string, (user: RunUserRow) => string][] = [
  ['id', (user) => user.id],
  ['login', (user) => user.login],
  ['department', (user) => user.department ?? ''],
  ['administrator', (user) => (user.administrator ? 'yes' : 'no')],
  ['verdict', (user) => user.verdict ?? ''],
  ['reason', (user) => user.reason ?? ''],
  ['factors', (user) => user.factors.map(factorText).join('; ')],
  ['ticket', (user) => user.ticket ?? ''],
];

const factorText = ({ type, status, class: strength }: RunUserRow['factors'][number]): string =>
  `${type} ${status ?? '?'} (${strength})`;

// A terminal that shows the file would execute escape sequences. Tabs and line breaks are valid in
// CSV.
const CONTROLS =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const escapeControls = (text: string): string =>
  text.replace(CONTROLS, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** One record; control characters are written as `\\u001b`. */
export const csvLine = (cells: readonly string[]): string => csvRow(cells.map(escapeControls));

/** The header record of a report. */
export const csvHeader = (): string => csvRow(COLUMNS.map(([name]) => name));

/** One user of a report. */
export const csvUser = (user: RunUserRow): string => csvLine(COLUMNS.map(([, cell]) => cell(user)));
