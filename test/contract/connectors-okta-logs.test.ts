import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emulatorControl } from '../../emulators/client.ts';
import { startEmulators } from '../../emulators/start.ts';
import { emulatedHarness } from '../unit/connectors/support/emulated.ts';
import { context, failureOf, harness } from '../unit/connectors/support/harness.ts';
import { startServer } from '../unit/connectors/support/server.ts';
import type { LogEntry } from '../../src/twin/events/types.ts';
import type { RunningEmulators } from '../../emulators/start.ts';

const EVENTS = 10_000;
const WINDOW = { since: '2026-01-05T00:00:00.000Z', until: '2026-01-06T00:00:00.000Z' };
const CANARY = 'canary-4242';

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  const from = Date.parse(WINDOW.since);
  for (let n = 0; n < EVENTS; n += 1) {
    emulators.okta.log.add({
      eventType: 'user.session.start',
      published: new Date(from + n * 1000).toISOString(),
      displayMessage: CANARY,
      outcome: {
        result: 'FAILURE',
        reason: n % 2 === 0 ? 'INVALID_CREDENTIALS' : `Called ${CANARY}`,
      },
      actor: {
        id: `00u${n}`,
        type: 'User',
        alternateId: `u${n}@logs.example`,
        displayName: CANARY,
      },
      targets: [
        {
          id: `sms${n}`,
          type: 'AuthenticatorEnrollment',
          alternateId: CANARY,
          displayName: CANARY,
        },
      ],
    });
  }
});
afterAll(() => emulators.close());

describe('the System Log through the connector', () => {
  it('is read completely, page by page, with listed fields only', async () => {
    const { connectors, journal } = emulatedHarness(emulators.document);
    const found: LogEntry[] = [];
    let after: string | null = null;
    do {
      const { output }: { output: { items: LogEntry[]; next: string | null } } =
        await connectors.okta('logs:read', { ...WINDOW, after }, context());
      found.push(...output.items);
      after = output.next;
    } while (after !== null);
    expect(new Set(found.map(({ uuid }) => uuid)).size).toBe(EVENTS);
    expect(journal.kinds).toHaveLength(EVENTS / 1000);
    expect(found[0]).toEqual({
      uuid: expect.any(String),
      published: WINDOW.since,
      eventType: 'user.session.start',
      severity: 'INFO',
      outcome: 'FAILURE',
      reason: 'INVALID_CREDENTIALS',
      actor: { id: '00u0', type: 'User', login: 'u0@logs.example' },
      targets: [{ id: 'sms0', type: 'AuthenticatorEnrollment', login: null }],
      ipAddress: '198.51.100.7',
      country: 'Netherlands',
      isProxy: null,
      behaviors: [],
      apps: [],
      idps: [],
    });
    expect(JSON.stringify([found, journal.drafts])).not.toContain(CANARY);
  });

  it('accepts a response of ten thousand entries', async () => {
    const server = await startServer(() => ({ json: emulators.okta.log.events }));
    const { connectors } = harness(server.origin);
    const { output } = await connectors.okta('logs:read', WINDOW, context());
    expect(output.items).toHaveLength(EVENTS);
    await server.close();
  });

  it('is read with the fields that rules use, and without malformed entries', async () => {
    const log = await startEmulators({ profile: 'empty', rateLimit: 0 });
    const control = emulatorControl(log.document.control);
    const app = {
      id: '0oaAdmin',
      type: 'AppInstance',
      alternateId: 'Okta Admin Console',
      displayName: 'Okta Admin Console',
    };
    const provider = {
      id: '0oaIdp',
      type: 'IdentityProvider',
      alternateId: 'unknown idp',
      displayName: 'Partner',
    };
    const behaviors = '{New Geo-Location=NEGATIVE, New Device=POSITIVE, New IP=POSITIVE}';
    const data = JSON.stringify({
      behaviors: { 'New City': 'POSITIVE', Velocity: 'NEGATIVE' },
      risk: CANARY,
    });
    await control.addLogEvents([
      {
        eventType: 'policy.evaluate_sign_on',
        outcome: {
          result: 'FAILURE',
          reason: 'Sent a code to +31 20 5550100, canary-4242 (jane@logs.example).',
        },
        targets: [app, provider],
        more: {
          securityContext: { isProxy: true, isp: CANARY },
          authenticationContext: {
            issuer: { id: '0oaIssuer', type: 'SAML2' },
            externalSessionId: CANARY,
          },
          debugContext: { debugData: { behaviors, logOnlySecurityData: data, url: CANARY } },
        },
      },
      ...[null, 42, 'text', {}, { uuid: 'u1' }, { uuid: 'u2', eventType: 'x', published: 7 }].map(
        (raw) => ({
          eventType: 'malformed',
          raw,
        }),
      ),
      {
        eventType: 'user.authentication.auth_via_mfa',
        outcome: { result: 'FAILURE', reason: 'no_matching_scope' },
      },
    ]);
    const { connectors } = emulatedHarness(log.document);
    const { output } = await connectors.okta('logs:read', {}, context());
    await log.close();
    expect(output.malformed).toBe(6);
    expect(output.items).toMatchObject([
      {
        reason: 'Sent a code to … … … … …',
        isProxy: true,
        behaviors: ['New Device', 'New IP', 'New City'],
        apps: ['Okta Admin Console'],
        idps: ['0oaIssuer', '0oaIdp', 'Partner', 'unknown idp'],
      },
      { reason: 'no_matching_scope', isProxy: null, behaviors: [] },
    ]);
    expect(JSON.stringify(output)).not.toContain(CANARY);
  });

  it('keeps its cursor while no entries arrive', async () => {
    const { connectors } = emulatedHarness(emulators.document);
    const read = async (after: string | null) =>
      (await connectors.okta('logs:read', { since: new Date().toISOString(), after }, context()))
        .output;
    const { next } = await read(null);
    expect(next).not.toBeNull();
    expect(await read(next)).toEqual({ items: [], malformed: 0, unreadable: [], next });
    const event = emulators.okta.log.add({ eventType: 'user.session.end' });
    expect((await read(next)).items).toMatchObject([{ uuid: event.uuid }]);
  });

  it('ends at a next link that repeats itself', async () => {
    const server = await startServer(() => ({
      json: [],
      headers: { link: `<${server.origin}/api/v1/logs?after=same>; rel="next"` },
    }));
    const { connectors } = harness(server.origin);
    const error = await failureOf(
      connectors.okta('logs:read', { ...WINDOW, after: 'same' }, context()),
    );
    expect(error).toMatchObject({ fields: { code: 'malformed', ambiguous: false } });
    await server.close();
  });
});

