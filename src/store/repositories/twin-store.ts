import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import type { TwinStore } from '../twin-types.ts';
import { createTwinAppRepository } from './twin-apps.ts';
import { createTwinEventRepository } from './twin-events.ts';
import { createTwinFactRepository } from './twin-facts.ts';
import { createTwinGapRepository } from './twin-gaps.ts';
import { createTwinGroupRepository } from './twin-groups.ts';
import { createTwinHistoryRepository } from './twin-history.ts';
import { createTwinJudgedRepository } from './twin-judged.ts';
import { createTwinSearchRepository } from './twin-search.ts';
import { createSyncRepository } from './twin-syncs.ts';
import { createTwinUserRepository } from './twin-users.ts';
import { createSyncWorkRepository } from './twin-work.ts';

/** The identity twins: one per organisation, identified by its host. */
export function createTwinStore(db: Kysely<Database>): TwinStore {
  return {
    syncs: createSyncRepository(db),
    work: createSyncWorkRepository(db),
    users: createTwinUserRepository(db),
    groups: createTwinGroupRepository(db),
    apps: createTwinAppRepository(db),
    facts: createTwinFactRepository(db),
    gaps: createTwinGapRepository(db),
    history: createTwinHistoryRepository(db),
    events: createTwinEventRepository(db),
    search: createTwinSearchRepository(db),
    judged: createTwinJudgedRepository(db),
  };
}
