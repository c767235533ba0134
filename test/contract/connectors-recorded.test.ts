import { afterEach, describe, expect } from 'vitest';
import { parseFactors } from '../../src/connectors/okta/projections/enrolments.ts';
import { oktaRefusal } from '../../src/connectors/okta/refusals.ts';
import { context, harness, policy } from '../unit/connectors/support/harness.ts';
import { itWithReference, readReference, recordedPairs } from '../support/reference.ts';
import { serverPool } from '../unit/connectors/support/server.ts';
import type { RecordedPair } from '../support/reference.ts';
import type { PolicyBundle } from '../../src/governance/types.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const lastId = (path: string, after: string): string => path.split(after)[1]?.split('/')[0] ?? '';

const idIn = ({ request }: RecordedPair, after: string): string => lastId(request.path, after);
const user = (pair: RecordedPair) => ({ userId: idIn(pair, '/users/') });
const group = (pair: RecordedPair) => ({ groupId: idIn(pair, '/groups/') });
const app = (pair: RecordedPair) => ({ appId: idIn(pair, '/apps/') });
const member = (pair: RecordedPair) => ({ ...group(pair), ...user(pair) });
const profile = { login: 'x@y.example', email: 'x@y.example' };
const typeIn = ({ request }: RecordedPair) => new URLSearchParams(request.query).get('type');

/**
 * How each recorded call is made through the connector; recordings beyond the thirty have their own
 * names.
 */
const CALLS: Record<string, (pair: RecordedPair) => [operation: string, input: object]> = {
  'users:read': () => ['users:read', {}],
  'users:read_detail': (pair) => ['users:read_detail', user(pair)],
  'users:create': () => ['users:create', { profile }],
  'users:update': (pair) => ['users:update', { ...user(pair), mode: 'replace', profile }],
  'users:activate': (pair) => ['users:activate', user(pair)],
  'users:deactivate': (pair) => ['users:deactivate', user(pair)],
  'groups:read': () => ['groups:read', {}],
  'groups:read_detail': (pair) => ['groups:read_detail', group(pair)],
  'groups:read_members': (pair) => ['groups:read_members', group(pair)],
  'groups:create': () => ['groups:create', { name: 'x' }],
  'groups:update': (pair) => ['groups:update', { ...group(pair), name: 'x' }],
  'groups:delete': (pair) => ['groups:delete', group(pair)],
  'groups:add_member': (pair) => ['groups:add_member', member(pair)],
  'groups:remove_member': (pair) => ['groups:remove_member', member(pair)],
  'apps:read': () => ['apps:read', {}],
  'apps:read_detail': (pair) => ['apps:read_detail', app(pair)],
  'apps:remove_user': (pair) => ['apps:remove_user', { ...app(pair), ...user(pair) }],
  'authz:read': () => ['authz:read', {}],
  'authz:read_policies': (pair) => [
    'authz:read_policies',
    { authServerId: idIn(pair, '/authorizationServers/') },
  ],
  'policies:read': (pair) => ['policies:read', { type: typeIn(pair) }],
  'policies:read_rules': (pair) => ['policies:read_rules', { policyId: idIn(pair, '/policies/') }],
  'domains:read': () => ['domains:read', {}],
  'x:app_users': (pair) => ['apps:read_users', app(pair)],
  'x:assign_user_post': (pair) => [
    'apps:assign_user',
    { ...app(pair), userId: (pair.response.body as { id: string }).id },
  ],
  'x:user_groups': (pair) => ['users:read_groups', user(pair)],
  'x:user_roles': (pair) => ['users:read_roles', user(pair)],
};
/** Recordings of calls that no operation makes. */
const NOT_OURS = ['x:enroll_factor', 'x:get_factor'];

const callable = (): RecordedPair[] =>
  recordedPairs().filter(
    ({ operation, response }) => Object.hasOwn(CALLS, operation) && response.status < 300,
  );
