import type { Hono } from 'hono';
import {
  adminPage,
  appPage,
  eventPage,
  factPage,
  gapPage,
  newestChanges,
  NoSuchItemError,
  timelinePage,
} from '../../../services/twin/pages.ts';
import type { Page } from '../../../services/twin/pages.ts';
import type { StoredTwin } from '../../../services/twin/open-twin.ts';
import type { ServerParts } from '../../types.ts';
import { unknownValue } from '../fields.ts';
import type { KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { NO_PARAMETERS, readQuery } from '../requests.ts';
import {
  APPS_QUERY,
  EVENTS_QUERY,
  FACTS_QUERY,
  GAPS_QUERY,
  PAGE_QUERY,
  SEARCH_QUERY,
} from './inputs.ts';

/** `/v1/twin`: the identity twin, which the syncs read from Okta. */
export function twinRoutes({ twin, store }: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const app = apps.create();
  const answer = (view: string, read: (stored: StoredTwin) => Promise<Page<unknown>>) =>
    pageDocument(twin.open, view, read);
  app.get('/', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const status = await twin.status();
    return context.json({ ...status, items: status.streams });
  });
  app.get('/gaps', async (context) => {
    const { kind, severity, closed = false, ...page } = readQuery(context, GAPS_QUERY);
    const filter = { ...(kind && { kind }), ...(severity && { severity }), closed };
    return context.json(await answer('gaps', (stored) => gapPage(stored, filter, page)));
  });
  app.get('/events', async (context) => {
    const { severity, rule, since, until, ...page } = readQuery(context, EVENTS_QUERY);
    const filter = {
      ...(severity && { severities: severity }),
      ...(rule !== undefined && { rule }),
      ...(since !== undefined && { since: utc(since) }),
      ...(until !== undefined && { until: utc(until) }),
    };
    return context.json(await answer('events', (stored) => eventPage(stored, filter, page)));
  });
  app.get('/facts', async (context) => {
    const { history, ...page } = readQuery(context, FACTS_QUERY);
    const filter = { ...(history !== undefined && { history }) };
    return context.json(await answer('facts', (stored) => factPage(stored, filter, page)));
  });
  app.get('/apps', async (context) => {
    const { status, sign_on: signOn, gone, ...page } = readQuery(context, APPS_QUERY);
    const filter = {
      ...(status && { status }),
      ...(signOn && { signOn }),
      ...(gone !== undefined && { gone }),
    };
    return context.json(await answer('apps', (stored) => appPage(stored, filter, page)));
  });
  app.get('/admins', async (context) => {
    const page = readQuery(context, PAGE_QUERY);
    return context.json(await answer('admins', (stored) => adminPage(stored, page)));
  });
  app.get('/timeline', async (context) => {
    const page = readQuery(context, PAGE_QUERY);
    const document = await answer('timeline', (stored) => timelinePage(stored, page));
    const { org, sync } = document;
    const newest =
      org === null || sync === null
        ? NO_CHANGES
        : await newestChanges(store.twin, { org, run: sync.run });
    return context.json({ ...document, ...newest });
  });
  app.get('/search', async (context) => {
    const { q, limit } = readQuery(context, SEARCH_QUERY);
    const find = async ({ org }: StoredTwin) => ({
      items: await store.twin.search.find(org, q, limit),
      next: null,
    });
    return context.json(await answer('search', find));
  });
  return app;
}

const NO_CHANGES = { changes: [], moreChanges: 0 };
const utc = (text: string): string => new Date(text).toISOString();

/** `arx.twin/v1`; without a twin, an empty list whose `sync` is null. */
async function pageDocument(
  open: ServerParts['twin']['open'],
  view: string,
  read: (stored: StoredTwin) => Promise<Page<unknown>>,
) {
  const stored = await open();
  const head = { schema: 'arx.twin/v1', view } as const;
  if (stored === null) return { ...head, org: null, sync: null, items: [], next: null };
  const { run, status, startedAt, finishedAt } = stored.sync;
  const sync = { run, status, startedAt, finishedAt };
  try {
    return { ...head, org: stored.org, sync, ...(await read(stored)) };
  } catch (thrown) {
    if (!(thrown instanceof NoSuchItemError)) throw thrown;
    const message = 'The list has no such item, or no longer.';
    throw unknownValue('after', message, 'Start again from the first page.');
  }
}
