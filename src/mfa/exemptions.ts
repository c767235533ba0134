/**
 * An exemption as configured: for a user (login or id) or for the members of a group. It ends at
 * the end of a day in UTC.
 */
interface Exemption {
  user?: string | undefined;
  group?: string | undefined;
  reason: string;
  owner: string;
  /** The last day on which it is valid, as YYYY-MM-DD. */
  until: string;
}

/** Whether the exemption is valid at this time. */
export function isLive(exemption: Exemption, now: Date): boolean {
  return now.getTime() < Date.parse(`${exemption.until}T00:00:00Z`) + 86_400_000;
}

/** The valid exemptions of a run, by user and by group member. */
export interface ExemptionIndex {
  /** Lower-case login, or id → reason. */
  users: Record<string, string>;
  /** Member id → reason. */
  members: Record<string, string>;
  /** Ids of groups whose members could not be read, so that anyone may be exempt. */
  unread?: string[];
}

/** Why it is not known whether a user without a known exemption is exempt; null if it is known. */
export function exemptionDoubt({ unread = [] }: ExemptionIndex): string | null {
  return unread.length === 0
    ? null
    : `may be exempt: the members of group ${unread.join(', ')} could not be read`;
}

/** The reason why a user is exempt, or null. */
export function exemptionOf(
  index: ExemptionIndex,
  user: { userId: string; login: string },
): string | null {
  const keys = [user.userId, user.login.toLowerCase()];
  for (const key of keys) if (Object.hasOwn(index.users, key)) return index.users[key] ?? null;
  return Object.hasOwn(index.members, user.userId) ? (index.members[user.userId] ?? null) : null;
}

/** The reason shown in reports for a valid exemption. */
export function exemptionReason(exemption: Exemption): string {
  return `exempt until ${exemption.until}: ${exemption.reason} (owner ${exemption.owner})`;
}

/** When a user's access began, in the forms that Okta gives: ISO 8601 or null. */
interface AccessDates {
  created: string | null;
  activated: string | null;
}

/**
 * Why a user is within the grace period: it counts from the later of creation and activation, so that
 * a user who is activated again gets it again. Null if the user is not, or no date can be read.
 */
export function graceReason(
  { created, activated }: AccessDates,
  now: Date,
  graceMs: number,
): string | null {
  const dates = [
    { what: 'created', at: created },
    { what: 'activated', at: activated },
  ].flatMap(({ what, at }) => {
    const ms = at === null ? Number.NaN : Date.parse(at);
    return Number.isFinite(ms) ? [{ what, ms }] : [];
  });
  const start = dates.toSorted((a, b) => a.ms - b.ms).at(-1);
  if (start === undefined || now.getTime() - start.ms >= graceMs || graceMs <= 0) return null;
  return `within the grace period: ${start.what} ${new Date(start.ms).toISOString().slice(0, 10)}`;
}
