import type { CallCounts } from '../../store/types.ts';
import type { SyncProgress } from '../../workflows/messages.ts';
import { callsText } from '../kit/progress.ts';
import type { ProgressSnapshot } from '../kit/progress.ts';
import { count } from '../kit/text.ts';

const PHASES: Record<SyncProgress['phase'], string> = {
  starting: 'starting',
  reading: 'reading',
  judging: 'judging',
  done: 'done',
};
const NOUNS: Readonly<Record<string, string>> = { assignees: 'administrators' };

/** The progress of a sync: items whose details were read, of those listed so far. */
export function syncSnapshot(progress: SyncProgress, calls: CallCounts): ProgressSnapshot {
  const lists = Object.values(progress.lists);
  const sum = (pick: (list: (typeof lists)[number]) => number): number =>
    lists.reduce((total, list) => total + pick(list), 0);
  return {
    phase: progress.phase,
    done: sum(({ read }) => read),
    of: sum(({ listed }) => listed),
    text: ({ perSecond }) => syncProgressText(progress, calls, perSecond),
  };
}

/**
 * `reading: 20 of 40 users, 3 of 9 apps, 1,200 log entries, 12.0/s, 61 Okta calls, 0 throttled`.
 */
function syncProgressText(
  { phase, lists, logEntries }: SyncProgress,
  calls: CallCounts,
  rate: number,
): string {
  const parts = Object.entries(lists).map(
    ([name, { listed, read, lost }]) =>
      `${count(read)} of ${count(listed)} ${NOUNS[name] ?? name}${lost === null ? '' : ` (incomplete: ${lost})`}`,
  );
  const log = `${count(logEntries)} log entries`;
  return `${PHASES[phase]}: ${[...parts, log, `${rate.toFixed(1)}/s`, callsText(calls)].join(', ')}`;
}
