import type { ScanSummary } from './document.ts';

/** One sentence on what a scan read for which `mode: delta` was asked. */
export function scanSentence({ mode, base, reread, takenOver, reason }: ScanSummary): string {
  if (mode === 'full')
    return `Full scan instead of a delta scan: ${reason ?? 'it ended before the log was read'}.`;
  return `Delta scan: ${reread} read, ${takenOver} taken over from run ${base?.run ?? 'unknown'} of ${base?.startedAt ?? 'unknown'}.`;
}
