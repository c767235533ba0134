import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { VERDICTS } from '../../../src/mfa/types.ts';
import {
  EFFECTS,
  isChange,
  inverseOf,
  evidenceOf,
  effectState,
} from '../../../src/flows/effects.ts';
import { readIssue } from '../../../src/flows/issue.ts';
import { flowPrincipal } from '../../../src/flows/names.ts';
import { OUTCOMES, outcomeOfRequest, worstOf } from '../../../src/flows/outcome.ts';
import { connectorOf, productOf } from '../../../src/flows/products.ts';
import { routeFor } from '../../../src/flows/routing.ts';
import {
  childRunId,
  eventDigestOf,
  runIdOf,
  sameEvent,
  undoRunId,
} from '../../../src/flows/run-id.ts';
import { suggestionOf, titleFor } from '../../../src/flows/suggest.ts';
import type { Finding, Privilege } from '../../../src/flows/suggest.ts';
import type { AccountState } from '../../../src/flows/types.ts';
import { GAP_KINDS } from '../../../src/twin/types.ts';
import { issueWith } from './events.ts';
import { shippedConfig } from './shipped.ts';

const account = (status: string): AccountState => ({
  connector: 'okta',
  id: '1',
  login: null,
  emails: [],
  status,
  administrator: null,
});

