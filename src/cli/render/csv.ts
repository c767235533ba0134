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

/** The header record of a report. */
export const csvHeader = (): string => csvRow(COLUMNS.map(([name]) => name));

/** One user of a report. */
export const csvUser = (user: RunUserRow): string => csvRow(COLUMNS.map(([, cell]) => cell(user)));
