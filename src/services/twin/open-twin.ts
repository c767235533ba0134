import type { ArxConfig } from '../../config/schema/schema.ts';
import { syncSettings } from '../../config/schema/twin-settings.ts';
import type { SyncRecord } from '../../store/twin-sync-types.ts';
import type { Store } from '../../store/types.ts';
import { prepareContext } from '../../twin/context.ts';
import type { AssessmentContext } from '../../twin/context.ts';

/** A stored twin, assessed as of now. */
export interface StoredTwin {
  store: Store;
  org: string;
  /** The sync that was started last. */
  sync: SyncRecord;
  assessment: AssessmentContext;
}

/** Opens the twin of an organisation; null if no sync of it has started. */
export async function openTwin(
  store: Store,
  { org, config, at }: { org: string; config: ArxConfig; at: Date },
): Promise<StoredTwin | null> {
  const sync = await store.twin.syncs.newest(org);
  if (sync === null) return null;
  const [streams, groups] = await Promise.all([
    store.twin.syncs.streams(org),
    store.twin.groups.list(org),
  ]);
  const assessment = prepareContext({
    org,
    run: sync.run,
    at: at.toISOString(),
    streams,
    groups,
    settings: syncSettings(config).twin,
  });
  return { store, org, sync, assessment };
}
