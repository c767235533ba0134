import { syncProgress } from '../client/okta-sync.ts';
import { readOktaStatus } from '../services/twin/okta-status.ts';
import { openTwin } from '../services/twin/open-twin.ts';
import { orgOf } from '../services/twin/org.ts';
import { requestSync } from '../services/twin/start-sync.ts';
import { ANSWER_WITHIN_MS, START_WITHIN_MS } from './checks.ts';
import type { Composition } from './compose.ts';
import type { ServerTwin } from './types.ts';

/**
 * Composes what the routes do with the identity twin. The configuration of the worker applies to a
 * started sync.
 */
export function composeTwin({ env, config, baseDir, store, link }: Composition): ServerTwin {
  const source = { env, config, baseDir };
  return {
    open: async () => {
      const org = await orgOf(source, store, undefined);
      return org === null ? null : openTwin(store, { org, config, at: new Date() });
    },
    status: () => readOktaStatus(source, (read) => read(store), new Date()),
    start: (requester, request) =>
      link.client.withDeadline(Date.now() + START_WITHIN_MS, () =>
        requestSync({ link, store, config: null, requester }, request),
      ),
    progress: ({ workflowId }) => syncProgress(link, workflowId, ANSWER_WITHIN_MS),
  };
}
