/**
 * An exemption as configured: for a user (login or id) or for the members of a group, until the end
 * of a day in UTC.
 */
export interface Exemption {
  user?: string | undefined;
  group?: string | undefined;
  reason: string;
  owner: string;
  /** YYYY-MM-DD, the last day on which it holds. */
  until: string;
}

/** Whether the exemption still holds at this time. */
export function isLive(exemption: Exemption, now: Date): boolean {
  return now.getTime() < Date.parse(`${exemption.until}T00:00:00Z`) + 86_400_000;
}

/** What the exemptions of a run come to: by user, by group member, and those that have run out. */
export interface ExemptionBook {
  /** Lower-cased login or id → why. */
  users: Record<string, string>;
  /** Member id → why. */
  members: Record<string, string>;
}

/** Why a user is exempt, or null. */
export function exemptionOf(
  book: ExemptionBook,
  user: { userId: string; login: string },
): string | null {
  const keys = [user.userId, user.login.toLowerCase()];
  for (const key of keys) if (Object.hasOwn(book.users, key)) return book.users[key] ?? null;
  return Object.hasOwn(book.members, user.userId) ? (book.members[user.userId] ?? null) : null;
}

/** The sentence that stands in the report for a live exemption. */
export function exemptionReason(exemption: Exemption): string {
  return `exempt until ${exemption.until}: ${exemption.reason} (owner ${exemption.owner})`;
}

/** Whether a user created at this time (ISO 8601 or null) is younger than the grace period. */
export function isInGrace(created: string | null, now: Date, graceMs: number): boolean {
  if (created === null || graceMs <= 0) return false;
  const born = Date.parse(created);
  return Number.isFinite(born) && now.getTime() - born < graceMs;
}
