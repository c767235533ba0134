import { expect, it } from 'vitest';
import type { AuditKind } from '../../../src/audit/types.ts';
import { eventStream } from '../../../src/server/api/events/stream.ts';
import { ChangeFeed } from '../../../src/services/audit/change-feed.ts';
import type { Store } from '../../../src/store/types.ts';
import { draftOf } from '../../support/audit.ts';
import { describeOnStores } from '../../support/stores.ts';
import { serveApi } from './serve-api.ts';
import type { ServedApi } from './serve-api.ts';

interface Received {
  id: string | null;
  event: string;
  data: unknown;
}

/** The events of a stream as they come. */
async function* eventsOf(answer: Response): AsyncGenerator<Received> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of answer.body!) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks.flatMap((block) => parse(block) ?? []);
  }
}

function parse(block: string): Received | null {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
  const event = field('event');
  return event === null ? null : { id: field('id'), event, data: JSON.parse(field('data')!) };
}

async function take(stream: AsyncGenerator<Received>, count: number): Promise<Received[]> {
  const found: Received[] = [];
  while (found.length < count) {
    const { done, value } = await stream.next();
    if (done) break;
    found.push(value);
  }
  return found;
}

const append = (store: Store, ...entries: [kind: AuditKind, run: string, subject: string][]) =>
  store.journal.append(entries.map(([kind, run, subject]) => draftOf({ kind, run, subject })));

async function open(
  api: ServedApi,
  {
    query = '',
    after,
    as = 'all',
  }: { query?: string; after?: string; as?: 'all' | 'reports' } = {},
): Promise<AsyncGenerator<Received>> {
  const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': after };
  return eventsOf(await api.send(`/v1/events${query}`, { as, headers }));
}

describeOnStores('the stream of changes', ({ fresh }) => {
  it('says once per batch what has changed, with topic and id only', async () => {
    const store = await fresh();
    await append(store, ['scan.started', 'r0', 'x']);
    await using api = await serveApi(store);
    const stream = await open(api);
    expect(await take(stream, 1)).toEqual([{ id: '1', event: 'ready', data: {} }]);
    await append(
      store,
      ['user.checked', 'r1', '00u1'],
      ['user.checked', 'r1', '00u2'],
      ['approval.opened', 'op', 'request-1'],
      ['flow.opened', 'f1', 'f1'],
      ['sync.stream', 's1', 'users'],
      ['sync.requested', 'random', 'w'],
      ['policy.loaded', 'p', 'policies'],
    );
    const changes = await take(stream, 4);
    expect(changes.map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        { topic: 'runs', id: 'r1' },
        { topic: 'approvals', id: 'request-1' },
        { topic: 'flow-runs', id: null },
        { topic: 'syncs', id: 's1' },
      ]),
    );
    expect(changes.map(({ id }) => id)).toEqual([null, null, null, '8']);
    await stream.return(undefined);
  });

  it('continues after the last event, or says that it cannot', async () => {
    const store = await fresh();
    await append(store, ['scan.started', 'r1', 'x'], ['user.checked', 'r2', '00u1']);
    await using api = await serveApi(store);
    const resumed = await open(api, { after: '1' });
    expect(await take(resumed, 2)).toEqual([
      { id: '1', event: 'ready', data: {} },
      { id: '2', event: 'change', data: { topic: 'runs', id: 'r2' } },
    ]);
    await resumed.return(undefined);
    for (const after of ['9', 'x', '-1']) {
      const stream = await open(api, { after });
      expect(await take(stream, 1)).toEqual([{ id: '2', event: 'reset', data: {} }]);
      await stream.return(undefined);
    }
  });

  it('sends only what the key may know and has asked for', async () => {
    const store = await fresh();
    await using api = await serveApi(store);
    const [few, some] = [
      await open(api, { as: 'reports' }),
      await open(api, { query: '?topics=syncs' }),
    ];
    await Promise.all([take(few, 1), take(some, 1)]);
    await append(
      store,
      ['approval.opened', 'op', 'request-1'],
      ['flow.opened', 'f1', 'f1'],
      ['scan.started', 'r1', 'x'],
      ['sync.started', 's1', 'x'],
    );
    const [two, one] = await Promise.all([take(few, 2), take(some, 1)]);
    expect(two.map(({ data }) => (data as { topic: string }).topic).toSorted()).toEqual([
      'runs',
      'syncs',
    ]);
    expect(one).toEqual([{ id: '4', event: 'change', data: { topic: 'syncs', id: 's1' } }]);
    await Promise.all([few.return(undefined), some.return(undefined)]);
    expect((await api.send('/v1/events?topics=keys')).status).toBe(400);
    expect((await api.send('/v1/events', { as: 'approvals:read' })).status).toBe(403);
  });

  it('ends when its key is no longer valid, when the reader leaves, and after 20 streams', async () => {
    const store = await fresh();
    const feed = new ChangeFeed(store, 20);
    const gone = new AbortController();
    const reading = { feed, lastEventId: null, show: (change: object) => change, heartbeatMs: 30 };
    let valid = true;
    const check = () => (valid ? Promise.resolve() : Promise.reject(new Error('revoked')));
    const stream = eventStream({ ...reading, check, signal: gone.signal });
    for (const part of ['retry', 'event: ready', ': still here'])
      expect((await stream.next()).value).toContain(part);
    valid = false;
    expect((await stream.next()).done).toBe(true);
    const left = eventStream({ ...reading, check, signal: gone.signal, heartbeatMs: 60_000 });
    await left.next();
    await left.next();
    const end = left.next();
    gone.abort();
    expect((await end).done).toBe(true);
    await using api = await serveApi(store);
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(api)));
    await Promise.all(streams.map((one) => take(one, 1)));
    const answer = await api.get('/v1/events');
    expect(answer).toMatchObject([429, { code: 'too_many_streams' }]);
    await Promise.all(streams.map((one) => one.return(undefined)));
  });
});
