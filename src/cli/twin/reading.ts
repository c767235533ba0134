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

/** A twin to read, judged as of now. */
export interface Reading {
  store: Store;
  org: string;
  /** The sync that was begun last. */
  sync: SyncRecord;
  judge: AssessmentContext;
  settings: Settings;
}

/** There is none yet: `org` is null where nothing says which is meant. */
export interface NoTwin {
  org: string | null;
}

/**
 * Hands the twin to `task`; where no sync has begun, `none` answers, and no store is made for it.
 */
export async function withTwin<Result>(
  io: Io,
  options: TwinOptions,
  {
    task,
    none,
  }: { task: (reading: Reading) => Promise<Result>; none: (twin: NoTwin) => Promise<Result> },
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
      const judge = prepareContext({ org, run: sync.run, at, streams, groups, settings: twin });
      return { result: await task({ store, org, sync, judge, settings }) };
    },
  );
  return 'result' in outcome ? outcome.result : none(outcome);
}

/** What to say where there is no twin, and what to do. */
export const noTwinText = ({ org }: NoTwin): string =>
  `No sync${org === null ? '' : ` of ${org}`} has run yet: start one with \`arx okta sync\`, or \`arx okta sync --local\` on this machine.`;
