/** True, false, or null where it cannot be said. */
export type Certainty = boolean | null;

/** False where one is false, else unknown where one is unknown. */
export function all(...parts: readonly Certainty[]): Certainty {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

/** Milliseconds from an ISO time to another; null where either is missing or no time. */
export function ageMs(since: string | null, at: string): number | null {
  if (since === null) return null;
  const age = Date.parse(at) - Date.parse(since);
  return Number.isNaN(age) ? null : age;
}

/** The later of two ISO times; null where both are missing. */
export function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return Date.parse(other) > Date.parse(one) ? other : one;
}

/** The day of an ISO time. */
export const dayOf = (iso: string | null): string => iso?.slice(0, 10) ?? 'an unknown day';

/** Plain comparison by code units: the same order everywhere, whatever the locale. */
export const byText = (one: string, other: string): number =>
  one < other ? -1 : one > other ? 1 : 0;
