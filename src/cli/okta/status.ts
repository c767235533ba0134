import { NO_SYNC, readOktaStatus } from '../../services/twin/okta-status.ts';
import type { OktaOptions } from './command.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { syncsNow } from '../kit/ended-runs.ts';
import type { Io } from '../kit/io.ts';
import { print, writeJson } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { withStoreOr } from '../kit/store.ts';

/**
 * `arx okta status`: shows what is configured and what was read, without a call to Okta. Temporal is
 * asked only about a sync that seems to be running.
 */
export async function oktaStatus(io: Io, options: OktaOptions): Promise<ExitCode> {
  const { arx: env, config, baseDir } = await loadSettings(io, options);
  const status = await readOktaStatus(
    { env, config, baseDir },
    (read) =>
      withStoreOr(io, NO_SYNC, async (store) => {
        const org = await store.twin.syncs.newestOrg();
        const newest = org === null ? null : await store.twin.syncs.newest(org);
        // Closes a sync that was ended in Temporal.
        if (newest !== null) await syncsNow(io, store, [newest], options);
        return read(store);
      }),
    new Date(),
  );
  if (options.json) await writeJson(io, { ...status, items: status.streams });
  else {
    const { statusText } = await import('./render.ts');
    await print(io, statusText(status, io.colors.out));
  }
  return EXIT.ok;
}