const everything: PolicyBundle = {
  ok: true,
  digest: 'e'.repeat(64),
  policies: [policy({ connector: 'okta', operations: ['*:*'], riskMax: 'CRITICAL' })],
};

/** The recorded response, with its links rewritten to the test server. */
const replay = ({ response }: RecordedPair, origin: string) => ({
  status: response.status,
  json: response.body,
  headers: Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      [value].flat().map((one) => one.replaceAll(/https:\/\/[\w.-]+/g, origin)),
    ]),
  ),
});

const itemsOf = (output: unknown): unknown[] => {
  if (output === null) return [];
  return Array.isArray(output) ? output : ((output as { items?: unknown[] }).items ?? [output]);
};
const idsOf = (items: readonly unknown[]): unknown[] =>
  items.map((item) => (item as { id: unknown }).id);

/** The items of a recorded response; none for life-cycle calls, which have no body. */
function recordedItems({ response }: RecordedPair): unknown[] {
  const body = response.body as { id?: string; domains?: unknown[] } | unknown[] | null;
  if (body === null) return [];
  if (Array.isArray(body)) return body;
  return body.domains ?? (body.id === undefined ? [] : [body]);
}

describe('responses recorded from real organisations', () => {
  itWithReference('are available', () => {
    expect(new Set(recordedPairs().map(({ operation }) => operation))).toEqual(
      new Set([...Object.keys(CALLS), ...NOT_OURS]),
    );
    expect(callable().length).toBeGreaterThan(50);
  });

  itWithReference.for(callable)('$name passes through the connector', async (exchange) => {
    const server = await servers.start(() => replay(exchange, server.origin));
    const { connectors, journal } = harness(server.origin, {
      bundle: () => everything,
      grants: { useUp: () => Promise.resolve(true) },
    });
    const [operation, input] = CALLS[exchange.operation]?.(exchange) ?? ['', {}];
    const grant = { requestId: 'req-1' };
    const { output } = await connectors.okta(operation, input as never, context({ grant }));
    expect(journal.kinds.at(-1)).toBe('action.succeeded');
    expect(idsOf(itemsOf(output))).toEqual(idsOf(recordedItems(exchange)));
    const [seen] = server.seen;
    const { method, path } = exchange.request;
    expect([seen?.method, seen?.path]).toEqual([method, path]);
  });

  itWithReference('of factors keep only id, type, provider and status', () => {
    const factors = recordedPairs()
      .filter(({ operation }) => operation.endsWith('_factor'))
      .map(({ response }) => response.body);
    expect(factors.length).toBeGreaterThan(0);
    const parsed = parseFactors(factors);
    expect(
      parsed.every((factor) => Object.keys(factor).sort().join() === 'id,provider,status,type'),
    ).toBe(true);
  });

  itWithReference('that are refusals are reported with their code', () => {
    const refusals = recordedPairs().filter(({ response }) => response.status >= 400);
    expect(refusals.length).toBeGreaterThan(0);
    for (const { response } of refusals) {
      const answer = { status: response.status, headers: new Headers(), text: '' };
      expect(oktaRefusal(answer, response.body, '')?.vendorCode).toMatch(/^E\d{7}$/);
    }
  });
});

describe('factor examples of the specification', () => {
  const factors = () =>
    Object.entries(readReference<Record<string, unknown>>('okta', 'spec-factor-examples.json'))
      .flatMap(([name, value]) =>
        [value].flat().map((factor) => ({ name, factor: factor as Record<string, unknown> })),
      )
      .filter(
        ({ factor }) =>
          typeof factor['id'] === 'string' && typeof factor['factorType'] === 'string',
      );

  itWithReference.for(factors)('$name passes through the projection', ({ factor }) => {
    expect(parseFactors([factor])).toEqual([
      {
        id: factor['id'],
        type: factor['factorType'],
        provider: factor['provider'] ?? null,
        status: factor['status'] ?? null,
      },
    ]);
  });
});
