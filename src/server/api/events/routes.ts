import type { Hono } from 'hono';
import { hasScope } from '../../../governance/key-scopes.ts';
import type { KeyScope } from '../../../governance/key-scopes.ts';
import type { Change, Topic } from '../../../services/audit/change-feed.ts';
import type { AccessKey } from '../../../store/governance-types.ts';
import type { Background } from '../../background.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import { streamText } from '../json-stream.ts';
import type { KeyAccess, KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { readQuery } from '../requests.ts';
import { EVENTS_QUERY } from './inputs.ts';
import { eventStream } from './stream.ts';

/** Streams that one key may have open; each tab of a browser has one. */
const MOST_STREAMS = 20;

/** The scope that each topic needs besides that of the route. */
const SCOPE_OF = {
  runs: 'reports',
  syncs: 'reports',
  approvals: 'approvals:read',
  'flow-runs': 'flows',
} as const satisfies Record<Topic, KeyScope>;

const HEADERS = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };

/** `/v1/events`: says what has changed, with topic and id only, as server-sent events. */
export function changeRoutes(
  { feed }: ServerParts,
  access: { apps: KeyApps; keys: KeyAccess },
  background: Background,
): Hono<KeyEnv> {
  const app = access.apps.create();
  const open = new Map<string, number>();
  app.get('/', (context) => {
    const { topics } = readQuery(context, EVENTS_QUERY);
    const key = context.get('key');
    const { name } = key;
    const count = open.get(name) ?? 0;
    if (count >= MOST_STREAMS) throw tooMany();
    open.set(name, count + 1);
    const lastEventId = context.req.header('last-event-id') ?? null;
    const read = (gone: AbortSignal) =>
      eventStream({
        feed,
        lastEventId,
        show: (change) => visiblePart(key, topics, change),
        check: () => access.keys.authenticate(context),
        signal: AbortSignal.any([gone, background.stopping]),
      });
    return streamText(read, HEADERS, () => open.set(name, (open.get(name) ?? 1) - 1));
  });
  return app;
}

/**
 * What a key may know of a change. Resource sets decide who may know of a run of a flow, so its id
 * is not sent.
 */
function visiblePart(
  key: AccessKey,
  topics: readonly Topic[] | undefined,
  { topic, id }: Change,
): { topic: Topic; id: string | null } | null {
  if (topics !== undefined && !topics.includes(topic)) return null;
  if (!hasScope(key, SCOPE_OF[topic])) return null;
  return { topic, id: topic === 'flow-runs' ? null : id };
}

const tooMany = (): Problem =>
  new Problem(429, 'too_many_streams', {
    message: `This access key has ${MOST_STREAMS} streams of changes open.`,
    remedy: 'Close one of them: one stream per page is enough.',
    retryAfter: 15,
  });