describe('lists that Okta returns in one response', () => {
  it('are refused if they have a next page after all', async () => {
    const userId = '00uAAAAAAAAAAAAAAAAA';
    const server = await startServer(({ path }) => ({
      json: [],
      headers: { link: `<${server.origin}${path}?after=p2>; rel="next"` },
    }));
    const { connectors } = harness(server.origin);
    for (const operation of [
      'users:read_factors',
      'users:read_roles',
      'users:read_apps',
    ] as const) {
      const error = await failureOf(connectors.okta(operation, { userId }, context()));
      expect(error).toMatchObject({ fields: { code: 'malformed' } });
    }
    await server.close();
  });

  it('of administrators follow the link in their body, and never to another host', async () => {
    const links: Record<string, string> = {
      '': '/api/v1/iam/assignees/users?after=p2',
      p2: 'http://foreign.invalid/api/v1/iam/assignees/users?after=p3',
    };
    const server = await startServer(({ query }) => ({
      json: {
        value: [{ id: '00uAAAAAAAAAAAAAAAAA' }],
        _links: {
          next: { href: new URL(links[query.get('after') ?? ''] ?? '', server.origin).href },
        },
      },
    }));
    const { connectors } = harness(server.origin);
    const { output } = await connectors.okta('iam:read_assignees', {}, context());
    expect(output).toEqual({ items: [{ id: '00uAAAAAAAAAAAAAAAAA', orn: null }], next: 'p2' });
    const error = await failureOf(
      connectors.okta('iam:read_assignees', { after: 'p2' }, context()),
    );
    expect(error).toMatchObject({ fields: { code: 'malformed' } });
    await server.close();
  });
});
