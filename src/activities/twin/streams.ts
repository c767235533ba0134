import type { ReadOutcome, SyncWork, SyncStream } from '../../store/twin-sync-types.ts';
import type { StreamName } from '../../twin/types.ts';

/** What became of everything that a sync read. */
export interface SyncAccount {
  /** Items by listing (`users`, `groups`, `apps`, `assignees`, `logs`). */
  listed: Readonly<Record<string, number>>;
  /** Why listings broke off, by coded word. */
  lost: Readonly<Record<string, string | null>>;
  outcomes: Readonly<Record<SyncWork, Readonly<Record<ReadOutcome, number>>>>;
  /** Why the sync as a whole broke off; null where it did not. */
  failure: string | null;
  maxUnknown: number;
  /** How many rules for security events the log was judged by. */
  rules: number;
}

interface StreamRow {
  /** The listing that its count is of, and without which there is nothing. */
  list: string;
  /** Others that must have been listed too. */
  needs: readonly string[];
  /** What is read of the items; `every`: one reading missing already makes the stream partial. */
  works: readonly { work: SyncWork; what: string; every: boolean }[];
  /** An empty listing proves nothing: a credential without rights gets one too. */
  mayBeEmpty: boolean;
}

const MEMBERS = { work: 'members', what: 'members of groups', every: true } as const;

/** What each stream rests on. */
// prettier-ignore
const STREAM_ROWS: Record<StreamName, StreamRow> = {
  users: { list: 'users', needs: ['groups'], works: [{ work: 'factors', what: 'factors of users', every: false }, MEMBERS], mayBeEmpty: false },
  apps: { list: 'apps', needs: [], works: [{ work: 'app_users', what: 'users of apps', every: false }, { work: 'app_groups', what: 'groups of apps', every: false }], mayBeEmpty: true },
  logs: { list: 'logs', needs: [], works: [], mayBeEmpty: true },
  roles: { list: 'assignees', needs: ['groups'], works: [
    { work: 'user_roles', what: 'roles of users', every: true }, { work: 'group_roles', what: 'roles of groups', every: true }, MEMBERS,
  ], mayBeEmpty: true },
};

const NOUNS: Readonly<Record<string, string>> = {
  users: 'users',
  groups: 'groups',
  apps: 'apps',
  assignees: 'administrators',
  logs: 'the System Log',
};

/** Said of a log that was read whole, too: without rules it raises nothing. */
const NO_RULES = 'no rules for security events are in force, so none was raised (twin.event_rules)';

/** Codes by which Okta, or our own policies, refuse a listing. */
const DENIALS: readonly string[] = ['forbidden', 'unauthenticated', 'policy_denied'];

/** How a stream ended. `at` is when it was begun, ISO 8601. */
export function streamOf(name: StreamName, at: string, account: SyncAccount): SyncStream {
  const row = STREAM_ROWS[name];
  const count = account.listed[row.list] ?? 0;
  const code = account.lost[row.list] ?? null;
  const problems = problemsOf(row, account, count);
  const denied = count === 0 && code !== null && DENIALS.includes(code);
  const state = denied ? 'denied' : problems.length > 0 ? 'partial' : 'complete';
  const told = [...problems, ...(name === 'logs' && account.rules === 0 ? [NO_RULES] : [])];
  return { name, state, count, at, reason: told.length > 0 ? told.join('; ') : null };
}

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
    ...(account.failure === null ? [] : [`the sync ended before it was done: ${account.failure}`]),
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
  const tooMany = every || failed > maxUnknown * total || read === 0;
  return tooMany ? [`${missing} of ${total} readings of ${what} failed`] : [];
}
