/** Helpers for three-valued logic, times and order. */

/** True, false, or null if unknown. */
export type Certainty = boolean | null;

/** False if any part is false, otherwise unknown if any part is unknown. */
export function all(...parts: readonly Certainty[]): Certainty {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

/** Milliseconds between two ISO times; null if either is missing or invalid. */
export function ageMs(since: string | null, at: string): number | null {
  if (since === null) return null;
  const age = Date.parse(at) - Date.parse(since);
  return Number.isNaN(age) ? null : age;
}

/** The later of two ISO times; null if both are missing. */
export function laterOf(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return Date.parse(other) > Date.parse(one) ? other : one;
}

/** The day of an ISO time. */
export const dayOf = (iso: string | null): string => iso?.slice(0, 10) ?? 'an unknown day';

/** Compares by code units, so the order does not depend on the locale. */
export const byText = (one: string, other: string): number =>
  one < other ? -1 : one > other ? 1 : 0;
