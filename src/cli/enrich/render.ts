/** Renders enriched accounts and look-up calls for the terminal. */

import type { CallStep } from '../../services/enrichment/types.ts';
import type { EnrichedAccount, Extracted, ProviderAnswer } from '../../enrichment/types.ts';
import type { Colors } from '../kit/io.ts';
import { duration, plain, plural } from '../kit/text.ts';
import { grid } from '../kit/grid.ts';

const HEAD = [
  'account',
  'is',
  'status',
  'MFA',
  'factors',
  'administrator',
  'groups',
  'recent',
  'verdict',
  'answer',
];

/**
 * The accounts, one line each. A question mark means that a value could not be read; the reason
 * follows below the table.
 */
export function accountTable(accounts: readonly EnrichedAccount[], colors: Colors): string {
  const rows = accounts.map(({ indicator, okta }) => [
    indicator,
    ...(okta.extracted === null ? unknown(okta) : accountCells(okta.extracted)),
    okta.verdict ?? '–',
    okta.cached ? `${duration(okta.age_seconds)} old` : 'new',
  ]);
  return [grid(HEAD, rows, colors), ...accounts.flatMap((account) => notes(account, colors))].join(
    '\n',
  );
}

function unknown({ found, ambiguous }: ProviderAnswer): string[] {
  const is = found === null ? 'could not be looked up' : ambiguous ? 'ambiguous' : 'not found';
  return [is, '', '', '', '', '', ''];
}

function accountCells(extracted: Extracted): string[] {
  const {
    login,
    status,
    mfa_state: mfa,
    mfa_factors: factors,
    is_admin: admin,
    roles,
    groups,
  } = extracted;
  const { recent_activity: recent } = extracted;
  return [
    login,
    status,
    mfa ?? '?',
    factors?.join(', ') ?? '?',
    admin === null ? '?' : admin ? (roles ?? []).join(', ') : 'no',
    groups === null ? '?' : String(groups.length),
    recent === null
      ? '?'
      : `${plural(recent.failed_sign_ins, 'failed sign-in')} in ${recent.hours} h`,
  ];
}

function notes({ indicator, okta }: EnrichedAccount, colors: Colors): string[] {
  const calls = new Map(okta.errors.map(({ call, code }) => [call, code]));
  const candidates = okta.candidates.map(({ id, login }) => `${login} (${id})`);
  return [
    ...[...calls].map(([call, code]) =>
      colors.yellow(`! ${plain(indicator)}: okta ${call} failed: ${code}`),
    ),
    ...(candidates.length > 0
      ? [`${plain(indicator)} could be ${plain(candidates.join(', '))}`]
      : []),
  ];
}

/**
 * One call of a look-up: the request, its outcome and duration, and what was taken from the
 * response.
 */
export function stepLines(
  { call, asked, ok, status, code, ms, extracted }: CallStep,
  colors: Colors,
): string[] {
  const end = ok ? colors.green(`${status}`) : colors.red(`${status ?? 'no response'} ${code}`);
  const lines = [
    `${colors.bold(`okta ${call}`)} ${plain(JSON.stringify(asked))}: ${end}, ${ms} ms`,
  ];
  return ok ? [...lines, `  ${plain(JSON.stringify(extracted))}`] : lines;
}
