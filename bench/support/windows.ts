import type { WindowStatistics } from '../../emulators/rate-limit.ts';
import type { LogEntry } from '../../emulators/types.ts';

/**
 * Calls of some operations, the share of the limit they used up over all windows but the last; null
 * of one window.
 */
export function shareOfFullWindows(
  entries: readonly Pick<LogEntry, 'at' | 'operation'>[],
  operations: readonly string[],
  windows: readonly Pick<WindowStatistics, 'startedAt' | 'limit'>[],
): number | null {
  const last = windows.at(-1);
  const full = windows.slice(0, -1);
  if (last === undefined || full.length === 0) return null;
  const counted = entries.filter(
    ({ at, operation }) => operations.includes(operation) && Date.parse(at) < last.startedAt,
  );
  return counted.length / full.reduce((sum, { limit }) => sum + limit, 0);
}
