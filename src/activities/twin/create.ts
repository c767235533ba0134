import { asActivities } from '../support/running.ts';
import { beginSync } from './begin.ts';
import type { SyncDeps } from './deps.ts';
import { finishSync } from './finish.ts';
import { listSyncPage } from './listing.ts';
import { readLogPage } from './logs.ts';
import { readSyncItems } from './reading.ts';
import type { SyncActivities } from './types.ts';

/** The activities of `oktaSync`. */
export function createSyncActivities(deps: SyncDeps): SyncActivities {
  const activities: SyncActivities = {
    beginSync: beginSync(deps),
    listSyncPage: listSyncPage(deps),
    readSyncItems: readSyncItems(deps),
    readLogPage: readLogPage(deps),
    finishSync: finishSync(deps),
  };
  return asActivities(activities, deps);
}
