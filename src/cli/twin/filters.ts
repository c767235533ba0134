import type { USER_STATUSES } from '../../connectors/okta/statuses.ts';
import { nearest, nearestFirst } from '../../config/yaml/nearest.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { eventRulesOf } from '../kit/inspect.ts';
import type { ListOptions } from './options.ts';
import type { Reading } from './reading.ts';

const A_PAGE = 1_000;

/** The type holds this list equal to the connector's, which this room may not import. */
const STATUSES_OF_USERS = [
  ...(['ACTIVE', 'DEPROVISIONED', 'LOCKED_OUT', 'PASSWORD_EXPIRED'] as const),
  ...(['PROVISIONED', 'RECOVERY', 'STAGED', 'SUSPENDED'] as const),
] as const satisfies typeof USER_STATUSES;
/**
 * Statuses and sign-on modes of apps. (Okta Management API 2026.06.3, ApplicationLifecycleStatus,
 * ApplicationSignOnMode)
 */
const STATUSES_OF_APPS = ['ACTIVE', 'DELETED', 'INACTIVE'];
const SIGN_ON_MODES = [
  ...['AUTO_LOGIN', 'BASIC_AUTH', 'BOOKMARK', 'BROWSER_PLUGIN', 'OPENID_CONNECT'],
  ...['SAML_1_1', 'SAML_2_0', 'SECURE_PASSWORD_STORE', 'WS_FEDERATION'],
];

/** What is asked for, what there is by name, and where else it may come from. */
interface Filter {
  option: string;
  given: readonly string[] | undefined;
  /** What one of them is called, such as `status of a user`. */
  what: string;
  known: readonly string[];
  /**
   * Further words: those of the twin, and of the configuration; asked for only where a word is not
   * known.
   */
  others: () => Promise<readonly string[]>;
}

/**
 * A filter that names what there is not would read as good news. Words that Okta knows are right,
 * and so is whatever the twin holds: Okta may have added it since. Throws CliError: `usage`, or
 * `no_such_fact`.
 */
export async function checkFilters(
  reading: Reading,
  view: string,
  options: ListOptions,
): Promise<void> {
  if (options.history !== undefined) await checkFact(reading, options.history);
  for (const filter of filtersOf(reading, view, options)) await checkWords(filter);
}

function filtersOf(
  reading: Reading,
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
    throw usageError(`${option}: '${wrong}' is no ${what}.`, namesText(wrong, all));
}

async function checkFact({ store, org }: Reading, key: string): Promise<void> {
  const keys = (await store.twin.facts.current(org)).map((fact) => fact.key);
  // Without any fact the list itself says why.
  if (keys.length === 0 || keys.includes(key)) return;
  throw new CliError({
    code: 'no_such_fact',
    message: `No fact has the key ${key}.`,
    remedy: namesText(key, keys),
  });
}

function namesText(given: string, names: readonly string[]): string {
  const near = nearest(given, names);
  const all =
    names.length === 0 ? 'There are none.' : `There are ${nearestFirst(given, names).join(', ')}.`;
  return near === null ? all : `Did you mean ${near}? ${all}`;
}
