import type { BucketStatistics } from '../../emulators/rate-limit.ts';

const PAGE = 200;

/** Calls that listing `users` and reading each one's factors takes at least. */
export const callsFor = (users: number): number => users + Math.ceil(users / PAGE);

/** The smallest organisation whose scan takes at least so many calls. */
export function usersFor(calls: number): number {
  let users = Math.max(0, calls - Math.ceil(calls / PAGE));
  while (callsFor(users) < calls) users += 1;
  return users;
}

/** Whole windows that must go by before the last of `calls` can be made, from a fresh window. */
export const floorWindows = (calls: number, limit: number): number => Math.ceil(calls / limit) - 1;

/** What one scan did, from the statistics of the bucket that its calls count in. */
export interface QuotaUse {
  /** Whole windows that the quota makes the scan wait for. */
  floor: number;
  /** All calls, the refused ones too. */
  calls: number;
  /** Calls ÷ (N + ⌈N/200⌉). */
  callsRatio: number;
  throttled: number;
  wallSeconds: number;
  /** Floor ÷ wall, 0 to 1; null where the scan fits into one window. */
  used: number | null;
}

/**
 * Wall time is counted from the start of the first window, which is up to a second before the first
 * call.
 */
export function quotaUse(
  bucket: Pick<BucketStatistics, 'served' | 'throttled' | 'openedAt' | 'lastServedAt'>,
  { users, limit, windowMs }: { users: number; limit: number; windowMs: number },
): QuotaUse {
  const needed = callsFor(users);
  const floor = floorWindows(needed, limit);
  const wallMs = (bucket.lastServedAt ?? bucket.openedAt) - bucket.openedAt;
  const calls = bucket.served + bucket.throttled;
  return {
    floor,
    calls,
    callsRatio: calls / needed,
    throttled: bucket.throttled,
    wallSeconds: wallMs / 1_000,
    used: floor > 0 && wallMs > 0 ? (floor * windowMs) / wallMs : null,
  };
}