describe('effects', () => {
  it('belong to operations of the catalogue, which are inverses of each other', () => {
    const known = new Set(
      OPERATIONS.map(({ connector, operation }) => `${connector}:${operation}`),
    );
    for (const operation of Object.keys(EFFECTS)) {
      expect(known).toContain(operation);
      const opposite = inverseOf(operation);
      if (opposite !== null) expect(inverseOf(opposite)).toBe(operation);
    }
  });

  it.each([
    [
      'okta:users:suspend',
      {
        SUSPENDED: 'done',
        ACTIVE: 'ready',
        DEPROVISIONED: 'wrong_state',
        STAGED: 'wrong_state',
        '': 'wrong_state',
      },
    ],
    ['okta:users:unsuspend', { ACTIVE: 'done', SUSPENDED: 'ready', LOCKED_OUT: 'wrong_state' }],
    [
      'okta:users:expire_password',
      { PASSWORD_EXPIRED: 'done', ACTIVE: 'ready', SUSPENDED: 'wrong_state' },
    ],
    ['entra:users:disable', { DISABLED: 'done', ENABLED: 'ready', constructor: 'wrong_state' }],
    ['entra:users:enable', { ENABLED: 'done', DISABLED: 'ready' }],
    ['google:users:suspend', { SUSPENDED: 'done', ACTIVE: 'ready' }],
    ['google:users:unsuspend', { ACTIVE: 'done', SUSPENDED: 'ready' }],
    ['salesforce:users:deactivate', { INACTIVE: 'done', ACTIVE: 'ready' }],
    ['salesforce:users:activate', { ACTIVE: 'done', INACTIVE: 'ready' }],
  ] as [string, Record<string, string>][])('%s by status', (operation, table) => {
    expect(evidenceOf(operation)).toBe('status');
    expect(effectState(operation, {})).toBe('unknown');
    for (const [status, standing] of Object.entries(table))
      expect(effectState(operation, { account: account(status) })).toBe(standing);
  });

  it('activation is done also without a password', () => {
    const state = (status: string) =>
      effectState('okta:users:activate', { account: account(status) });
    expect(['ACTIVE', 'PROVISIONED', 'STAGED', 'DEPROVISIONED', 'LOCKED_OUT'].map(state)).toEqual([
      ...['done', 'done', 'ready', 'ready'],
      'wrong_state',
    ]);
  });

  it.each(['okta', 'entra'])('memberships in %s', (connector) => {
    const [add, remove] = [`${connector}:groups:add_member`, `${connector}:groups:remove_member`];
    const active = account('ACTIVE');
    expect([true, false].map((member) => effectState(add, { account: active, member }))).toEqual([
      'done',
      'ready',
    ]);
    expect([true, false].map((member) => effectState(remove, { account: active, member }))).toEqual(
      ['ready', 'done'],
    );
    expect(effectState(add, { account: active })).toBe('unknown');
    expect(evidenceOf(add)).toBe('membership');
  });

  it('of adding to a group in Okta are impossible for a deprovisioned user, and unknown for one that was not read', () => {
    expect(
      effectState('okta:groups:add_member', { account: account('DEPROVISIONED'), member: false }),
    ).toBe('wrong_state');
    expect(effectState('okta:groups:add_member', { member: false })).toBe('unknown');
  });

  it('cannot be observed for notifications, sessions and unknown operations', () => {
    for (const operation of [
      'okta:users:clear_sessions',
      'entra:users:revoke_sessions',
      'slack:chat:write',
      'constructor',
    ]) {
      expect(evidenceOf(operation)).toBe('nothing');
      expect(effectState(operation, { account: account('ACTIVE'), member: true })).toBe('unknown');
    }
    expect([isChange('okta:users:clear_sessions'), isChange('slack:chat:write')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('outcomes', () => {
  it('are eleven, and the worst is the last in their order', () => {
    expect(OUTCOMES).toHaveLength(11);
    for (const [at, one] of OUTCOMES.entries())
      for (const [other, two] of OUTCOMES.entries())
        expect(worstOf([one, two])).toBe(OUTCOMES[Math.max(at, other)]);
    expect(worstOf([])).toBe('failed');
  });
  it('follow from the state of an operation', () => {
    expect(
      [
        'succeeded',
        'denied',
        'rejected',
        'expired',
        'stale',
        'failed',
        'unknown',
        'odd',
        'constructor',
      ].map(outcomeOfRequest),
    ).toEqual([
      ...[
        'succeeded',
        'denied',
        'rejected',
        'expired',
        'stale',
        'failed',
        'failed',
        'failed',
        'failed',
      ],
    ]);
  });
});

describe('names and ids', () => {
  it('derive principals from names', () => {
    expect(
      ['Okta: Add User to a Group', 'Suspend Okta Account', ' --Ärger!! 7 ', 'a'].map(
        flowPrincipal,
      ),
    ).toEqual([
      ...['flow:okta-add-user-to-a-group', 'flow:suspend-okta-account', 'flow:rger-7', 'flow:a'],
    ]);
  });
  it('find products by name in any case', () => {
    expect([
      productOf(' aad'),
      connectorOf('GOOGLE  workspace'),
      connectorOf('salesforce.com'),
      connectorOf('x'),
    ]).toEqual([...['AAD', 'google', 'salesforce', null]]);
  });
  it('are equal for the same event and flow, and different otherwise', () => {
    const issue = issueWith();
    const ids = [
      runIdOf('F', issue),
      runIdOf('G', issue),
      runIdOf(null, issue),
      runIdOf('F', issueWith({ eventId: 'other' })),
      runIdOf('F', issueWith({ entityType: 'OAuth grant' })),
      childRunId('p', { product: 'Okta', tenant: 't', id: '1', displayName: 'x' }),
      childRunId('p', { product: 'Okta', tenant: 't', id: '2', displayName: 'x' }),
      undoRunId('p', 0),
      undoRunId('p', 1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(runIdOf('F', issueWith({ issueTitle: 'changed' }))).toBe(ids[0]);
  });
  it('recognise the same event by its content', () => {
    const [one, inputs, other] = [
      eventDigestOf(issueWith(), {}),
      eventDigestOf(issueWith(), { a: 1 }),
      eventDigestOf(issueWith({ issueTitle: 'x' }), {}),
    ];
    expect(one).toMatch(/^[0-9a-f]{32}:[0-9a-f]{32}$/);
    expect([one === inputs, sameEvent(one, inputs), sameEvent(one, other)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

const PRIVILEGES: readonly Privilege[] = ['super_administrator', 'administrator', 'none', null];
const FINDINGS: readonly Finding[] = [
  ...VERDICTS.map((verdict) => ({ verdict })),
  ...GAP_KINDS.map((gap) => ({ gap })),
];
const suggest = (finding: Finding, privilege: Privilege) =>
  suggestionOf({
    finding,
    privilege,
    account: {
      id: '00u1abcdefghijklmnop',
      login: 'ann@example.com',
      lastLogin: '2024-03-28T10:00:00Z',
    },
    tenant: 'example.okta.com',
    since: '2024-06-01T00:00:00Z',
    at: '2024-06-09T00:00:00Z',
    eventId: 'e',
    detail: 'no factor is ACTIVE',
    severity: 'high',
  });

describe('suggestions', () => {
  it.each([
    [{ verdict: 'none' }, 'super_administrator', 'No MFA - Global Admin Account'],
    [{ verdict: 'none' }, 'administrator', 'No MFA - Admin Account'],
    [{ verdict: 'none' }, 'none', 'No MFA - Account'],
    [{ verdict: 'pending_only' }, null, 'Pending MFA - Account'],
    [{ verdict: 'weak_only' }, 'administrator', null],
    [{ verdict: 'compliant' }, 'none', null],
    [{ gap: 'user_no_mfa' }, null, 'No MFA - Account'],
    [{ gap: 'admin_no_mfa' }, 'administrator', 'No MFA - Admin Account'],
    [{ gap: 'stale_account' }, 'administrator', 'Unused Admin Account'],
    [{ gap: 'stale_account' }, 'none', null],
    [{ gap: 'stale_account' }, null, null],
    [{ gap: 'never_signed_in' }, 'super_administrator', 'Unused Global Admin Account'],
    [{ gap: 'admin_old_password' }, 'administrator', 'Old Password - Admin Account'],
    [{ gap: 'password_app' }, 'none', null],
    [{ gap: 'too_many_super_admins' }, 'super_administrator', null],
  ] as const)('for %j of %s: %j', (finding, privilege, title) => {
    expect(titleFor(finding, privilege)).toBe(title);
  });

  it('are events that can be parsed and have a route', () => {
    const { routes } = shippedConfig();
    const all = FINDINGS.flatMap((finding) =>
      PRIVILEGES.map((privilege) => suggest(finding, privilege)),
    );
    const events = all.filter((event) => event !== null);
    expect(events.length).toBeGreaterThan(10);
    for (const event of events) {
      expect(readIssue(event)).toMatchObject({ ok: true, issue: { lastLogin: '2024-03-28' } });
      expect(
        routeFor({ product: 'Okta', title: event['issueTitle'] ?? '' }, routes),
      ).not.toBeNull();
    }
  });
});
