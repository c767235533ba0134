import type { Priority, Quota } from './types.ts';

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
