import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import type { ResourceSet } from '../../../../src/flows/types.ts';
import { describeOnStores } from '../../../support/stores.ts';
import { policy } from '../../connectors/support/harness.ts';
import {
  account,
  ADD,
  ask,
  created,
  createTestFlowService,
  DISABLE,
  event,
  FLOWS,
  key,
  NOW,
  person,
  populate,
  refusedWith,
  ROUTES,
  SETS,
  SUSPEND,
  told,
} from './support.ts';

let emulators: RunningEmulators;
let ids: ReturnType<typeof populate>;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  ids = populate(emulators);
});
afterAll(() => emulators.close());
beforeEach(() => emulators.faults.clear());

describeOnStores('an event', ({ fresh, again }) => {
  it('delivered a hundred times at once, to two processes, has one run', async () => {
    const first = await fresh();
    const services = [
      createTestFlowService(emulators, first),
      createTestFlowService(emulators, await again()),
    ];
    const same = event();
    const opened = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        services[n % 2]!.admit(ask(key('soc'), { event: same, checkAge: true })),
      ),
    );
    expect(opened.filter((one) => one.created)).toHaveLength(1);
    expect(new Set(opened.map(({ record }) => record.run)).size).toBe(1);
    expect(opened[0]?.record).toMatchObject({
      flow: SUSPEND,
      state: 'open',
      outcome: null,
      parent: null,
      undoes: null,
    });
    expect(opened[0]?.record.workflowId).toBe(`delegated-flow/${opened[0]?.record.run}`);
    expect(await told(first)).toHaveLength(1);
    // For any requester and any kind of request.
    const once = await services[0]!.admit(
      ask(person('ann'), { event: same, flow: SUSPEND.toUpperCase() }),
    );
    expect(once).toEqual({ record: opened[0]?.record, created: false });
  });

  it('whose id was used with other content or inputs is refused, also at the same time', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const one = event({ issueTitle: 'No MFA - Account' });
    const opened = await service.admit(ask(key('soc'), { event: one, inputs: { group: '00g1' } }));
    expect(opened.record.inputs).toEqual({ group: '00g1' });
    const others = [
      { event: { ...one, entityIdInService: '00k2' }, inputs: { group: '00g1' } },
      { event: { ...one, issueTitle: 'Unused Admin Account' } },
      { event: one, inputs: { group: '00g2' } },
      { event: one },
    ];
    for (const other of others)
      expect(await refusedWith(service.admit(ask(key('soc'), other)))).toBe('conflict');
    const id = 'used-by-many';
    const racing = Array.from({ length: 20 }, (_, n) =>
      event({ eventId: id, entityIdInService: `00k${n}` }),
    );
    const raced = await Promise.allSettled(
      racing.map((race) => service.admit(ask(key('soc'), { event: race }))),
    );
    expect(raced.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store.flows.list({ eventId: id, limit: 10 })).toHaveLength(1);
    const kinds = (await told(store)).map(([kind]) => kind);
    expect(kinds.filter((kind) => kind === 'flow.opened')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'flow.refused')).toHaveLength(4 + 19);
  });

  it('of a dry run does not consume its id', async () => {
    const service = createTestFlowService(emulators, await fresh());
    const same = event();
    const dry = [
      await service.admit(ask(person('ann'), { event: same, dryRun: true })),
      await service.admit(
        ask(person('ann'), { event: { ...same, issueSeverity: 'Low' }, dryRun: true }),
      ),
    ];
    expect(dry.map(({ created: isNew, record }) => [isNew, record.dryRun])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(await service.admit(ask(person('ann'), { event: same }))).toMatchObject({
      created: true,
    });
    const own = { event: same, dryRun: true, idempotencyKey: 'typed-in/1' };
    const [typed, repeated] = [
      await service.admit(ask(person('ann'), own)),
      await service.admit(ask(person('ann'), own)),
    ];
    expect(repeated).toEqual({ record: typed.record, created: false });
    expect(typed.record.workflowId).toBe(`delegated-flow/${typed.record.run}`);
  });

  it('of a foreign tenant, another product or another day is a denied run, and does not consume its id', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const one = event();
    const denied = async (over: object, more: object = {}) => {
      const { record } = await service.admit(
        ask(key('soc'), { event: { ...one, ...over }, ...more }),
      );
      return [record.outcome, record.code, record.state, record.finishedAt];
    };
    const foreign = { entitySourceProductTenant: 'other.okta.com' };
    expect(await denied(foreign)).toEqual(['denied', 'foreign_tenant', 'ended', NOW]);
    expect(await denied(foreign)).toEqual(['denied', 'foreign_tenant', 'ended', NOW]);
    const azure = { entitySourceProductName: 'AAD', entitySourceProductTenant: 'contoso.example' };
    expect((await denied(azure, { flow: SUSPEND }))[1]).toBe('wrong_product');
    expect((await denied({ ...azure, entitySourceProductTenant: 'fabrikam.example' }))[1]).toBe(
      'foreign_tenant',
    );
    const late = { eventTimestamp: '2026-11-21T07:59:00Z' };
    expect((await denied(late, { checkAge: true }))[1]).toBe('stale_event');
    expect((await denied({ eventTimestamp: '2027-01-01T00:00:00Z' }, { checkAge: true }))[1]).toBe(
      'stale_event',
    );
    const runs = await store.flows.list({ eventId: String(one['eventId']), limit: 10 });
    expect(runs).toHaveLength(5);
    // A refusal on arrival does not block the correct event.
    const { record, created: isNew } = await service.admit(
      ask(person('ann'), { event: { ...one, ...late } }),
    );
    expect([isNew, record.outcome]).toEqual([true, null]);
    const after = await service.admit(
      ask(key('soc'), { event: { ...one, ...late }, checkAge: true }),
    );
    expect(after).toEqual({ record, created: false });
    const closed = (await told(store))
      .filter(([kind]) => kind === 'flow.closed')
      .map(([, outcome]) => outcome);
    expect(closed).toContainEqual({ outcome: 'denied', code: 'stale_event' });
  });

  it('without a route is an unrouted run; an OAuth grant is left to people', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const unrouted = {
      outcome: 'unrouted',
      code: 'no_route',
      flow: null,
      version: null,
      state: 'ended',
    };
    const strange = event({ issueTitle: 'Something new' });
    expect(await service.admit(ask(key('soc'), { event: strange }))).toMatchObject({
      record: unrouted,
      created: true,
    });
    expect(await service.admit(ask(key('soc'), { event: strange }))).toMatchObject({
      record: unrouted,
      created: false,
    });
    const other = event({ entitySourceProductName: 'GitHub', entitySourceProductTenant: 'acme' });
    expect((await service.admit(ask(key('soc'), { event: other }))).record).toMatchObject(unrouted);
    const grant = await service.admit(ask(key('soc'), { event: created('OAuth Grant') }));
    expect(grant.record).toMatchObject({
      outcome: 'manual',
      code: 'oauth_grant',
      flow: null,
      state: 'ended',
    });
    // Once there is a route, the same event uses it.
    const titles = ['Something new'];
    const routes = [...ROUTES, { product: 'Okta', titles, flow: SUSPEND, inputs: {} }];
    const routed = await createTestFlowService(emulators, store, { flowConfig: { routes } }).admit(
      ask(key('soc'), { event: strange }),
    );
    expect(routed).toMatchObject({ created: true, record: { flow: SUSPEND, outcome: null } });
  });

  it('that is malformed, or lacks an input, is refused with the field and without a run', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const wrong: [field: string | undefined, asked: object][] = [
      ['eventId', { event: event({ eventId: '' }) }],
      ['eventTimestamp', { event: event({ eventTimestamp: 'yesterday' }) }],
      [undefined, { event: ['no', 'event'] }],
      ['additionalDataLastLogin', { event: event({ additionalDataLastLogin: '31/12/2025' }) }],
      ['inputs.group', { event: event(), flow: ADD }],
      ['inputs.account', { event: event(), inputs: { account: '00k9' } }],
      ['inputs.who', { event: event(), inputs: { who: 'x' } }],
      [
        'inputs',
        {
          event: created('Person', [account('Okta', 'example.okta.com', '00k1')]),
          inputs: { who: 'x' },
        },
      ],
    ];
    for (const [field, asked] of wrong) {
      await expect(service.admit(ask(key('soc'), asked))).rejects.toMatchObject({
        code: 'malformed',
        field,
      });
    }
    expect(await store.flows.list({ limit: 10 })).toEqual([]);
    expect(await told(store)).toEqual(wrong.map(() => ['flow.refused', { code: 'malformed' }]));
  });

  it('has the inputs of its row, overridden by those of the requester', async () => {
    const service = createTestFlowService(emulators, await fresh());
    const noMfa = () => event({ issueTitle: ' no  mfa - ACCOUNT ' });
    const inputs = async (more: object) =>
      (await service.admit(ask(key('soc'), { event: noMfa(), ...more }))).record.inputs;
    expect(await inputs({})).toEqual({ group: '00gMFA00000000000000' });
    expect(await inputs({ flow: ADD })).toEqual({ group: '00gMFA00000000000000' });
    expect(await inputs({ inputs: { group: '00g1' } })).toEqual({ group: '00g1' });
  });

  it('for a disabled flow is refused, unless it already has a run', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const before = event();
    await service.admit(ask(key('soc'), { event: before }));
    await store.flowSettings.switch(null, SUSPEND, false);
    expect(await refusedWith(service.admit(ask(key('soc'))))).toBe('disabled');
    expect(
      await refusedWith(service.admit(ask(person('ann'), { flow: SUSPEND, dryRun: true }))),
    ).toBe('disabled');
    expect(await service.admit(ask(key('soc'), { event: before }))).toMatchObject({
      created: false,
    });
    await store.flowSettings.switch(null, SUSPEND, true);
    expect(await service.admit(ask(key('soc')))).toMatchObject({ created: true });
    // The routing flow itself.
    await store.flowSettings.switch(null, 'Event Hook', false);
    expect(await refusedWith(service.admit(ask(key('soc'))))).toBe('disabled');
    expect(await refusedWith(service.admit(ask(person('ann'), { flow: 'Event Hook' })))).toBe(
      'disabled',
    );
    expect(await service.admit(ask(person('ann')))).toMatchObject({ created: true });
  });
});

