/** Opens a stored twin for reading. */

import { openTwin } from '../../services/twin/open-twin.ts';
import type { StoredTwin } from '../../services/twin/open-twin.ts';
import { orgOf } from '../../services/twin/org.ts';
import { syncsNow } from '../kit/ended-runs.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { withStoreOr } from '../kit/store.ts';
import type { TwinOptions } from './options.ts';

/** A stored twin, with the settings of the command. */
export interface OpenTwin extends StoredTwin {
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
      const org = await orgOf({ ...settings, env: settings.arx }, store, options.org);
      if (org === null) return { org };
      const newest = await store.twin.syncs.newest(org);
      // Closes a sync that was ended in Temporal.
      if (newest !== null) await syncsNow(io, store, [newest], options);
      const twin = await openTwin(store, { org, config: settings.config, at: new Date() });
      return twin === null ? { org } : { result: await task({ ...twin, settings }) };
    },
  );
  return 'result' in outcome ? outcome.result : none(outcome);
}

/** The text for a missing twin, with the next step. */
export const noTwinText = ({ org }: NoTwin): string =>
  `No sync${org === null ? '' : ` of ${org}`} has run yet. Start one with \`arx okta sync\`, or with \`arx okta sync --local\` on this machine.`;
