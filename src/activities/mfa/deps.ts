import type { Connectors } from '../../connectors/types.ts';
import type { CheckSettings } from '../../config/schema/check-settings.ts';
import type { Store } from '../../store/types.ts';

/** What of the environment a run depends on besides arx.yaml. */
export interface Surroundings {
  /** Host of the Okta org. */
  org: string;
  jiraProject: string | null;
  slackChannel: string | null;
}

/** Everything the activities use; the worker provides it. */
export interface Deps {
  store: Store;
  connectors: Connectors;
  /** Settings of the worker's own configuration, or of a stored snapshot; throws ConfigError. */
  settings: (snapshot: unknown | null) => CheckSettings;
  surroundings: Surroundings;
  /** Writes the calls counted so far to the store, so that a report has all of them. */
  flushCalls: () => Promise<void>;
  /**
   * Signs the trail as it stands; null where that is not possible (reported already) or it is
   * empty.
   */
  checkpoint: () => Promise<{ note: string; size: number; root: string } | null>;
  now: () => Date;
  /** A number in [0, 1), for jitter on waits. */
  random: () => number;
}
