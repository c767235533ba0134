const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,9})([smhd])$/;
const MAX_MS = 3_650 * UNITS.d;

/**
 * Milliseconds of a duration such as `14d`, `6h`, `30m` or `10s`, of at most ten years. Throws
 * RangeError for any other text.
 */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === null)
    throw new RangeError(
      `${text} is not a duration of at most ten years: a whole number followed by s, m, h or d`,
    );
  return ms;
}

/** Milliseconds of a duration; null if the text is not one. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  const ms = Number(amount) * UNITS[unit as keyof typeof UNITS];
  return ms <= MAX_MS ? ms : null;
}
