import { expect, it } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import { hexToBytes } from '@noble/hashes/utils.js';
import { verifyInclusion } from '../../../src/audit/merkle.ts';
import { makeCheckpoint } from '../../../src/store/journal/checkpointer.ts';
import type { Proof } from '../../../src/services/audit/prove-entry.ts';
import type { Store } from '../../../src/store/types.ts';
import { draftOf } from '../../support/audit.ts';
import { keyHome, opened, ORIGIN, partsOf } from '../../support/checkpoints.ts';
import { describeOnStores } from '../../support/stores.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';

/** Six entries: checks of two runs, and calls of a person about a user. */
async function seeded(store: Store): Promise<void> {
  const call = (n: number, code: string) =>
    draftOf({
      run: 'op',
      kind: 'action.failed',
      subject: `request-${n}`,
      at: `2026-07-07T08:0${n}:00.000Z`,
      actor: { principal: 'user:00uann', authenticatedBy: 'key' },
      operation: 'okta:users:suspend',
      target: '00u"2',
      outcome: { code },
    });
  await store.journal.append([
    draftOf({ run: 'r1', subject: '00u1' }),
    draftOf({ run: 'r1', subject: '00u"2' }),
    draftOf({ run: 'r2', subject: '00u1' }),
    draftOf({ run: 'r2', subject: '00u3', kind: 'user.rechecked' }),
    call(1, 'denied'),
    call(2, 'refused'),
  ]);
}

const SEARCHES: [query: string, indexes: number[]][] = [
  ['', [5, 4, 3, 2, 1, 0]],
  ['?kind=user.rechecked,action.failed', [5, 4, 3]],
  ['?run=r1', [1, 0]],
  ['?run=r1&target=00u1', [0]],
  ['?target=00u%222', [5, 4, 1]],
  ['?actor=user:00uann', [5, 4]],
  ['?operation=okta:users:suspend&outcome=refused', [5]],
  ['?operation=users', []],
  ['?since=2026-07-07T08:01:00Z&until=2026-07-07T10:02:00%2B02:00', [4]],
];

interface Listed {
  items: { index: number }[];
  next: string | null;
}

describeOnStores('the API of the audit trail', ({ fresh, query }) => {
  it('searches entries, newest first and page by page', async () => {
    const store = await fresh();
    await seeded(store);
    await using api = await serveApi(store);
    for (const [search, indexes] of SEARCHES) {
      const [status, page] = await api.get<Listed>(`/v1/audit${search}`, { as: 'audit' });
      expect([search, status, page.items.map(({ index }) => index), page.next]).toEqual([
        search,
        200,
        indexes,
        null,
      ]);
      expect(fits('AuditEntries', page)).toEqual([]);
    }
    const [, first] = await api.get<Listed>('/v1/audit?limit=4');
    expect(first.next).toBe('2');
    const [, rest] = await api.get<Listed>('/v1/audit?limit=4&after=2');
    expect([rest.items.map(({ index }) => index), rest.next]).toEqual([[1, 0], null]);
    for (const wrong of ['?kind=x', '?after=-1', '?since=monday', '?limit=1000', '?subject=1'])
      expect((await api.send(`/v1/audit${wrong}`)).status).toBe(400);
  });

  it('shows an entry with its canonical JSON and a proof that others can verify', async () => {
    const store = await fresh();
    await seeded(store);
    await using api = await serveApi(store);
    const [, unproven] = await api.get('/v1/audit/1');
    expect([unproven, fits('AuditEntry', unproven)]).toMatchObject([{ index: 1, proof: null }, []]);
    await makeCheckpoint(partsOf(store, keyHome()), ORIGIN);
    const { entry } = (await store.audit.list({ after: 0, limit: 1 }))[0]!;
    const path = `/v1/audit/${entry.id.split('/').map(encodeURIComponent).join('/')}`;
    const [status, shown] = await api.get(path);
    expect([status, fits('AuditEntry', shown)]).toEqual([200, []]);
    expect(shown).toMatchObject({ index: 1, hash: entry.hash, entry });
    expect(JSON.parse(shown['canonical'] as string)).toEqual(entry);
    const { leafHash, index, size, hashes, checkpoint } = shown['proof'] as Proof;
    const { root } = await opened(store, checkpoint);
    const leaf = { leafHash: hexToBytes(leafHash), index, size, hashes: hashes.map(hexToBytes) };
    expect(verifyInclusion({ ...leaf, root })).toBe(true);
    expect(await api.get('/v1/audit/99')).toMatchObject([404, { code: 'no_such_entry' }]);
  });

  it('verifies and exports the trail, and says where it is broken', async () => {
    const store = await fresh();
    await seeded(store);
    await makeCheckpoint(partsOf(store, keyHome()), ORIGIN);
    await using api = await serveApi(store);
    const [, verdict] = await api.get('/v1/audit/verify');
    expect([verdict, fits('AuditVerdict', verdict)]).toMatchObject([{ ok: true, entries: 7 }, []]);
    const text = await (await api.send('/v1/audit/export')).text();
    const stored = text
      .trimEnd()
      .split('\n')
      .map((line, index) => ({ index, text: line }));
    const pages = (async function* () {
      yield stored;
    })();
    expect(await verifyChain(pages)).toMatchObject({ ok: true, entries: 7 });
    const csv = await api.send('/v1/audit/export?format=csv&run=r1');
    expect([csv.headers.get('content-type'), (await csv.text()).split('\n').length]).toEqual([
      'text/csv',
      4,
    ]);
    await query(`drop trigger audit_entries_append_only on audit_entries;
      update audit_entries set text = replace(text, '"00u3"', '"00u9"') where index = 3`);
    const [, broken] = await api.get('/v1/audit/verify');
    expect([broken, fits('AuditVerdict', broken)]).toMatchObject([
      { ok: false, firstBad: { index: 3 } },
      [],
    ]);
    expect(await api.get('/v1/audit/3')).toMatchObject([409, { code: 'audit_broken' }]);
  });
});
