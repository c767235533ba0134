import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issueOfAccount, readIssue } from '../../../src/flows/issue.ts';
import { created, issueWith, ON_DEMAND } from './events.ts';
import { assertProperty } from '../../support/properties.ts';

const CANARY = 'canary-value';
const fieldOf = (event: unknown): string => {
  const read = readIssue(event);
  if (read.ok) throw new Error('the event was read');
  expect(read.message).not.toContain(CANARY);
  return read.field;
};
const without = (name: string): Record<string, unknown> => {
  const { [name]: _gone, ...rest } = ON_DEMAND;
  return rest;
};

describe('issue.onDemand', () => {
  it('is parsed as documented, with all 22 fields', () => {
    expect(Object.keys(ON_DEMAND)).toHaveLength(22);
    expect(issueWith()).toEqual({
      eventId: 'f73a7741-6980-4d44-b0bf-13a2fa7ac556',
      eventType: 'issue.onDemand',
      source: 'Okta ISPM',
      at: '2024-06-09T14:56:58.000Z',
      issueId: 'Alert_V32uL3CHijlQYHq-uqTkqWOXSJ8~',
      category: 'Least Privilege',
      severity: 'High',
      title: 'Unused Admin Account',
      texts: { ...ON_DEMAND, eventTimestamp: '2024-06-09T14:56:58.000Z' },
      entity: {
        kind: 'account',
        account: {
          product: 'Okta',
          tenant: 'example.okta.com',
          id: '00ktw0utvzPBXxny16x7',
          displayName: 'john.smith@okta.com',
        },
      },
      lastLogin: '2024-03-28',
    });
  });

  it('requires only what identifies the issue and its account', () => {
    const needed = Object.keys(ON_DEMAND).filter((name) => !readIssue(without(name)).ok);
    expect(needed).toEqual([
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
    ]);
    for (const name of needed) expect(fieldOf(without(name))).toBe(name);
  });

  it.each(Object.keys(ON_DEMAND))('names %s if it is invalid', (name) => {
    for (const wrong of [
      7,
      true,
      {},
      [CANARY],
      `${CANARY}\u0000`,
      `${CANARY}\u007f`,
      '\ud800',
      CANARY.repeat(1_000),
    ])
      expect(fieldOf({ ...ON_DEMAND, [name]: wrong })).toBe(name);
  });

  it.each([
    [
      'eventTimestamp',
      ['2024-06-09', '2024-02-30T00:00:00Z', '2024-06-09T14:56:58', '2024-06-09T24:00:00Z', 'now'],
    ],
    ['eventType', ['issue.deleted', 'issue.created', 'ISSUE.ONDEMAND', 'constructor']],
    ['issueDetectedAt', ['18.06.2024', '2024-13-01', '2023-02-29', '06/18/2024', '2024-6-18']],
    [
      'additionalDataLastLogin',
      ['02/30/2024', '02/29/2023', '13/01/2024', '28/03/2024', '2024-03-28', '3/28/2024'],
    ],
    ['entityType', ['Group', 'constructor', '__proto__', 'Accounts']],
    ['issueTitle', ['', '  ', 'two\nlines', 'tab\tin it']],
    ['entityIdInService', ['', ' ', 'two\u2028lines']],
  ])('refuses invalid values of %s', (name, values) => {
    for (const value of values) expect(fieldOf({ ...ON_DEMAND, [name]: value })).toBe(name);
  });

  it('accepts existing dates, times with offsets, empty and missing optional fields, and unknown fields', () => {
    expect(issueWith({ additionalDataLastLogin: '02/29/2024' }).lastLogin).toBe('2024-02-29');
    expect(issueWith({ eventTimestamp: '2024-06-09T14:56:58.123456+05:30' }).at).toBe(
      '2024-06-09T09:26:58.123Z',
    );
    const bare = issueWith({
      additionalDataLastLogin: '',
      issueSeverity: null,
      entityDisplayName: undefined,
    });
    expect([bare.lastLogin, bare.severity]).toEqual([null, null]);
    expect(issueWith({ further: { nested: [1, null, true] } })).toEqual(issueWith());
    expect(issueWith({ issueFullDescription: 'a\n\tb' }).texts['issueFullDescription']).toBe(
      'a\n\tb',
    );
  });

  it('accepts ids with any prefix', () => {
    for (const id of ['1', '00u1', '9f1c-4d', '005xx0000012345AAA'])
      expect(issueWith({ entityIdInService: id }).entity).toMatchObject({ account: { id } });
  });

  it('refuses values that are not objects', () => {
    for (const event of [null, undefined, 1, 'x', [], [ON_DEMAND], {}])
      expect(readIssue(event).ok).toBe(false);
  });
});

