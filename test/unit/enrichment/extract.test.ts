import { describe, expect, it } from 'vitest';
import { errorsOf, extract, SOURCES } from '../../../src/enrichment/extract.ts';
import type { Profile, Readings } from '../../../src/enrichment/extract.ts';

const PROFILE: Profile = {
  id: '00u1',
  login: 'ann@example.com',
  email: 'ann.lee@example.com',
  status: 'ACTIVE',
  created: 'c',
  lastLogin: 'l',
  department: 'Engineering',
  title: 'Senior Developer',
  manager: 'Bo',
};
const entry = (over: object) => ({
  eventType: 'user.session.start',
  outcome: 'SUCCESS',
  country: 'Germany',
  isProxy: false,
  ipAddress: '192.0.2.1',
  ...over,
});
const READ: Readings = {
  factors: {
    ok: true,
    value: [
      { type: 'push', provider: 'OKTA', status: 'ACTIVE' },
      { type: 'token:software:totp', provider: 'OKTA', status: 'ACTIVE' },
      { type: 'sms', provider: 'OKTA', status: 'PENDING_ACTIVATION' },
    ],
  },
  groups: { ok: true, value: [{ name: 'Everyone' }, { name: 'Engineering' }] },
  roles: {
    ok: true,
    value: [
      { type: 'SUPER_ADMIN', label: 'Super', status: 'ACTIVE' },
      { type: 'CUSTOM', label: 'Auditor', status: 'ACTIVE' },
      { type: 'APP_ADMIN', label: null, status: 'INACTIVE' },
    ],
  },
  logs: {
    ok: true,
    value: {
      unreadable: 1,
      entries: [
        entry({ outcome: 'FAILURE', country: 'Brazil', isProxy: true, ipAddress: '192.0.2.9' }),
        entry({ eventType: 'user.authentication.auth_via_mfa', outcome: 'FAILURE' }),
        entry({ eventType: 'app.access', outcome: 'FAILURE', country: null }),
        entry({}),
      ],
    },
  },
};

describe('extraction', () => {
  it('has the documented shape', () => {
    expect(extract(PROFILE, READ, 24)).toEqual({
      user_id: '00u1',
      login: 'ann@example.com',
      email: 'ann.lee@example.com',
      status: 'ACTIVE',
      created: 'c',
      last_login: 'l',
      department: 'Engineering',
      title: 'Senior Developer',
      manager: 'Bo',
      groups: ['Engineering', 'Everyone'],
      mfa_enrolled: true,
      mfa_state: 'enrolled',
      mfa_factors: ['push', 'totp'],
      mfa_factor_types: ['push', 'token:software:totp'],
      is_admin: true,
      roles: ['SUPER_ADMIN', 'Auditor'],
      recent_activity: {
        hours: 24,
        failed_sign_ins: 2,
        countries: ['Brazil', 'Germany'],
        proxies: ['192.0.2.9'],
        unreadable_entries: 1,
      },
    });
    expect(errorsOf(READ)).toEqual([]);
  });

  it.each(Object.keys(SOURCES) as (keyof Readings)[])(
    'a failed %s leaves null and an error, never false',
    (source) => {
      const failed: Readings = { ...READ, [source]: { ok: false, code: 'forbidden', status: 403 } };
      const extracted = extract(PROFILE, failed, 24);
      const { call, fields } = SOURCES[source];
      for (const [field, value] of Object.entries(extracted)) {
        if ((fields as readonly string[]).includes(field))
          expect([field, value]).toEqual([field, null]);
        else expect([field, value]).not.toEqual([field, null]);
      }
      expect(errorsOf(failed)).toEqual(
        fields.map((field) => ({ field, call, code: 'forbidden', status: 403 })),
      );
    },
  );

  it.each([
    ['only an e-mail factor', [{ type: 'email', status: 'ACTIVE' }], false, 'none'],
    ['no factor', [], false, 'none'],
    [
      'a factor that is not activated',
      [{ type: 'push', status: 'PENDING_ACTIVATION' }],
      false,
      'none',
    ],
    ['an unknown type', [{ type: 'hologram', status: 'ACTIVE' }], null, 'unknown'],
    ['SMS', [{ type: 'sms', status: 'ACTIVE' }], true, 'enrolled'],
  ])('%s: mfa_enrolled', (_, factors, enrolled, state) => {
    const value = factors.map((factor) => ({ provider: 'OKTA', ...factor }));
    const extracted = extract(PROFILE, { ...READ, factors: { ok: true, value } }, 24);
    expect([extracted.mfa_enrolled, extracted.mfa_state]).toEqual([enrolled, state]);
  });

  it('a user without roles and log entries has known values', () => {
    const none = { ok: true, value: [] } as const;
    const extracted = extract(
      PROFILE,
      {
        factors: none,
        groups: none,
        roles: none,
        logs: { ok: true, value: { entries: [], unreadable: 0 } },
      },
      12,
    );
    expect(extracted).toMatchObject({ groups: [], is_admin: false, roles: [], mfa_factors: [] });
    expect(extracted.recent_activity).toEqual({
      hours: 12,
      failed_sign_ins: 0,
      countries: [],
      proxies: [],
      unreadable_entries: 0,
    });
  });
});
