/** Checks the filter values of the `arx twin` lists. */

import type { USER_STATUSES } from '../../connectors/okta/statuses.ts';
import { nearest, nearestFirst } from '../../config/yaml/nearest.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { eventRulesOf } from '../kit/inspect.ts';
import type { ListOptions } from './options.ts';
import type { OpenTwin } from './reading.ts';

const A_PAGE = 1_000;

/**
 * Duplicates the list of the connector, which this module may not import; the type keeps them
 * equal.
 */
const STATUSES_OF_USERS = [
  'ACTIVE',
  'DEPROVISIONED',
  'LOCKED_OUT',
  'PASSWORD_EXPIRED',
  'PROVISIONED',
  'RECOVERY',
  'STAGED',
  'SUSPENDED',
] as const satisfies typeof USER_STATUSES;
/**
 * Statuses and sign-on modes of apps. (Okta Management API 2026.06.3, ApplicationLifecycleStatus,
 * ApplicationSignOnMode)
 */
const STATUSES_OF_APPS = ['ACTIVE', 'DELETED', 'INACTIVE'];
const SIGN_ON_MODES = [
  'AUTO_LOGIN',
  'BASIC_AUTH',
  'BOOKMARK',
  'BROWSER_PLUGIN',
  'OPENID_CONNECT',
  'SAML_1_1',
  'SAML_2_0',
  'SECURE_PASSWORD_STORE',
  'WS_FEDERATION',
];

/** A filter with its values and the known values. */
interface Filter {
  option: string;
  given: readonly string[] | undefined;
  /** Name of one value, such as `status of a user`. */
  what: string;
  known: readonly string[];
  /** Further values from the twin and the configuration; read only if a value is not known. */
  others: () => Promise<readonly string[]>;
}

/**
 * Refuses unknown filter values, because an empty list for a mistyped value would look like good
 * news. Values that Okta documents are accepted, and values in the twin too, because Okta may have
 * added them since. Throws CliError: `usage`, or `no_such_fact`.
 */
export async function checkFilters(
  reading: OpenTwin,
  view: string,
  options: ListOptions,
): Promise<void> {
  if (options.history !== undefined) await checkFact(reading, options.history);
  for (const filter of filtersOf(reading, view, options)) await checkWords(filter);
}

function filtersOf(
  reading: OpenTwin,
  view: string,
  { status, signOn, rule }: ListOptions,
): Filter[] {
  const { store, org } = reading;
  const { users, apps, events } = store.twin;
  const ofUsers = {
    option: '--status',
    given: status,
    what: 'status of a user',
    known: STATUSES_OF_USERS,
  };
  const ofApps = {
    option: '--status',
    given: status,
    what: 'status of an app',
    known: STATUSES_OF_APPS,
  };
  const modes = { option: '--sign-on', given: signOn, what: 'sign-on mode', known: SIGN_ON_MODES };
  if (view === 'users')
    return [
      { ...ofUsers, others: () => wordsOf(users.pages(org, A_PAGE), (one) => one.user.status) },
    ];
  if (view === 'apps') {
    return [
      { ...ofApps, others: () => wordsOf(apps.pages(org, A_PAGE), ({ app }) => app.status) },
      { ...modes, others: () => wordsOf(apps.pages(org, A_PAGE), ({ app }) => app.signOnMode) },
    ];
  }
  const listRules = async (): Promise<string[]> => {
    const names = await events.rules(org);
    if (rule !== undefined && names.includes(rule)) return names;
    return [
      ...new Set([...names, ...eventRulesOf(reading.settings).map(({ name }) => name)]),
    ].sort();
  };
  const given = rule === undefined ? undefined : [rule];
  return [
    { option: '--rule', given, what: 'rule for security events', known: [], others: listRules },
  ];
}

async function wordsOf<Item>(
  pages: AsyncIterable<readonly Item[]>,
  word: (item: Item) => string,
): Promise<string[]> {
  const words = new Set<string>();
  for await (const page of pages) for (const item of page) words.add(word(item));
  return [...words];
}

async function checkWords({ option, given, what, known, others }: Filter): Promise<void> {
  const within = (words: readonly string[]) => (one: string) =>
    words.some((word) => word.toLowerCase() === one.toLowerCase());
  if (given === undefined || given.every(within(known))) return;
  const all = [...new Set([...known, ...(await others())])];
  const wrong = given.find((one) => !within(all)(one));
  if (wrong !== undefined)
    throw usageError(`${option}: '${wrong}' is not a ${what}.`, namesText(wrong, all));
}

async function checkFact({ store, org }: OpenTwin, key: string): Promise<void> {
  const keys = (await store.twin.facts.current(org)).map((fact) => fact.key);
  // If there are no facts, the list itself explains why.
  if (keys.length === 0 || keys.includes(key)) return;
  throw new CliError({
    code: 'no_such_fact',
    message: `There is no fact with the key ${key}.`,
    remedy: namesText(key, keys),
  });
}

function namesText(given: string, names: readonly string[]): string {
  const near = nearest(given, names);
  const all =
    names.length === 0 ? 'There are none.' : `Known: ${nearestFirst(given, names).join(', ')}.`;
  return near === null ? all : `Did you mean ${near}? ${all}`;
}
