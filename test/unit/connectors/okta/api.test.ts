import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import { createOkta } from '../../../../src/connectors/okta/api.ts';
import { startEmulators } from '../../../../emulators/start.ts';
import { OKTA_OPERATIONS } from '../../../../src/governance/catalogue-okta.ts';
import { emulatedHarness } from '../support/emulated.ts';
import { MemoryGrants } from '../support/grants.ts';
import { failureOf, policy } from '../support/harness.ts';
import { OKTA_CALLS, worldOf } from '../support/okta-calls.ts';
import type { OktaApi } from '../../../../src/connectors/okta/api-types.ts';
import type {
  OktaGroupDetail,
  OktaPage,
  OktaUser,
  OktaUserDetail,
} from '../../../../src/connectors/okta/types.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import type { World } from '../support/okta-calls.ts';

let emulators: RunningEmulators;
let world: World;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  world = worldOf(emulators, '');
});
afterAll(() => emulators.close());

/** The client of an agent with every permission, and approvals where required. */
function agent(agentId = 'soc-triage') {
  const grants = new MemoryGrants();
  const allowed = policy({
    connector: 'okta',
    principals: ['agent:soc-*'],
    operations: ['*:*'],
    riskMax: 'CRITICAL',
  });
  const bundle = { ok: true as const, digest: 'a'.repeat(64), policies: [allowed] };
  const { connectors, journal } = emulatedHarness(emulators.document, {
    bundle: () => bundle,
    grants,
  });
  const okta = createOkta({ agentId, orgId: connectors.oktaHost, connectors });
  return { okta, journal, grants, connectors };
}

describe('the API of an agent', () => {
  it('has exactly one method per operation of the catalogue', () => {
    const { okta } = agent();
    const methods = Object.entries(okta).flatMap(([family, verbs]) =>
      Object.keys(verbs).map(
        (verb) => `${family}:${verb.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
      ),
    );
    expect(methods.sort()).toEqual(OKTA_OPERATIONS.map(({ operation }) => operation).sort());
    expect(methods.sort()).toEqual(Object.keys(OKTA_CALLS).sort());
  });

  it('calls as agent:ID, and audits the caller, the target and the reason', async () => {
    const { okta, journal } = agent();
    const [groupId, userId] = [world.group(), world.user()];
    await okta.groups.addMember({ groupId, userId }, { reason: 'INC-7' });
    expect(emulators.okta.group(groupId)?.members?.has(userId)).toBe(true);
    expect(journal.drafts).toMatchObject(
      ['action.started', 'action.succeeded'].map((kind) => ({
        kind,
        workflowId: 'agent/soc-triage',
        actor: { principal: 'agent:soc-triage', authenticatedBy: 'none' },
        surface: 'api',
        target: userId,
        correlation: { reason: 'INC-7' },
      })),
    );
  });

  it('reads without an input if none is needed', async () => {
    const { okta, journal } = agent();
    world.user();
    expect((await okta.users.read()).items.length).toBeGreaterThan(0);
    expect(await okta.org.read()).toMatchObject({ status: 'ACTIVE' });
    expect(journal.drafts[1]).toMatchObject({ operation: 'okta:org:read', target: 'org:read' });
  });

  it('finds a user by exact login', async () => {
    const { okta } = agent();
    const id = world.user();
    const login = emulators.okta.user(id)?.profile.login ?? '';
    expect((await okta.users.read({ login })).items.map((user) => user.id)).toEqual([id]);
  });

  it('requires approval like every other caller', async () => {
    const { okta, grants } = agent();
    const userId = world.user();
    expect(await failureOf(okta.users.suspend({ userId }))).toMatchObject({
      code: 'approval_required',
    });
    const grant = grants.give({
      connector: 'okta',
      operation: 'users:suspend',
      input: { userId },
      principal: 'agent:soc-triage',
    });
    await okta.users.suspend({ userId }, { grant });
    expect(emulators.okta.user(userId)?.status).toBe('SUSPENDED');
  });

  it('is denied to an agent without a policy', async () => {
    const { okta } = agent('hr-bot');
    expect(await failureOf(okta.users.read())).toMatchObject({ code: 'default_deny' });
  });

  it('is not created for an invalid principal or organisation', () => {
    const { connectors } = agent();
    for (const agentId of ['', 'a:b', 'a b', '../x', 'a\n', 'x'.repeat(129)]) {
      expect(() => createOkta({ agentId, orgId: connectors.oktaHost, connectors })).toThrow(
        InvalidArgumentError,
      );
    }
    expect(() => createOkta({ agentId: 'soc', orgId: 'other.okta.com', connectors })).toThrow(
      InvalidArgumentError,
    );
  });
});

describe('its types', () => {
  it('match the table', () => {
    expectTypeOf<OktaApi['users']['suspend']>().parameter(0).toEqualTypeOf<{ userId: string }>();
    expectTypeOf<OktaApi['users']['suspend']>().returns.resolves.toBeNull();
    expectTypeOf<OktaApi['users']['readDetail']>().returns.resolves.toEqualTypeOf<OktaUserDetail>();
    expectTypeOf<OktaApi['groups']['readMembers']>().returns.resolves.toEqualTypeOf<
      OktaPage<OktaUser>
    >();
    expectTypeOf<OktaApi['groups']['create']>().returns.resolves.toEqualTypeOf<OktaGroupDetail>();
    expectTypeOf<OktaApi['users']['read']>().toBeCallableWith();
    expectTypeOf<OktaApi['org']['read']>().toBeCallableWith();
    expectTypeOf<OktaApi['users']['expirePassword']>().toBeCallableWith(
      { userId: '' },
      { reason: '' },
    );
    expectTypeOf<OktaApi>().not.toHaveProperty('sessions');
    expectTypeOf<OktaApi['users']>().not.toHaveProperty('delete');
    expectTypeOf<OktaApi['users']>().not.toHaveProperty('read_detail');
    expectTypeOf<Parameters<OktaApi['policies']['read']>[0]>().not.toEqualTypeOf<undefined>();
    // @ts-expect-error a user is needed
    expectTypeOf<OktaApi['users']['suspend']>().toBeCallableWith();
    // @ts-expect-error a type is needed
    expectTypeOf<OktaApi['policies']['read']>().toBeCallableWith({});
  });
});
