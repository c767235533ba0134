import { afterEach, describe, expect, it } from 'vitest';
import { parseFactors } from '../../src/connectors/okta/projections/enrolled.ts';
import { oktaRefusal } from '../../src/connectors/okta/refusals.ts';
import { context, harness } from '../unit/connectors/support/harness.ts';
import { readReference, recordedPairs } from '../support/reference.ts';
import { serverPool } from '../unit/connectors/support/server.ts';
import type { RecordedPair } from '../support/reference.ts';
import type { Connectors } from '../../src/connectors/types.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const lastId = (path: string, after: string): string => path.split(after)[1]?.split('/')[0] ?? '';

/** How each recorded read is asked for through the connector. */
const CALLS: Record<string, (okta: Connectors['okta'], path: string) => Promise<{ output: unknown }>> = {
  'users:read': (okta) => okta('users:read', { statuses: ['ACTIVE'] }, context()),
  'users:read_detail': (okta, path) => okta('users:read_detail', { userId: lastId(path, '/users/') }, context()),
  'groups:read': (okta) => okta('groups:read', {}, context()),
  'groups:read_detail': (okta, path) => okta('groups:read_detail', { groupId: lastId(path, '/groups/') }, context()),
  'groups:read_members': (okta, path) => okta('groups:read_members', { groupId: lastId(path, '/groups/') }, context()),
};

const exchanges = recordedPairs();
const callable = exchanges.filter(
  ({ operation, response }) => Object.hasOwn(CALLS, operation) && response.status === 200,
);

/** The recorded answer, with its links made to lead to where it is served from now. */
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

describe('answers recorded from real organisations', () => {
  it('are there', () => {
    expect(new Set(callable.map(({ operation }) => operation))).toEqual(new Set(Object.keys(CALLS)));
  });

  it.each(callable)('$name passes through the connector', async (exchange) => {
    const server = await servers.start(() => replay(exchange, server.origin));
    const { connectors } = harness(server.origin);
    const { output } = (await CALLS[exchange.operation]?.(connectors.okta, exchange.request.path)) ?? {};
    const bodies = [exchange.response.body].flat() as { id: string }[];
    const items = (output as { items?: { id: string }[] }).items ?? [output as { id: string }];
    expect(items.map(({ id }) => id)).toEqual(bodies.map(({ id }) => id));
  });

  it('of factors lose everything but id, type, provider and status', () => {
    const factors = exchanges
      .filter(({ operation }) => operation.endsWith('_factor'))
      .map(({ response }) => response.body);
    expect(factors.length).toBeGreaterThan(0);
    const parsed = parseFactors(factors);
    expect(parsed.every((factor) => Object.keys(factor).sort().join() === 'id,provider,status,type')).toBe(true);
  });

  it('that are refusals are read with their code', () => {
    const refusals = exchanges.filter(({ response }) => response.status >= 400);
    expect(refusals.length).toBeGreaterThan(0);
    for (const { response } of refusals) {
      const answer = { status: response.status, headers: new Headers(), text: '' };
      expect(oktaRefusal(answer, response.body)?.vendorCode).toMatch(/^E\d{7}$/);
    }
  });
});

describe('factor examples of the specification', () => {
  const examples = readReference<Record<string, unknown>>('okta', 'spec-factor-examples.json');
  const factors = Object.entries(examples)
    .flatMap(([name, value]) => [value].flat().map((factor) => ({ name, factor: factor as Record<string, unknown> })))
    .filter(({ factor }) => typeof factor['id'] === 'string' && typeof factor['factorType'] === 'string');

  it.each(factors)('$name passes through the projection', ({ factor }) => {
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
