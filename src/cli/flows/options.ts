/** The options of the verbs of `arx flows`. */

import type { FlowOutcome } from '../../flows/types.ts';

/** Options of every verb of `arx flows`. */
export interface FlowsOptions {
  config?: string;
  local?: boolean;
  as?: string;
  json?: boolean;
}

/** Options of the verbs that start a run. */
export interface StartOptions extends FlowsOptions {
  detach?: boolean;
}

/** Options of `arx flows run`. */
export interface RunOptions extends StartOptions {
  event: string;
  input?: string[];
  dryRun?: boolean;
}

/** Options of `arx flows undo`. */
export interface UndoOptions extends StartOptions {
  reason?: string;
}

/** Maximum number of runs that `arx flows history` lists. */
export const MAX_LISTED = 1_000;

/** Options of `arx flows history`; times are ISO 8601 UTC. */
export interface HistoryOptions extends FlowsOptions {
  user?: string;
  flow?: string;
  outcome?: FlowOutcome;
  since?: string;
  until?: string;
  limit: number;
}

/** Options of `arx flows sets put`. */
export interface PutSetOptions extends FlowsOptions {
  flow: string[];
  member: string[];
  permission: string[];
}

/** Options of `arx flows suggest`. */
export interface SuggestOptions extends FlowsOptions {
  save?: string;
}
