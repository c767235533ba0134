import type { CheckSettings } from '../../config/schema/check-settings.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';

/** What a run depends on in its environment, apart from arx.yaml. */
export interface Surroundings {
  /** Host of the Okta org. */
  org: string;
  jiraProject: string | null;
  slackChannel: string | null;
}

type Repositories =
  | 'attempts'
  | 'audit'
  | 'calls'
  | 'deltas'
  | 'journal'
  | 'messages'
  | 'runs'
  | 'snapshots'
  | 'tickets'
  | 'users';

/** Everything that the activities of the check use together; the worker provides it. */
export interface MfaDeps
  extends
    UsesStore<Repositories>,
    UsesConnectors<'okta' | 'jira' | 'slack' | 'decide' | 'jiraBaseUrl'>,
    UsesClock {
  /** Settings of the worker's own configuration, or of a stored snapshot; throws ConfigError. */
  settings: (snapshot: unknown | null) => CheckSettings;
  surroundings: Surroundings;
  /** Whether the server has the search attributes of checks. */
  searchable: () => boolean;
  /** Writes the calls counted so far to the store, so that a report includes them. */
  flushCalls: () => Promise<void>;
  /** Signs the audit trail as it is now; null if it is empty or cannot be signed (reported already). */
  checkpoint: () => Promise<{ note: string; size: number; root: string } | null>;
  /** A number in [0, 1), for jitter on waits. */
  random: () => number;
}
