import type { Priority, Quota } from './types.ts';

/**
 * Calls of one window that may be used up, out of `limit`: the share, under the threshold at which
 * Okta begins to warn, less what scans leave to people who wait. At least one, or nobody would ever
 * go.
 */
export function usableCalls(limit: number, quota: Quota, priority: Priority = 'scan'): number {
  const share = Math.floor(limit * quota.share);
  const quiet = quota.warningThreshold ? Math.ceil(limit * 0.9) - 1 : limit;
  const reserved = priority === 'scan' ? quota.reserve : 0;
  return Math.max(1, Math.min(share, quiet) - reserved);
}
