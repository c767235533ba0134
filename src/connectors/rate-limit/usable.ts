import { latestEnd } from './window-end.ts';
import type { BucketState, Priority, Quota } from './types.ts';

/**
 * The number of calls of one window that arx may use, out of `limit`: the share, below the
 * threshold at which Okta warns, minus the calls that scans leave for interactive use. At least
 * one, because otherwise no request could ever be sent.
 */
export function usableCalls(limit: number, quota: Quota, priority: Priority = 'scan'): number {
  const share = Math.floor(limit * quota.share);
  const quiet = quota.warningThreshold ? Math.ceil(limit * 0.9) - 1 : limit;
  const reserved = priority === 'scan' ? quota.reserve : 0;
  return Math.max(1, Math.min(share, quiet) - reserved);
}

/**
 * Milliseconds until a scan may send its next call, if the calls of the current window are used up or
 * the vendor asked for a pause; null if it may send one now. For displays; the governor decides.
 */
export function pauseOf(state: BucketState | null, quota: Quota, now: number): number | null {
  if (state === null || state.unlimited) return null;
  if (state.blockedUntil > now) return state.blockedUntil - now;
  const { window } = state;
  if (window === null) return null;
  const isUsedUp = window.limit - window.remaining >= usableCalls(window.limit, quota);
  const left = latestEnd(state, window) - now;
  return isUsedUp && left > 0 ? left : null;
}