describeOnStores('permissions', ({ fresh }) => {
  const MATRIX: [who: string, flow: string, expected: 'run' | 'forbidden' | 'not_found'][] = [
    ['ann', SUSPEND, 'run'],
    ['ANN', SUSPEND, 'run'],
    ['ann', ADD, 'run'],
    ['bo', SUSPEND, 'run'],
    ['bo', ADD, 'not_found'],
    ['vic', SUSPEND, 'forbidden'],
    ['vic', DISABLE, 'not_found'],
    ['out', SUSPEND, 'not_found'],
    ['sue', SUSPEND, 'not_found'],
    ['nobody', SUSPEND, 'not_found'],
  ];

  it('of people are those of the sets that name them or their groups', async () => {
    const service = createTestFlowService(emulators, await fresh());
    for (const [who, flow, expected] of MATRIX) {
      const inputs: Record<string, string> = flow === ADD ? { group: '00g1' } : {};
      const run = service
        .admit(ask(person(who), { flow, inputs }))
        .then(({ record }) => record.flow);
      const shown = service.show(person(who), flow).then(({ permissions }) => permissions);
      const [ran, seen] = await Promise.allSettled([run, shown]);
      const answers = [ran, seen].map((one) =>
        one.status === 'fulfilled' ? one.value : (one.reason as { code: unknown }).code,
      );
      const wanted = {
        run: [flow, ['view', 'run']],
        forbidden: ['forbidden', ['view']],
        not_found: ['not_found', 'not_found'],
      };
      expect(answers, `${who} on ${flow}`).toEqual(wanted[expected]);
    }
  });

  it('apply to services by the name of their key, and to no unauthenticated requester', async () => {
    const service = createTestFlowService(emulators, await fresh());
    const names = async (requester: Parameters<typeof ask>[0]) =>
      (await service.list(requester)).map(({ flow }) => flow.name);
    expect(await names(key('soc'))).toEqual(FLOWS.map(({ name }) => name));
    expect((await names(key('reader'))).toSorted()).toEqual([ADD, SUSPEND].toSorted());
    expect(await names(key('SOC'))).toEqual([]);
    expect(await refusedWith(service.admit(ask(key('reader'))))).toBe('forbidden');
    expect(await refusedWith(service.admit(ask(key('other'))))).toBe('not_found');
    const unproven = {
      principal: 'user:ann@example.com',
      authenticatedBy: 'none',
      surface: 'api',
    } as const;
    expect(await names(unproven)).toEqual([]);
    expect(await names({ ...unproven, surface: 'workflow' })).toHaveLength(FLOWS.length);
    expect(await names({ ...unproven, principal: 'user:anonymous', surface: 'workflow' })).toEqual(
      [],
    );
    expect(await names({ ...unproven, principal: 'user:soc', authenticatedBy: 'key' })).toEqual([]);
  });

  it('identify a user by login or id, recorded in the spelling of Okta', async () => {
    const service = createTestFlowService(emulators, await fresh());
    const requester = { ...person('ann'), principal: `user:${ids.ann}` };
    const { record } = await service.admit(ask(requester));
    expect(record.caller).toEqual({ ...person('ann'), personId: ids.ann });
  });

  it('are not guessed if Okta cannot be read, or a second group has the name', async () => {
    const store = await fresh();
    const readers = policy({ connector: 'okta', operations: ['users:read'] });
    const bundle = () => ({ ok: true as const, digest: 'd'.repeat(64), policies: [readers] });
    const blind = createTestFlowService(emulators, store, { connectors: { bundle } });
    const refused = blind.admit(ask(person('ann')));
    await expect(refused).rejects.toMatchObject({
      name: 'RequesterUnreadableError',
      code: 'asker_unreadable',
    });
    expect(await refusedWith(blind.list(person('ann')))).toBe('asker_unreadable');
    expect(await blind.list(key('soc'))).toHaveLength(FLOWS.length);
    const own = await startEmulators({ profile: 'empty', rateLimit: 0 });
    populate(own);
    expect(await createTestFlowService(own, store).list(person('bo'))).toHaveLength(1);
    own.okta.addGroup({ name: 'SOC', type: 'APP_GROUP' });
    expect(await createTestFlowService(own, store).list(person('bo'))).toEqual([]);
    await own.close();
  });

  it('mean the group that had the name first, or the one that is named by id', async () => {
    const store = await fresh();
    const own = await startEmulators({ profile: 'empty', rateLimit: 0 });
    const { bo } = populate(own);
    expect(await createTestFlowService(own, store).list(person('bo'))).toHaveLength(1);
    own.okta.groupNamed('SOC')!.name = 'Former SOC';
    const other = own.okta.addGroup({ name: 'SOC' });
    other.members?.add(bo);
    expect(await createTestFlowService(own, store).list(person('bo'))).toEqual([]);
    const sets = SETS.map((set) => ({ ...set, members: [`group:${other.id}`] }));
    const byId = createTestFlowService(own, await fresh(), { flowConfig: { sets } });
    expect(await byId.list(person('bo'))).toHaveLength(FLOWS.length);
    await own.close();
  });

  it('hold through one group although the name of another cannot be read', async () => {
    const own = await startEmulators({ profile: 'empty', rateLimit: 0 });
    const { bo } = populate(own);
    own.okta.addGroup({ name: 'Night Shift', members: [bo] });
    const night: ResourceSet = {
      name: 'Night',
      flows: [ADD],
      members: ['group:Night Shift'],
      permissions: ['run'],
    };
    const sets = [...SETS, night];
    const nights = { vendor: 'okta', pathPattern: 'groups\\?.*Night', kind: 'status' } as const;
    own.faults.add({ ...nights, status: 403 });
    const service = createTestFlowService(own, await fresh(), { flowConfig: { sets } });
    expect(await service.list(person('bo'))).toHaveLength(1);
    own.okta.groupNamed('SOC')!.members!.delete(bo);
    const later = createTestFlowService(own, await fresh(), { flowConfig: { sets } });
    expect(await refusedWith(later.list(person('bo')))).toBe('asker_unreadable');
    await own.close();
  });

  it('through a group are cached for half a minute', async () => {
    let now = Date.parse(NOW);
    const service = createTestFlowService(emulators, await fresh(), { now: () => new Date(now) });
    const calls = (): number => emulators.log.entries.length;
    await service.list(person('bo'));
    const before = calls();
    now += 29_000;
    await service.list(person('bo'));
    expect(calls()).toBe(before);
    now += 2_000;
    await service.list(person('bo'));
    expect(calls()).toBeGreaterThan(before);
  });

  it('for an event without a route: any permission to run suffices', async () => {
    const service = createTestFlowService(emulators, await fresh());
    const strange = () => event({ issueTitle: 'Something new' });
    expect((await service.admit(ask(person('bo'), { event: strange() }))).record.outcome).toBe(
      'unrouted',
    );
    expect(await refusedWith(service.admit(ask(person('vic'), { event: strange() })))).toBe(
      'forbidden',
    );
    expect(await refusedWith(service.admit(ask(person('nobody'), { event: strange() })))).toBe(
      'not_found',
    );
    const noMfa = event({ issueTitle: 'No MFA - Account' });
    expect(await refusedWith(service.admit(ask(person('bo'), { event: noMfa })))).toBe('not_found');
    expect(await refusedWith(service.admit(ask(person('vic'), { event: {} })))).toBe('forbidden');
  });
});

describe('the assumptions of these tests', () => {
  it('are shipped flows and sets that name them', () => {
    expect(FLOWS).toHaveLength(9);
    const names = new Set([...FLOWS.map(({ name }) => name), '*']);
    expect(SETS.flatMap(({ flows }) => flows).filter((name) => !names.has(name))).toEqual([]);
  });
});
