import type { ReadOutcome, SyncWork, SyncStream } from '../../store/twin-sync-types.ts';
import { exceptionsText } from '../../twin/exceptions.ts';
import type { ExceptionKind, StreamException, StreamName } from '../../twin/types.ts';

/** The outcomes of everything that a sync read. */
export interface SyncAccount {
  /** Items by listing (`users`, `groups`, `apps`, `assignees`, `logs`). */
  listed: Readonly<Record<string, number>>;
  /** Why lists broke off, as coded words. */
  lost: Readonly<Record<string, string | null>>;
  outcomes: Readonly<Record<SyncWork, Readonly<Record<ReadOutcome, number>>>>;
  /** What was refused or skipped, and the rows and entries that could not be read. */
  exceptions: readonly StreamException[];
  /** Why the sync as a whole failed; null if it did not. */
  failure: string | null;
  maxUnknown: number;
  /** Number of rules for security events that were applied to the log. */
  rules: number;
}

interface StreamRow {
  /** The list that it consists of. */
  list: string;
  /** Other lists that it needs. */
  needs: readonly string[];
  /** The details of its items; `every`: a single one that failed makes the stream partial. */
  works: readonly { work: SyncWork; what: string; every: boolean }[];
  /** If not, an empty list is a problem: a credential without permissions gets one too. */
  mayBeEmpty: boolean;
}

const MEMBERS = { work: 'members', what: 'members of groups', every: true } as const;

/** What each stream needs. */
// prettier-ignore
const STREAM_ROWS: Record<StreamName, StreamRow> = {
  users: { list: 'users', needs: ['groups'], works: [{ work: 'factors', what: 'factors of users', every: false }, MEMBERS], mayBeEmpty: false },
  apps: { list: 'apps', needs: [], works: [{ work: 'app_users', what: 'users of apps', every: false }, { work: 'app_groups', what: 'groups of apps', every: false }], mayBeEmpty: true },
  logs: { list: 'logs', needs: [], works: [], mayBeEmpty: true },
  roles: { list: 'assignees', needs: ['groups'], works: [
    { work: 'user_roles', what: 'roles of users', every: true }, { work: 'group_roles', what: 'roles of groups', every: true }, MEMBERS,
  ], mayBeEmpty: true },
};

/** Most items of a kind that a stream names as exceptions. */
export const MOST_EXCEPTIONS = 1_000;

const NOUNS: Readonly<Record<string, string>> = {
  users: 'users',
  groups: 'groups',
  apps: 'apps',
  assignees: 'administrators',
  logs: 'the System Log',
};

/** Also reported for a log that was read completely, because without rules it raises no events. */
const NO_RULES = 'no rules for security events are in force, so none was raised (twin.event_rules)';

/** Codes with which Okta, or arx's own policies, deny a list. */
const DENIALS: readonly string[] = ['forbidden', 'unauthenticated', 'policy_denied'];

/** The outcome of a stream. `at` is when it began, ISO 8601. */
export function streamOf(name: StreamName, at: string, account: SyncAccount): SyncStream {
  const row = STREAM_ROWS[name];
  const count = account.listed[row.list] ?? 0;
  const code = account.lost[row.list] ?? null;
  const problems = problemsOf(row, account, count);
  const exceptions = account.exceptions.filter(({ what }) => kindsOf(row).includes(what));
  const denied = count === 0 && code !== null && DENIALS.includes(code);
  const state = denied ? 'denied' : problems.length > 0 ? 'partial' : 'complete';
  const reasons = [
    ...problems,
    ...(exceptions.length > 0 ? [exceptionsText(exceptions)] : []),
    ...(name === 'logs' && account.rules === 0 ? [NO_RULES] : []),
  ];
  const reason = reasons.length > 0 ? reasons.join('; ') : null;
  return { name, state, count, at, reason, exceptions };
}

/** The kinds of exceptions that belong to a stream. */
const kindsOf = ({ list, needs, works }: StreamRow): ExceptionKind[] => [
  ...works.map(({ work }) => work),
  ...[list, ...needs].flatMap((name) => ROWS[name] ?? []),
];

/** What a row of a list is called as an exception. */
const ROWS: Readonly<Record<string, ExceptionKind>> = {
  users: 'users_row',
  groups: 'groups_row',
  apps: 'apps_row',
  assignees: 'assignees_row',
  logs: 'entry',
};

function problemsOf(row: StreamRow, account: SyncAccount, count: number): string[] {
  const listings = [row.list, ...row.needs].flatMap((list) => {
    const code = account.lost[list] ?? null;
    if (code === null) return [];
    const noun = NOUNS[list] ?? list;
    return (account.listed[list] ?? 0) === 0
      ? [`${noun} could not be read: ${code}`]
      : [`${noun} broke off: ${code}`];
  });
  const empty = !row.mayBeEmpty && count === 0 && listings.length === 0;
  return [
    ...(account.failure === null ? [] : [`the sync failed: ${account.failure}`]),
    ...listings,
    ...(empty
      ? [`Okta listed no ${NOUNS[row.list]}: the credential may not be allowed to see any`]
      : []),
    ...row.works.flatMap(({ work, what, every }) => unread(account, { work, what, every })),
  ];
}

function unread(
  { outcomes, maxUnknown }: SyncAccount,
  { work, what, every }: { work: SyncWork; what: string; every: boolean },
): string[] {
  const { read, refused, failed } = outcomes[work];
  const missing = refused + failed;
  const total = read + missing;
  if (missing === 0) return [];
  if (read === 0 && failed === 0) return [`${what} could not be read: forbidden`];
  // What is lastingly refused is an exception, as long as most was read.
  const lost = every ? failed > 0 || refused > Math.min(read, MOST_EXCEPTIONS) : read === 0;
  const tooMany = lost || failed > maxUnknown * total;
  return tooMany ? [`${missing} of ${total} readings of ${what} failed`] : [];
}
