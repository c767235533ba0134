import type { TwinSettings } from '../../twin/types.ts';
import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from './schema.ts';

/** What arx.yaml says of a sync. */
export interface SyncSettings {
  /** Activities in flight that read factors. */
  window: number;
  batch: 'auto' | number;
  /** Share of readings that may fail before a stream is partial. */
  maxUnknown: number;
  twin: TwinSettings;
}

const DAY_MS = 86_400_000;

/** Settings of a sync from a configuration with its defaults filled in. */
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
    },
  };
}
