import type { ScanSummary } from './document.ts';

/** One sentence about what a scan read for which `mode: delta` was requested. */
export function scanSentence({ mode, base, reread, takenOver, reason }: ScanSummary): string {
  if (mode === 'full')
    return `Full scan instead of a delta scan: ${reason ?? 'the run ended before the log was read'}.`;
  return `Delta scan: ${reread} read, ${takenOver} reused from run ${base?.run ?? 'unknown'} of ${base?.startedAt ?? 'unknown'}.`;
}
