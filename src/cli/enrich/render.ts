/** Renders enriched accounts and look-up calls for the terminal. */

import type { CallStep } from '../../services/enrichment/types.ts';
import type { EnrichedAccount, Extracted, ProviderAnswer } from '../../enrichment/types.ts';
import { messageOf } from '../../governance/words.ts';
import { grid } from '../kit/grid.ts';
import type { Column } from '../kit/grid.ts';
import type { Colors } from '../kit/io.ts';
import { recordText } from '../kit/record.ts';
import type { Fact } from '../kit/record.ts';
import { duration, plain, plural, timeText } from '../kit/text.ts';
import { whenText } from '../kit/when.ts';
import { paragraph } from '../kit/width.ts';
import { wordsOf } from '../kit/words.ts';

/** One account as a card, several as a table. `now` is the time that dates are relative to. */
export function accountsText(
  accounts: readonly EnrichedAccount[],
  colors: Colors,
  now = Date.now(),
): string {
  const [only, ...others] = accounts;
  const body =
    only !== undefined && others.length === 0 ? card(only, colors, now) : table(accounts, colors);
  return [body, ...accounts.flatMap((account) => notes(account, colors))].join('\n');
}

const NOT_READ = 'could not be read';
const listOf = (values: readonly string[] | null, none: string): string | readonly string[] =>
  values === null ? NOT_READ : values.length === 0 ? none : values;

function card({ indicator, okta }: EnrichedAccount, colors: Colors, now: number): string {
  if (okta.extracted === null)
    return `${colors.bold(plain(shorten(indicator)))}: ${colors.yellow(absenceText(okta))}`;
  const { extracted } = okta;
  const head = `${colors.bold(plain(extracted.login))}: ${statusText(extracted, colors)}`;
  return [head, recordText(factsOf(okta, extracted, { colors, now }), colors, { indent: 2 })].join(
    '\n',
  );
}

function statusText({ status }: Extracted, { green, yellow }: Colors): string {
  return (status === 'ACTIVE' ? green : yellow)(wordsOf(status));
}

function factsOf(
  okta: ProviderAnswer,
  account: Extracted,
  { colors, now }: { colors: Colors; now: number },
): Fact[] {
  const time = (iso: string | null): string =>
    iso === null ? '' : timesText(iso, whenText(iso, colors, now));
  return [
    ['Okta id', account.user_id],
    ['e-mail', account.email ?? ''],
    ['title', account.title ?? ''],
    ['department', account.department ?? ''],
    ['manager', account.manager ?? ''],
    ['MFA', mfaText(account)],
    ['factors', listOf(account.mfa_factors, 'none active')],
    ['administrator', rolesOf(account)],
    ['groups', listOf(account.groups, 'none')],
    ['created', time(account.created)],
    ['last sign-in', account.last_login === null ? 'never' : time(account.last_login)],
    ['recently', activityText(account)],
    ['verdict', okta.verdict ?? 'none: no rule of arx.yaml applies'],
    ['as of', okta.cached ? `${duration(okta.age_seconds)} ago (--refresh reads again)` : 'now'],
  ];
}

/** The exact time, with the distance if that is something else. */
const timesText = (iso: string, relative: string): string => {
  const exact = timeText(iso);
  return relative === exact || exact.startsWith(relative) ? exact : `${relative} (${exact})`;
};

const mfaText = ({ mfa_state: state }: Extracted): string =>
  state === null
    ? NOT_READ
    : { enrolled: 'enrolled', none: 'not enrolled', unknown: 'unknown' }[state];

const rolesOf = ({ is_admin: isAdmin, roles }: Extracted): string | readonly string[] =>
  isAdmin === null ? NOT_READ : isAdmin ? (roles ?? []).map(wordsOf) : 'no';

function activityText({ recent_activity: recent }: Extracted): string {
  if (recent === null) return NOT_READ;
  const from = recent.countries.length === 0 ? '' : `, from ${recent.countries.join(', ')}`;
  const proxies = recent.proxies.length === 0 ? '' : `, through ${recent.proxies.join(', ')}`;
  return `${plural(recent.failed_sign_ins, 'failed sign-in')} in ${recent.hours} h${from}${proxies}`;
}

const COLUMNS: readonly Column[] = [
  { name: 'account', least: 24 },
  { name: 'is', least: 20 },
  { name: 'status' },
  { name: 'MFA' },
  { name: 'administrator', drop: 1 },
  { name: 'verdict', drop: 2 },
  { name: 'factors', drop: 3 },
  { name: 'recently', drop: 4 },
  { name: 'groups', drop: 5 },
  { name: 'as of', drop: 6 },
];

const table = (accounts: readonly EnrichedAccount[], colors: Colors): string =>
  grid(COLUMNS, accounts.map(rowOf), colors);

function rowOf({ indicator, okta }: EnrichedAccount): string[] {
  const account = okta.extracted;
  if (account === null)
    return [shorten(indicator), absenceText(okta), ...Array<string>(8).fill('')];
  const { mfa_factors: factors, groups } = account;
  const roles = rolesOf(account);
  return [
    indicator,
    account.login,
    wordsOf(account.status),
    mfaText(account),
    typeof roles === 'string' ? roles : roles.join(', '),
    okta.verdict ?? '–',
    factors?.join(', ') ?? '?',
    activityText(account),
    groups === null ? '?' : groups.join(', '),
    okta.cached ? `${duration(okta.age_seconds)} ago` : 'now',
  ];
}

function absenceText({ found, ambiguous, error }: ProviderAnswer): string {
  const refused = REFUSED[error?.code ?? ''];
  if (refused !== undefined) return refused;
  return found === null ? 'could not be looked up' : ambiguous ? 'ambiguous' : 'not found';
}

const REFUSED: Readonly<Record<string, string>> = {
  not_an_okta_account: 'not an Okta account',
  invalid_argument: 'not a name',
};

const LONGEST_NAME = 80;

/** A name as it is shown: alerts have names of any length. */
function shorten(name: string): string {
  const characters = [...name];
  if (characters.length <= LONGEST_NAME) return name === '' ? '(empty)' : name;
  return `${characters.slice(0, LONGEST_NAME - 1).join('')}…`;
}

function notes({ indicator, okta }: EnrichedAccount, colors: Colors): string[] {
  const calls = new Map(okta.errors.map(({ call, code }) => [call, code]));
  const candidates = okta.candidates.map(({ id, login }) => `${login} (${id})`);
  const failed = [...calls].map(([call, code]) =>
    paragraph(`! ${plain(indicator)}: okta ${call} failed: ${messageOf(code)} (${code})`, colors),
  );
  // A name that was not looked up has an error, but no failed call.
  const refused = okta.error !== null && failed.length === 0 ? [okta.error.message] : [];
  return [
    ...refused.map((message) =>
      colors.yellow(paragraph(`! ${plain(shorten(indicator))}: ${message}`, colors)),
    ),
    ...failed.map((note) => colors.yellow(note)),
    ...(candidates.length > 0
      ? [paragraph(`${plain(indicator)} could be ${plain(candidates.join(', '))}`, colors)]
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
