import { expect, it } from 'vitest';
import type { AuditDraft } from '../../../src/audit/types.ts';
import type { EnrichmentDrop } from '../../../src/store/enrichment-types.ts';
import type { Store, StoreTransaction } from '../../../src/store/types.ts';
import { describeOnStores } from '../../support/stores.ts';

const ORG = 'example.okta.com';
const ANN = '00uAnnAnnAnnAnnAnnAn';
const PLACE = { key: 'k1', org: ORG };
const answer = (userId: string | null = ANN, ttlMs = 60_000) => ({
  userId,
  content: { who: userId },
  ttlMs,
});
const LEASE = { ttlMs: 10_000 };

/** A clock that moves only on request. */
function clockFrom(start: number) {
  let at = start;
  return { now: () => new Date(at), pass: (ms: number) => void (at += ms) };
}

async function keep(store: Store, place = PLACE, given = answer()): Promise<boolean> {
  expect(await store.enrichments.claim(place, 'o', { ...LEASE, refresh: true })).toBe(true);
  return store.enrichments.keep(place.key, 'o', given);
}

const DRAFT: AuditDraft = {
  workflowId: 'w',
  run: 'r',
  kind: 'action.succeeded',
  subject: ANN,
  at: '2026-01-05T08:00:00.000Z',
  actor: { principal: 'user:x', authenticatedBy: 'none' },
  surface: 'cli',
};
const drop = (store: Store, over: Partial<EnrichmentDrop> = {}) =>
  store.journal.append([DRAFT], (tx: StoreTransaction) =>
    store.enrichments.drop(tx, { org: ORG, userId: ANN, forMs: 0, ...over }),
  );

describeOnStores('enrichments', ({ fresh, again }) => {
  it('are cached until they expire, also for other processes, and contain their age', async () => {
    const clock = clockFrom(1_800_000_000_000);
    const [store, other] = [await fresh(clock), await again(clock)];
    expect(await store.enrichments.get('k1')).toBeNull();
    expect(await keep(store)).toBe(true);
    clock.pass(59_000);
    expect(await other.enrichments.get('k1')).toEqual({ content: { who: ANN }, ageMs: 59_000 });
    clock.pass(1_000);
    expect(await other.enrichments.get('k1')).toBeNull();
  });

  it('are looked up by one owner at a time', async () => {
    const clock = clockFrom(1_800_000_000_000);
    const [store, other] = [await fresh(clock), await again(clock)];
    const owners = Array.from({ length: 20 }, (_, at) => ({
      owner: `o${at}`,
      by: at % 2 ? store : other,
    }));
    const taken = await Promise.all(
      owners.map(({ owner, by }) => by.enrichments.claim(PLACE, owner, LEASE)),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    const winner = `o${taken.indexOf(true)}`;
    expect(await store.enrichments.claim(PLACE, winner, LEASE)).toBe(true);
    expect(await store.enrichments.keep('k1', 'somebody', answer())).toBe(false);
    clock.pass(10_001);
    expect(await other.enrichments.claim(PLACE, 'next', LEASE)).toBe(true);
    expect(await store.enrichments.keep('k1', winner, answer())).toBe(false);
    await other.enrichments.release('k1', 'next');
    expect(await store.enrichments.claim(PLACE, 'last', LEASE)).toBe(true);
  });

  it('are not looked up again while they are valid, unless refreshed', async () => {
    const store = await fresh();
    await keep(store);
    expect(await store.enrichments.claim(PLACE, 'p', LEASE)).toBe(false);
    expect(await store.enrichments.claim(PLACE, 'p', { ...LEASE, refresh: true })).toBe(true);
    expect(await store.enrichments.get('k1')).toMatchObject({ content: { who: ANN } });
  });

  it('are deleted by a write to their user, like those without a user, but not for other users and organisations', async () => {
    const store = await fresh();
    const places = { ann: ANN, bob: '00uBobBobBobBobBobBo', nobody: null };
    for (const [key, userId] of Object.entries(places))
      await keep(store, { key, org: ORG }, answer(userId));
    await keep(store, { key: 'elsewhere', org: 'other.okta.com' });
    await drop(store);
    const left = await Promise.all(
      ['ann', 'bob', 'nobody', 'elsewhere'].map((key) => store.enrichments.get(key)),
    );
    expect(left.map((one) => one !== null)).toEqual([false, true, false, true]);
    await drop(store, { userId: null });
    expect(await store.enrichments.get('bob')).toBeNull();
    expect(await store.enrichments.get('elsewhere')).not.toBeNull();
  });

  it('are not kept if a write came after the lookup began', async () => {
    const clock = clockFrom(1_800_000_000_000);
    const store = await fresh(clock);
    await store.enrichments.claim(PLACE, 'o', LEASE);
    clock.pass(1);
    await drop(store);
    expect(await store.enrichments.keep('k1', 'o', answer())).toBe(false);
    clock.pass(1);
    expect(await keep(store)).toBe(true);
    await drop(store, { forMs: 600_000 });
    clock.pass(599_000);
    expect(await keep(store)).toBe(false);
    await drop(store);
    clock.pass(1);
    expect(await keep(store)).toBe(true);
  });

  it('never outlive a write, whatever the order of keeping and writing', async () => {
    const store = await fresh();
    for (let turn = 0; turn < 20; turn += 1) {
      const place = { key: `race-${turn}`, org: ORG };
      await store.enrichments.claim(place, 'o', LEASE);
      await Promise.all([store.enrichments.keep(place.key, 'o', answer()), drop(store)]);
      expect(await store.enrichments.get(place.key)).toBeNull();
    }
  });

  it('are deleted after they expire', async () => {
    const clock = clockFrom(1_800_000_000_000);
    const store = await fresh(clock);
    await keep(store, { key: 'old', org: ORG });
    clock.pass(60_001);
    await keep(store);
    expect(await store.enrichments.claim({ key: 'old', org: ORG }, 'x', LEASE)).toBe(true);
    await store.enrichments.release('old', 'x');
    expect(await store.enrichments.get('old')).toBeNull();
  });
});
