/** Opens a stored twin for reading. */

import { syncSettings } from '../../config/schema/twin-settings.ts';
import type { SyncRecord } from '../../store/twin-sync-types.ts';
import type { Store } from '../../store/types.ts';
import { prepareContext } from '../../twin/context.ts';
import type { AssessmentContext } from '../../twin/context.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { withStoreOr } from '../kit/store.ts';
import type { TwinOptions } from './options.ts';
import { orgOf } from './org.ts';

/** A stored twin, assessed as of now. */
export interface OpenTwin {
  store: Store;
  org: string;
  /** The sync that was started last. */
  sync: SyncRecord;
  assessment: AssessmentContext;
  settings: Settings;
}

/** There is no twin yet; `org` is null if the organisation is not known either. */
export interface NoTwin {
  org: string | null;
}

/** Runs `task` with the twin, or `none` if no sync has started; does not create a store. */
export async function withTwin<Result>(
  io: Io,
  options: TwinOptions,
  {
    task,
    none,
  }: { task: (reading: OpenTwin) => Promise<Result>; none: (twin: NoTwin) => Promise<Result> },
): Promise<Result> {
  const settings = await loadSettings(io, options);
  const outcome = await withStoreOr<{ result: Result } | NoTwin>(
    io,
    { org: null },
    async (store) => {
      const org = await orgOf(settings, store, options.org);
      const sync = org === null ? null : await store.twin.syncs.newest(org);
      if (org === null || sync === null) return { org };
      const [streams, groups] = await Promise.all([
        store.twin.syncs.streams(org),
        store.twin.groups.list(org),
      ]);
      const { twin } = syncSettings(settings.config);
      const at = new Date().toISOString();
      const assessment = prepareContext({
        org,
        run: sync.run,
        at,
        streams,
        groups,
        settings: twin,
      });
      return { result: await task({ store, org, sync, assessment, settings }) };
    },
  );
  return 'result' in outcome ? outcome.result : none(outcome);
}

/** The text for a missing twin, with the next step. */
export const noTwinText = ({ org }: NoTwin): string =>
  `No sync${org === null ? '' : ` of ${org}`} has run yet. Start one with \`arx okta sync\`, or with \`arx okta sync --local\` on this machine.`;
