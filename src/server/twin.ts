import { openTwin } from '../services/twin/open-twin.ts';
import { orgOf } from '../services/twin/org.ts';
import type { Composition } from './compose.ts';
import type { ServerTwin } from './types.ts';

/** Composes what the routes do with the identity twin. */
export function composeTwin({ env, config, baseDir, store }: Composition): ServerTwin {
  const org = (): Promise<string | null> => orgOf({ env, config, baseDir }, store, undefined);
  return {
    open: async () => {
      const host = await org();
      return host === null ? null : openTwin(store, { org: host, config, at: new Date() });
    },
  };
}
