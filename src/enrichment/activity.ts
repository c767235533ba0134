import type { RecentActivity } from './types.ts';

/** The fields of a System Log entry that are used here. */
export interface LogEntry {
  eventType: string;
  outcome: string | null;
  country: string | null;
  isProxy: boolean | null;
  ipAddress: string | null;
}

/**
 * Event types that end a sign-in: with the password, and with a second factor. (Okta event types)
 */
const SIGN_INS: ReadonlySet<string> = new Set([
  'user.session.start',
  'user.authentication.auth_via_mfa',
]);

/** The log of an account, and the number of its entries that could not be read. */
export interface AccountLog {
  entries: readonly LogEntry[];
  unreadable: number;
}

/** Summarises what an account did in the last `hours` hours. */
export function activityOf({ entries, unreadable }: AccountLog, hours: number): RecentActivity {
  const failed = entries.filter(
    ({ eventType, outcome }) => SIGN_INS.has(eventType) && outcome === 'FAILURE',
  );
  const viaProxy = entries.filter(({ isProxy }) => isProxy === true);
  return {
    hours,
    failed_sign_ins: failed.length,
    countries: distinct(entries.map(({ country }) => country)),
    proxies: distinct(viaProxy.map(({ ipAddress }) => ipAddress)),
    unreadable_entries: unreadable,
  };
}

const distinct = (texts: readonly (string | null)[]): string[] =>
  [...new Set(texts.filter((text) => text !== null))].toSorted();
