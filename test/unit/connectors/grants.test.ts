import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditUnavailableError } from '../../../src/audit/errors.ts';
import { GrantUnavailableError } from '../../../src/connectors/errors.ts';
import { canonicalDigest } from '../../../src/governance/digest.ts';
import { MemoryGrants } from './support/grants.ts';
import { CALLER, context, failureOf, harness, policy, PRINCIPAL, USER } from './support/harness.ts';
import { serverPool } from './support/server.ts';
import type { ConnectorSettings } from '../../../src/connectors/create.ts';
import type { GrantStore } from '../../../src/connectors/types.ts';
import type { Policy, PolicyBundle } from '../../../src/governance/types.ts';
import type { TestServer } from './support/server.ts';

const servers = serverPool();
let server: TestServer;
let grants: MemoryGrants;
beforeEach(async () => {
  server = await servers.start(() => ({ json: {} }));
  grants = new MemoryGrants();
});
afterEach(() => servers.closeAll());

const bundle = (more: Partial<Policy> = {}): PolicyBundle => ({
  ok: true,
  digest: 'g'.repeat(64),
  policies: [policy({ connector: 'okta', operations: ['*:*'], riskMax: 'CRITICAL', ...more })],
});
const set = (more: Partial<ConnectorSettings> = {}) =>
  harness(server.origin, { bundle: () => bundle(), grants, ...more });
const suspend = {
  connector: 'okta',
  operation: 'users:suspend',
  input: { userId: USER },
  principal: PRINCIPAL,
} as const;
const OTHER = '00uBBBBBBBBBBBBBBBBB';

describe('a call that needs approval', () => {
  it('proceeds with a matching grant, which is used up with the intent before anything is sent', async () => {
    const { connectors, journal } = set();
    const order: string[] = [];
    const useUp = grants.useUp.bind(grants);
    grants.useUp = async (...args) => {
      order.push(`used up, ${journal.kinds.length} entries, ${server.seen.length} requests`);
      return useUp(...args);
    };
    const intent = {
      kind: 'action.started' as const,
      effect: async () => void order.push('own effect'),
    };
    const grant = grants.give(suspend);
    await connectors.okta('users:suspend', { userId: USER }, context({ grant, intent }));
    expect(order).toEqual(['used up, 0 entries, 0 requests', 'own effect']);
    expect(journal.drafts).toMatchObject([
      {
        kind: 'action.started',
        decision: { effect: 'approval' },
        correlation: { approval: grant.requestId },
      },
      { kind: 'action.succeeded', correlation: { approval: grant.requestId } },
    ]);
    expect(grants.asked).toEqual([
      {
        requestId: grant.requestId,
        use: {
          connector: 'okta',
          operation: 'users:suspend',
          argsDigest: canonicalDigest({ userId: USER }),
          principal: PRINCIPAL,
          at: '2026-01-05T08:00:00.000Z',
        },
      },
    ]);
    expect(server.seen).toHaveLength(1);
  });

  it('is refused the second time', async () => {
    const { connectors, journal } = set();
    const grant = grants.give(suspend);
    await connectors.okta('users:suspend', { userId: USER }, context({ grant }));
    const error = await failureOf(
      connectors.okta('users:suspend', { userId: USER }, context({ grant })),
    );
    expect(error).toMatchObject({ name: 'PolicyDeniedError', code: 'approval_required' });
    expect(journal.kinds).toEqual(['action.started', 'action.succeeded', 'action.denied']);
    expect(server.seen).toHaveLength(1);
  });

  it('proceeds only once for concurrent callers', async () => {
    const { connectors } = set();
    const grant = grants.give(suspend);
    const tries = Array.from({ length: 20 }, () =>
      connectors.okta('users:suspend', { userId: USER }, context({ grant })),
    );
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['no grant at all', undefined],
    ['an unknown grant', { requestId: 'req-unknown' }],
    ['an empty grant id', { requestId: '' }],
    ['a hostile grant id', { requestId: '../../x\u0000' }],
  ])('is refused with %s', async (_, grant) => {
    const { connectors, journal } = set();
    const error = await failureOf(
      connectors.okta('users:suspend', { userId: USER }, context({ grant })),
    );
    expect(error).toMatchObject({
      code: 'approval_required',
      decision: { effect: 'approval', risk: 'HIGH' },
    });
    expect(journal.drafts).toMatchObject([
      { kind: 'action.denied', outcome: { code: 'approval_required' } },
    ]);
    expect(server.seen).toEqual([]);
  });

  it.each([
    ['other arguments', { ...suspend, input: { userId: OTHER } }],
    ['another operation', { ...suspend, operation: 'users:unsuspend' }],
    ['another principal', { ...suspend, principal: 'user:mallory' }],
    ['another connector', { ...suspend, connector: 'jira' as const }],
  ])('is refused with a grant for %s, which stays unused', async (_, given) => {
    const { connectors } = set();
    const grant = grants.give(given);
    const error = await failureOf(
      connectors.okta('users:suspend', { userId: USER }, context({ grant })),
    );
    expect(error).toMatchObject({ code: 'approval_required' });
    expect([grants.open.has(grant.requestId), server.seen]).toEqual([true, []]);
  });

  it('is refused without a grant store', async () => {
    const { connectors } = set({ grants: undefined });
    const grant = { requestId: 'req-1' };
    expect(
      await failureOf(connectors.okta('users:suspend', { userId: USER }, context({ grant }))),
    ).toMatchObject({
      code: 'approval_required',
    });
    expect(server.seen).toEqual([]);
  });

  it('is not sent if the grants cannot be read or the intent cannot be written', async () => {
    const broken: GrantStore = { useUp: () => Promise.reject(new Error('canary: table locked')) };
    const { connectors, journal } = set({ grants: broken });
    const call = () =>
      connectors.okta('users:suspend', { userId: USER }, context({ grant: { requestId: 'r' } }));
    const error = await failureOf(call());
    expect(error).toBeInstanceOf(GrantUnavailableError);
    expect(error.message).toBe('the grant of request r could not be read; nothing was sent');
    const unwritten = set();
    unwritten.journal.failFrom = 1;
    const grant = grants.give(suspend);
    const asked = unwritten.connectors.okta('users:suspend', { userId: USER }, context({ grant }));
    expect(await failureOf(asked)).toBeInstanceOf(AuditUnavailableError);
    expect([journal.drafts, server.seen, grants.open.size]).toEqual([[], [], 1]);
  });

  it('is refused by the connector even if the evaluator allows it', async () => {
    const { connectors } = set({
      evaluate: (request) => ({
        effect: 'allow',
        code: 'granted',
        operation: request.operation,
        risk: 'LOW',
        determining: [],
        obligations: { approval: 'none', approvers: [], expiresInMs: null, grantValidForMs: null },
        considered: [],
        hints: [],
        bundleDigest: null,
        argsDigest: null,
      }),
    });
    for (const operation of [
      'users:suspend',
      'users:clear_sessions',
      'users:expire_password',
    ] as const) {
      const error = await failureOf(connectors.okta(operation, { userId: USER }, context()));
      expect(error).toMatchObject({ code: 'approval_required' });
    }
    expect(server.seen).toEqual([]);
  });

  it('may be a read, whose grant is audited before it is sent', async () => {
    const asking = bundle({ approval: { LOW: 'hitl' } });
    const { connectors, journal } = set({ bundle: () => asking });
    const grant = grants.give({ ...suspend, operation: 'users:read_groups' });
    await failureOf(connectors.okta('users:read_groups', { userId: USER }, context({ grant })));
    expect(journal.kinds[0]).toBe('action.started');
    expect(grants.open.size).toBe(0);
  });
});

