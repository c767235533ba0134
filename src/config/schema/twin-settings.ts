import type { TwinSettings } from '../../twin/types.ts';
import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from './schema.ts';

/** The settings of a sync in arx.yaml, with durations in milliseconds. */
export interface SyncSettings {
  /** Number of factor-reading activities that run at the same time. */
  window: number;
  batch: 'auto' | number;
  /** Share of reads that may fail before a stream counts as partial. */
  maxUnknown: number;
  twin: TwinSettings;
}

const DAY_MS = 86_400_000;

/** The settings of a sync from a configuration with its defaults filled in. */
export function syncSettings({ scan, twin }: ArxConfig): SyncSettings {
  return {
    window: scan.window,
    batch: scan.batch,
    maxUnknown: scan.max_unknown,
    twin: {
      privilegedGroups: twin.privileged_groups,
      expectedIdps: twin.expected_idps,
      staleAfterMs: durationMs(twin.stale_after),
      passwordAgeMs: 180 * DAY_MS,
      factTtlMs: 7 * DAY_MS,
      skipGroups: twin.skip_groups,
      logLatenessMs: durationMs(twin.log_lateness),
    },
  };
}
