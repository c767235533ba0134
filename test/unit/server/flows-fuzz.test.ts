import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { migratedDatabase } from '../../support/postgres.ts';
import { assertProperty } from '../../support/properties.ts';
import { populate } from '../services/flows/support.ts';
import { created, ON_DEMAND } from '../flows/events.ts';
import { serveFlows, told } from './flows-support.ts';
import type { Told } from './flows-support.ts';

let emulators: RunningEmulators;
let store: Store;
let server: Awaited<ReturnType<typeof serveFlows>>;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  populate(emulators);
  const database = await migratedDatabase();
  store = await openStore({ databaseUrl: database.databaseUrl });
  server = await serveFlows(emulators, store);
  closing.push(
    () => emulators.close(),
    () => store.close(),
    () => database.close(),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
});

let serial = 0;
/** The documented event of 22 fields, sent a minute ago, with a new id. */
const flat = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...ON_DEMAND,
  eventId: `fuzz-${(serial += 1)}`,
  eventTimestamp: '2026-11-22T07:59:00Z',
  ...over,
});
const send = (event: unknown): Promise<[number, Told]> => told(server.send(event));

const FIELDS = Object.keys(ON_DEMAND);
const REQUIRED = [
  ...[
    'eventId',
    'eventTimestamp',
    'eventSource',
    'eventType',
    'issueId',
    'issueTitle',
    'entityIdInService',
  ],
  ...['entityType', 'entitySourceProductName', 'entitySourceProductTenant'],
];
const MARK = 'hostile9f2c';
const WRONG: [name: string, value: unknown][] = [
  ['a number', 42],
  ['a boolean', true],
  ['a list', [MARK]],
  ['an object', { toString: MARK }],
  ['too long a text', MARK.repeat(1_000)],
  ['a NUL', `${MARK}\0`],
  ['a control character', `${MARK}\u001b[31m`],
  ['half a surrogate pair', `${MARK}\ud800`],
];

describe('each of the 22 fields of an event', () => {
  it('is one of 22', () => expect(FIELDS).toHaveLength(22));

  it.each(FIELDS)(
    '%s: a malformed value is refused with the name of the field and without the value',
    async (field) => {
      const before = server.started.length;
      for (const [name, value] of WRONG) {
        const [status, document] = await send(flat({ [field]: value }));
        expect([name, status, document.code, document.where]).toEqual([
          name,
          400,
          'malformed',
          { path: field },
        ]);
        expect(JSON.stringify(document)).not.toContain(MARK);
      }
      for (const nothing of [undefined, null, '', '  ']) {
        const [status, document] = await send(flat({ [field]: nothing }));
        if (REQUIRED.includes(field))
          expect([status, document.where]).toEqual([400, { path: field }]);
        else expect(status).toBe(202);
      }
      expect(server.started.length - before).toBe(REQUIRED.includes(field) ? 0 : 4);
    },
  );

  it('with any value at all is accepted or malformed, and never fails', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    const before = server.started.length;
    let taken = 0;
    await assertProperty(
      fc.asyncProperty(fc.constantFrom(...FIELDS), value, async (field, given) => {
        const [status, document] = await send(flat({ [field]: given }));
        expect([200, 202, 400, 403, 409]).toContain(status);
        if (status === 400) expect(document.code).toBe('malformed');
        if (status <= 202 && document.outcome === null) taken += 1;
      }),
      { numRuns: 300 },
    );
    expect(server.started.length - before).toBe(taken);
  }, 60_000);
});

describe('ids, keys and shapes that no product uses', () => {
  it.each(['00k1', '00ktw0utvzPBXxny16x7', 'Account_Q1~', '0', '-', 'null'])(
    'an account %s is not judged by its id',
    async (entityIdInService) => expect((await send(flat({ entityIdInService })))[0]).toBe(202),
  );

  it.each(['ünïcode', 'me', "o'brien", '$where', 'ann@example.com'])(
    'an account %s is not an Okta id: malformed',
    async (entityIdInService) =>
      expect(await send(flat({ entityIdInService }))).toMatchObject([
        400,
        { code: 'malformed', where: { path: 'entityIdInService' } },
      ]),
  );

  it.each(['../groups/00g1', 'a/b', 'a\\b', 'a?b=c', 'a%2Fb', '.', '..', 'a b', 'x'.repeat(256)])(
    'an account %s cannot be part of a path: malformed',
    async (entityIdInService) => {
      const before = server.started.length;
      expect(await send(flat({ entityIdInService }))).toMatchObject([400, { code: 'malformed' }]);
      expect(server.started).toHaveLength(before);
    },
  );

  it.each(['__proto__', 'constructor', 'prototype'])(
    'a key %s is malformed at any depth',
    async (key) => {
      const planted = `"${key}": {"eventType": "issue.onDemand", "polluted": true}`;
      const at = (event: object, path: string): string =>
        JSON.stringify(event).replace(path, `${path}${planted},`);
      const texts = [
        at(flat(), '{'),
        at(created(), '{'),
        at(created(), '"eventData":{'),
        at(created(), '"affectedEntity":{'),
        at(created(), '"additionalData":{'),
      ];
      for (const text of texts) {
        const [status, document] = await send(text);
        expect([status, document.where?.path.endsWith(key)]).toEqual([400, true]);
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      const name = encodeURIComponent('Suspend Okta Account');
      const bodies = [
        `{${planted}, "event": ${JSON.stringify(flat())}}`,
        `{"event": ${JSON.stringify(flat())}, "inputs": {"${key}": "x"}}`,
        `{"event": ${at(flat(), '{')}}`,
      ];
      for (const body of bodies)
        expect(await told(server.call('POST', `/v1/flows/${name}/runs`, { body }))).toMatchObject([
          ...[400, { code: 'malformed' }],
        ]);
    },
  );

  it('nothing is too deep, too wide or too strange to be refused', async () => {
    const deep = (levels: number): unknown =>
      JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as unknown;
    const events = [
      flat({ extra: deep(200) }),
      flat({ extra: Array.from({ length: 6_000 }, () => 0) }),
      { ...flat(), type: 'issue.created', eventType: 'issue.created' },
      { ...flat(), eventType: 'issue.ondemand' },
      { eventType: 'issue.onDemand' },
      { type: 'issue.created', id: 'x' },
    ];
    for (const event of events)
      expect(await send(event)).toMatchObject([400, { code: 'malformed' }]);
    expect((await send(flat({ unknownField: 'dropped' })))[0]).toBe(202);
  });

  it('a person has at most a hundred accounts, all of them valid', async () => {
    const one = {
      sourceProductName: 'Okta',
      sourceProductTenant: 'example.okta.com',
      identifierInService: '00u1',
    };
    const person = (accounts: unknown, n: number) => ({
      ...created({ type: 'Person', additionalData: { activeAccounts: accounts } }),
      id: `person-${n}`,
      timestamp: '2026-11-22T07:59:00Z',
    });
    const many = Array.from({ length: 101 }, (_, n) => ({
      ...one,
      identifierInService: `00u${n}`,
    }));
    for (const [n, accounts] of [
      many,
      [],
      [null],
      ['x'],
      [{ ...one, identifierInService: 5 }],
      {},
      'x',
    ].entries())
      expect(await send(person(accounts, n))).toMatchObject([400, { where: {} }]);
    expect((await send(person(many.slice(0, 100), 99)))[0]).toBe(202);
  });
});