describe('a grant', () => {
  it('does not override a denial, and stays unused', async () => {
    const denying = bundle({ deny: ['users:suspend'] });
    const { connectors } = set({ bundle: () => denying });
    const grant = grants.give(suspend);
    const error = await failureOf(
      connectors.okta('users:suspend', { userId: USER }, context({ grant })),
    );
    expect(error).toMatchObject({ code: 'explicit_deny' });
    expect([grants.asked, server.seen]).toEqual([[], []]);
  });

  it('does not override arx.yaml', async () => {
    const { connectors } = set();
    const caller = { ...CALLER, permitted: { okta: ['users:read'] } };
    const grant = grants.give(suspend);
    const error = await failureOf(
      connectors.okta('users:suspend', { userId: USER }, context({ grant, caller })),
    );
    expect(error).toMatchObject({ code: 'default_deny' });
    expect([grants.asked, server.seen]).toEqual([[], []]);
  });

  it('stays unused if none is needed', async () => {
    const { connectors } = set();
    const grant = grants.give({ ...suspend, operation: 'users:unsuspend' });
    await connectors.okta('users:unsuspend', { userId: USER }, context({ grant }));
    expect([grants.asked, server.seen.length]).toEqual([[], 1]);
  });
});

describe('a call that takes access away', () => {
  const remove = { appId: '0oaAAAAAAAAAAAAAAAAA', userId: USER };

  it('is refused, whatever its risk, if nobody has checked its target and no grant is given', async () => {
    const { connectors, journal } = set();
    const { targetChecked: _, ...unchecked } = context();
    const error = await failureOf(connectors.okta('apps:remove_user', remove, unchecked as never));
    expect(error).toMatchObject({ code: 'target_unchecked', decision: { effect: 'allow' } });
    expect(journal.drafts.at(-1)).toMatchObject({
      kind: 'action.denied',
      outcome: { code: 'target_unchecked' },
    });
    expect(server.seen).toEqual([]);
  });
});

describe('context', () => {
  it('can require approval for a call that otherwise needs none', async () => {
    const { connectors, journal } = set();
    const call = (facts: object) =>
      connectors.okta('users:unsuspend', { userId: USER }, context({ facts }));
    await call({ targetAdministrator: false, targets: 10 });
    const error = await failureOf(call({ targetAdministrator: true }));
    expect(error).toMatchObject({ code: 'approval_required', decision: { risk: 'HIGH' } });
    expect(journal.drafts.at(-1)).toMatchObject({ kind: 'action.denied', risk: 'HIGH' });
    expect(server.seen).toHaveLength(1);
  });

  it('can raise a call above every ceiling', async () => {
    const { connectors } = set({ bundle: () => bundle({ riskMax: 'HIGH' }) });
    const facts = { protected: true, groupGrantsAdmin: true };
    const error = await failureOf(
      connectors.okta('users:unsuspend', { userId: USER }, context({ facts })),
    );
    expect(error).toMatchObject({ code: 'risk_ceiling', decision: { risk: 'CRITICAL' } });
  });

  it('also applies to a decision without a call', () => {
    const { connectors } = set();
    const decide = (facts: object) =>
      connectors.decide('okta', 'users:unsuspend', PRINCIPAL, { facts }).effect;
    expect([decide({}), decide({ targets: 11 })]).toEqual(['allow', 'approval']);
  });
});
