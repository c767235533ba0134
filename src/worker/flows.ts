import type { Logger } from 'pino';
import { createFlowActivities } from '../activities/flows/create.ts';
import type { FlowDeps } from '../activities/flows/deps.ts';
import type { FlowActivities } from '../activities/flows/types.ts';
import { createFlowDesk } from '../services/flows/desk.ts';
import { runDraft } from '../services/flows/trail.ts';
import type { FlowDeskParts } from '../services/flows/types.ts';
import { watchFlows } from '../services/flows/source.ts';

/** What delegated flows are put together from. */
export interface FlowParts extends Omit<FlowDeps, 'desk' | 'draft' | 'book' | 'settings'> {
  /** Of approvals, for the protected list. */
  settings: FlowDeps['settings'];
  deskSettings: FlowDeskParts['settings'];
  baseDir: string;
  log: Logger;
}

/** The activities of delegated flows, over flows that follow their files. */
export function composeFlows({ deskSettings, baseDir, log, ...parts }: FlowParts): {
  activities: FlowActivities;
  close: () => void;
} {
  const source = watchFlows(baseDir, log);
  const { store, connectors, now } = parts;
  const { book } = source;
  const desk = createFlowDesk({ store, connectors, book, settings: deskSettings, now });
  return {
    activities: createFlowActivities({ ...parts, desk, draft: runDraft, book }),
    close: source.close,
  };
}