describe('issue.created', () => {
  it('is parsed to the same issue', () => {
    const read = readIssue(created());
    expect(read).toMatchObject({
      ok: true,
      issue: {
        eventId: 'evt-1',
        eventType: 'issue.created',
        at: '2024-06-09T12:56:58.500Z',
        title: 'Unused Admin Account',
        lastLogin: '2024-03-28',
        texts: {
          issueDetectedAt: '2024-06-09',
          additionalDataTypes: 'Admin, Super admin',
          issueLink: 'https://ispm.example.com/issues/Alert_1',
        },
        entity: { kind: 'account', account: { id: '00u1abcdefghijklmnop', product: 'Okta' } },
      },
    });
  });

  it('names the field by its path', () => {
    expect(fieldOf(created({ identifierInService: 4 }))).toBe(
      'eventData.affectedEntity.identifierInService',
    );
    expect(fieldOf(created({ type: 'Robot' }))).toBe('eventData.affectedEntity.type');
    expect(fieldOf({ ...created(), eventData: 'x' })).toBe('eventData.id');
    expect(fieldOf({ ...created(), type: 'issue.onDemand' })).toBe('type');
    expect(fieldOf(created({ additionalData: { lastLogin: '02/30/2024' } }))).toBe(
      'eventData.affectedEntity.additionalData.lastLogin',
    );
  });

  it.each([
    'OAuth grant',
    'OAuth Grant',
    'OAuthGrant',
    'oauth_grant',
    ' OAUTH  GRANT ',
    'OAuth-Grant',
  ])('recognises %j as an OAuth grant, for which arx does nothing', (type) => {
    const read = readIssue(created({ type, identifierInService: undefined }));
    expect(read).toMatchObject({
      ok: true,
      issue: { entity: { kind: 'oauth_grant', product: 'Okta' } },
    });
  });
});

const one = {
  id: 'Account_1',
  identifierInService: '00u1',
  sourceProductName: 'Okta',
  sourceProductTenant: 'a.okta.com',
};
const flat = {
  entityIdInService: 'guid-2',
  entitySourceProductName: 'AAD',
  entitySourceProductTenant: 't-2',
};
const person = (activeAccounts: unknown) =>
  created({ type: 'Person', identifierInService: undefined, additionalData: { activeAccounts } });
const LIST = 'eventData.affectedEntity.additionalData.activeAccounts';

describe('a person', () => {
  it('has accounts in either spelling, without repetition', () => {
    const plain = {
      id: '7',
      sourceProductName: 'Google Workspace',
      sourceProductTenant: 'c.com',
      displayName: 'J',
    };
    const read = readIssue(person([one, flat, { ...one, displayName: 'again' }, plain]));
    expect(read).toMatchObject({
      issue: {
        entity: {
          kind: 'person',
          displayName: 'John Smith',
          accounts: [
            { id: '00u1', product: 'Okta', tenant: 'a.okta.com', displayName: 'again' },
            { id: 'guid-2', product: 'AAD', tenant: 't-2', displayName: null },
            { id: '7', product: 'Google Workspace', displayName: 'J' },
          ],
        },
      },
    });
  });

  it('is also accepted in the flat event', () => {
    for (const extra of [
      { additionalDataActiveAccounts: [one] },
      { additionalData: { activeAccounts: [one] } },
    ])
      expect(issueWith({ entityType: 'person', ...extra }).entity).toMatchObject({
        accounts: [{ id: '00u1' }],
      });
  });

  it.each([
    ['no list', undefined, LIST],
    ['an empty list', [], LIST],
    [
      'too many',
      Array.from({ length: 101 }, (_, at) => ({ ...one, identifierInService: String(at) })),
      LIST,
    ],
    ['text', ['x'], `${LIST}.0`],
    [
      'no id',
      [one, { ...one, id: undefined, identifierInService: '' }],
      `${LIST}.1.identifierInService`,
    ],
    ['no product', [{ ...one, sourceProductName: null }], `${LIST}.0.sourceProductName`],
    [
      'no tenant',
      [{ ...flat, entitySourceProductTenant: 1 }],
      `${LIST}.0.entitySourceProductTenant`,
    ],
  ])('is malformed with %s', (_what, accounts, field) => {
    expect(fieldOf(person(accounts))).toBe(field);
  });

  it('gives the issue of one account', () => {
    const issue = issueWith({ entityType: 'Person', additionalDataActiveAccounts: [one, flat] });
    if (issue.entity.kind !== 'person') throw new Error('no person');
    const [, second] = issue.entity.accounts;
    const child = issueOfAccount(issue, second ?? issue.entity.accounts[0]!);
    expect(child.entity).toMatchObject({ kind: 'account', account: { id: 'guid-2' } });
    expect(child.texts).toMatchObject({
      entityIdInService: 'guid-2',
      entitySourceProductName: 'AAD',
      entityType: 'Account',
    });
    expect(child.texts).not.toHaveProperty('entityDisplayName');
    expect(child.eventId).toBe(issue.eventId);
  });
});

