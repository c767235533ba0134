import type { SyncSettings } from '../../config/schema/twin-settings.ts';
import type { EventRule } from '../../twin/events/types.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';

/** Everything that the activities of a sync use together; the worker provides it. */
export interface SyncDeps
  extends
    UsesStore<'attempts' | 'calls' | 'journal' | 'snapshots' | 'twin'>,
    UsesConnectors<'okta'>,
    UsesClock {
  /** Host of the Okta org. */
  org: string;
  /** Settings of the worker's own configuration, or of a stored snapshot; throws ConfigError. */
  settings: (snapshot: unknown | null) => SyncSettings;
  /** Rules for security events. */
  rules: readonly EventRule[];
  random: () => number;
  /** Writes the calls counted so far to the store, so that the result includes them. */
  flushCalls: () => Promise<void>;
}
