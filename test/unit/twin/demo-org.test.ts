import { describe, expect, it } from 'vitest';
import { buildDemoOrg } from '../../../emulators/demo/org.ts';
import { OktaOrg } from '../../../emulators/okta/org.ts';
import type { NewUser } from '../../../emulators/okta/model.ts';
import { assess } from '../../../src/twin/assess.ts';
import { GAP_KINDS } from '../../../src/twin/types.ts';
import { daysAgo, forOracle, NOW } from '../../support/twin-orgs.ts';
import { oracleFacts, oracleGaps } from '../../support/twin-oracle.ts';
import { truthOf } from '../../support/twin-truth.ts';

const SETTINGS = { rateLimit: 600, windowMs: 60_000, token: 't', denyPaths: [], oauth: null };
const STRONG = [{ type: 'webauthn' }, { type: 'push' }];
const RECENT = { created: daysAgo(200), activated: daysAgo(100), lastLogin: daysAgo(1) };

/** The kinds of gaps that the demo organisation does not have. */
const PLANTED: NewUser[] = [
  { login: 'bare.admin@example.com', ...RECENT, roles: ['SUPER_ADMIN'], factors: [] },
  {
    login: 'single.admin@example.com',
    ...RECENT,
    roles: ['SUPER_ADMIN'],
    factors: [{ type: 'webauthn' }],
  },
  { login: 'third.admin@example.com', ...RECENT, roles: ['SUPER_ADMIN'], factors: STRONG },
  { login: 'idle@example.com', ...RECENT, lastLogin: daysAgo(95), factors: STRONG },
  {
    login: 'old.password@example.com',
    ...RECENT,
    activated: daysAgo(190),
    factors: STRONG,
    groups: ['Delegates'],
  },
];

function demo(): OktaOrg {
  const okta = new OktaOrg(1, SETTINGS);
  buildDemoOrg(okta, { users: 250, now: Date.parse(NOW) });
  for (const user of PLANTED) okta.addUser(user);
  okta.groupNamed('Delegates')?.roles.push('HELP_DESK_ADMIN');
  okta.apps.add({ label: 'Old portal', signOnMode: 'SECURE_PASSWORD_STORE' });
  okta.apps.add({ label: 'Wiki', signOnMode: 'SAML_2_0' });
  okta.apps.add({ label: 'Lunch menu', signOnMode: 'BOOKMARK' });
  return okta;
}

describe('the demo organisation', () => {
  const whole = truthOf(demo(), 'demo.okta.com', NOW);
  const { gaps, facts } = assess(whole);

  it('has every kind of gap, and exactly those of its ground truth', () => {
    expect(
      gaps.map(({ severity, kind, subject }) => `${severity} ${kind} ${subject}`).sort(),
    ).toEqual(oracleGaps(forOracle(whole)));
    expect([...new Set(gaps.map(({ kind }) => kind))].sort()).toEqual([...GAP_KINDS].sort());
  });

  it('has the facts of its ground truth, verified', () => {
    expect(Object.fromEntries(facts.map(({ key, text }) => [key, text]))).toMatchObject(
      oracleFacts(forOracle(whole)),
    );
    for (const key of ['tool:okta', 'mfa_coverage', 'sso_apps'])
      expect(facts.find((fact) => fact.key === key)?.confidence).toBe('verified');
  });

  it('says why a user is privileged', () => {
    const detail = (login: string, kind: string) =>
      gaps.find((gap) => gap.name === login && gap.kind === kind)?.detail;
    expect(detail('bare.admin@example.com', 'admin_no_mfa')).toBe(
      'no factor is ACTIVE; SUPER_ADMIN directly',
    );
    expect(detail('old.password@example.com', 'admin_old_password')).toMatch(
      /^password last changed 2025-\d\d-\d\d; HELP_DESK_ADMIN through group Delegates$/,
    );
  });
});