describe('hostile events', () => {
  it.each(['Okta', 'AAD', 'google workspace', 'Salesforce.com'])(
    'are refused with an id that is none at %s',
    (product) => {
      const ids = ['../../groups/00g1', '..', '00u1?x=1', '00u1%2f..', 'a\\b', 'a b', 'me', 'ME'];
      for (const id of ids) {
        const flat = { ...ON_DEMAND, entitySourceProductName: product, entityIdInService: id };
        expect(fieldOf(flat), id).toBe('entityIdInService');
        const nested = created({ sourceProductName: product, identifierInService: id });
        expect(fieldOf(nested), id).toBe('eventData.affectedEntity.identifierInService');
        const listed = {
          sourceProductName: product,
          sourceProductTenant: 'a.example',
          identifierInService: id,
        };
        expect(fieldOf(person([listed])), id).toBe(`${LIST}.0.identifierInService`);
      }
    },
  );

  it('are refused with a login as id only for Okta, and ids may have any prefix', () => {
    const withId = (entitySourceProductName: string, entityIdInService: string) =>
      readIssue({ ...ON_DEMAND, entitySourceProductName, entityIdInService }).ok;
    expect(withId('Okta', 'john.smith@example.com')).toBe(false);
    expect(withId('AAD', 'john_example.com#EXT#@contoso.example')).toBe(true);
    expect(withId('Google Workspace', 'john@example.com')).toBe(true);
    expect(withId('Salesforce.com', "j.o'neil@example.com.sandbox")).toBe(true);
    for (const id of ['00ktw0utvzPBXxny16x7', 'zz9', '8d9173db-9e70-4029-af09-7f3930164bfd'])
      expect(withId('Okta', id), id).toBe(true);
    // Ids of unknown products may have any form, because arx sends nothing to those products.
    expect(withId('AWS', 'arn:aws:iam::123456789012:user/john')).toBe(true);
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'are refused with the key %s anywhere',
    (key) => {
      const at = (text: string) => JSON.parse(text) as unknown;
      const inner = `{"${key}": {"polluted": true}}`;
      expect(fieldOf(at(`{"${key}": 1}`))).toBe(key);
      expect(fieldOf({ ...ON_DEMAND, extra: at(`[1, {"deep": ${inner}}]`) })).toBe(
        `extra.1.deep.${key}`,
      );
      expect(fieldOf(person([at(inner)]))).toBe(`${LIST}.0.${key}`);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('are refused if they are too deep or too large, without a stack overflow', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown;
    expect(readIssue({ ...ON_DEMAND, deep }).ok).toBe(false);
    expect(readIssue({ ...ON_DEMAND, wide: Array.from({ length: 6_000 }, () => 0) }).ok).toBe(
      false,
    );
  });

  it('never make the parser throw, and never give an issue that is not plain JSON', () => {
    assertProperty(
      fc.property(fc.constantFrom(...Object.keys(ON_DEMAND)), fc.jsonValue(), (name, value) => {
        const read = readIssue({ ...ON_DEMAND, [name]: value });
        if (read.ok) expect(JSON.parse(JSON.stringify(read.issue))).toEqual(read.issue);
        else expect(read.message).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});
