import { expect, test } from 'vitest';
import type { ActionRequest } from '../../../src/store/governance-types.ts';
import type { Store, StoreTransaction } from '../../../src/store/types.ts';
import { draftOf } from '../../support/audit.ts';
import { describeOnStores } from '../../support/stores.ts';

const AT = '2026-11-22T08:00:00.000Z';
const request: ActionRequest = {
  requestId: 'r1',
  workflowId: 'w',
  run: 'run',
  connector: 'okta',
  operation: 'users:suspend',
  args: { userId: '00u1' },
  argsDigest: 'abc',
  principal: 'user:ann@example.com',
  authenticatedBy: 'cli',
  surface: 'cli',
  requesterId: null,
  onBehalfOf: null,
  reason: 'left the company',
  risk: 'HIGH',
  target: { kind: 'user', id: '00u1' },
  targetFacts: null,
  bundleDigest: 'def',
  obligations: { approval: 'hitl', approvers: [], expiresInMs: null, grantValidForMs: null },
  createdAt: AT,
};
const call = {
  connector: 'okta',
  operation: 'users:suspend',
  argsDigest: 'abc',
  principal: request.principal,
};

/** Runs an effect as the journal does. */
const inJournal = (store: Store, effect: (tx: StoreTransaction) => Promise<void>) =>
  store.journal.append([draftOf({ subject: `effect-${Math.random()}` })], effect);

describeOnStores('requests, grants and keys', (source) => {
  test('a request is stored once and moves on only from the state it is in', async () => {
    const { requests } = await source.fresh();
    expect(await requests.open(request, 'pending', null)).toMatchObject({
      requestId: 'r1',
      state: 'pending',
      outcome: null,
    });
    expect(await requests.open({ ...request, reason: 'other' }, 'open', null)).toMatchObject({
      reason: request.reason,
      state: 'pending',
    });
    expect(await requests.move(null, 'r1', ['open'], { state: 'performing', at: AT })).toBe(false);
    expect(
      await requests.move(null, 'r1', ['pending'], {
        state: 'denied',
        outcome: { code: 'x' },
        at: AT,
      }),
    ).toBe(true);
    expect(await requests.get('r1')).toMatchObject({ state: 'denied', outcome: { code: 'x' } });
    await requests.open({ ...request, requestId: 'r2' }, 'pending', null);
    expect((await requests.list({ limit: 10 })).map(({ requestId }) => requestId)).toEqual([
      'r2',
      'r1',
    ]);
    expect(
      (await requests.list({ states: ['denied'], limit: 10 })).map(({ requestId }) => requestId),
    ).toEqual(['r1']);
  });

  test('a grant is used once, in time, for exactly its call', async () => {
    const store = await source.fresh();
    const grant = { requestId: 'r1', ...call, issuedAt: AT, expiresAt: '2026-11-22T08:15:00.000Z' };
    await inJournal(store, (tx) => store.grants.issue(tx, grant));
    const use = (over: object) => store.grants.useUp(null, 'r1', { ...call, at: AT, ...over });
    expect(await use({ argsDigest: 'other' })).toBe(false);
    expect(await use({ principal: 'user:bob' })).toBe(false);
    expect(await use({ operation: 'users:deactivate' })).toBe(false);
    expect(await use({ at: '2026-11-22T08:15:00.000Z' })).toBe(false);
    expect(
      await Promise.all([use({}), use({}), use({})]).then((all) => all.filter(Boolean)),
    ).toHaveLength(1);
    expect(await use({})).toBe(false);
    await store.grants.restore(null, 'r1');
    expect(await use({})).toBe(true);
  });

  test('keys are found by id or hash, and stay when revoked', async () => {
    const { keys } = await source.fresh();
    await keys.addSigningKey({ kid: 'k1', publicKey: 'PEM', createdAt: AT, revokedAt: null });
    expect(await keys.revokeSigningKey('k1', AT)).toBe(true);
    expect(await keys.revokeSigningKey('k1', AT)).toBe(false);
    expect(await keys.signingKey('k1')).toEqual({
      kid: 'k1',
      publicKey: 'PEM',
      createdAt: AT,
      revokedAt: AT,
    });
    await keys.addAccessKey({
      name: 'soc',
      hash: 'h',
      person: null,
      createdAt: AT,
      revokedAt: null,
    });
    expect(await keys.accessKey('h')).toMatchObject({ name: 'soc', revokedAt: null });
    expect(await keys.revokeAccessKey('soc', AT)).toBe(true);
    expect(await keys.accessKeys()).toMatchObject([{ name: 'soc', revokedAt: AT }]);
  });
});
