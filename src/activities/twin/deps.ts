import type { SyncSettings } from '../../config/schema/twin-settings.ts';
import type { EventRule } from '../../twin/events/types.ts';
import type { Deps } from '../mfa/deps.ts';

/** What a sync works with; the worker provides it. */
export interface SyncDeps extends Pick<
  Deps,
  'store' | 'connectors' | 'flushCalls' | 'now' | 'random'
> {
  /** Host of the Okta org. */
  org: string;
  /** Settings of the worker's own configuration, or of a stored snapshot; throws ConfigError. */
  settings: (snapshot: unknown | null) => SyncSettings;
  /** Rules for security events. */
  rules: readonly EventRule[];
}
