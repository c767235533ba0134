import { describe, expect, it } from 'vitest';
import { raise } from '../../../../src/twin/events/raise.ts';
import type { LogEntry } from '../../../../src/twin/events/types.ts';
import { itWithReference, readReference } from '../../../support/reference.ts';
import {
  ALICE,
  BOB,
  entryOf,
  HOUR,
  MINUTE,
  several,
  SETTINGS,
  SHIPPED,
  START,
  windowTo,
} from './support/entries.ts';

interface Wanted {
  eventType: string;
  condition: string;
  severity: string;
  tactic: string;
  technique: string;
  threshold: string | null;
}
const wantedRules = (): Wanted[] =>
  readReference<{ rules: Wanted[] }>('..', 'spec', 'security-events.json').rules;

/**
 * Entries that raise one event, which names entry `named` (default: the last one), and entries that
 * raise none.
 */
interface Case {
  yes: LogEntry[];
  named?: number;
  no: LogEntry[][];
}
const SUCCESS = (type: string): Case => ({
  yes: [entryOf(type)],
  no: [[entryOf(type, { outcome: 'FAILURE' })], [entryOf(type, { outcome: null })]],
});
const ANY = (type: string): Case => ({
  yes: [entryOf(type, { outcome: 'FAILURE' })],
  no: [[entryOf(`${type}.other`)]],
});
const byOne = (type: string, count: number, spanMs: number): Case => ({
  yes: several(count, spanMs / (count - 1), (at) => entryOf(type, { at })),
  no: [
    several(count - 1, 1000, (at) => entryOf(type, { at })),
    several(count, (spanMs + 4) / (count - 1), (at) => entryOf(type, { at })),
    several(count, 1000, (at, n) => entryOf(type, { at, actor: n % 2 === 0 ? ALICE : BOB })),
    several(count, 1000, (at) => entryOf(type, { at, actor: null })),
  ],
});

const MFA = 'user.authentication.auth_via_mfa';
const FASTPASS = { outcome: 'FAILURE', reason: 'FastPass declined phishing attempt' };
const SIGN_ON = 'policy.evaluate_sign_on';
const CONSOLE = { apps: ['Okta Admin Console'], behaviors: ['New City', 'New Device'] };
const IDP = 'user.authentication.auth_via_IDP';
const UPDATE = 'application.lifecycle.update';
const GRANT = 'app.oauth2.as.token.grant';
const CLIENT = { id: '0oaClient', type: 'PublicClientApp', login: null };
const SCOPE = { outcome: 'FAILURE', reason: 'no_matching_scope', actor: CLIENT };
const OFF = 'user.mfa.factor.deactivate';
const ON = 'user.mfa.factor.activate';
const CHANGED = 'user.mfa.factor.update';
const SESSION = 'user.session.start';
const failed = (at: number, ipAddress: string | null = '203.0.113.9') =>
  entryOf(SESSION, { at, outcome: 'FAILURE', ipAddress });
const proxied = (at: number, actor = ALICE) => entryOf(SESSION, { at, actor, isProxy: true });
const later = (at: number) => entryOf('user.session.end', { at, actor: BOB });
const off = () => entryOf(OFF, { actor: BOB, targets: [ALICE] });

/** By event type and condition, as in the rules. */
const CASES: Record<string, Case> = {
  'user.mfa.okta_verify.deny_push 5 in 10 min by one actor': byOne(
    'user.mfa.okta_verify.deny_push',
    5,
    10 * MINUTE,
  ),
  "user.authentication.auth_via_mfa FAILURE with reason 'FastPass declined phishing attempt'": {
    yes: [entryOf(MFA, FASTPASS)],
    no: [
      [entryOf(MFA, { ...FASTPASS, outcome: 'SUCCESS' })],
      [entryOf(MFA, { ...FASTPASS, reason: 'INVALID' })],
    ],
  },
  'user.session.start securityContext.isProxy true': {
    yes: [proxied(0)],
    no: [[entryOf(SESSION)], [entryOf(SESSION, { isProxy: null })]],
  },
  'policy.evaluate_sign_on to the Admin Console with positive new-device or new-IP behaviour': {
    yes: [entryOf(SIGN_ON, CONSOLE)],
    no: [
      [entryOf(SIGN_ON, { ...CONSOLE, apps: ['Payroll'] })],
      [entryOf(SIGN_ON, { ...CONSOLE, behaviors: ['New City'] })],
      [entryOf(SIGN_ON, { ...CONSOLE, behaviors: [] })],
    ],
  },
  'user.authentication.auth_via_IDP an identity provider not on the expected list': {
    yes: [entryOf(IDP, { idps: ['0oaForeign', 'Foreign'] })],
    no: [[entryOf(IDP, { idps: ['0oaExpected', 'Partner'] })]],
  },
  'user.mfa.factor.deactivate SUCCESS with no activation within 12 h': {
    yes: [off(), entryOf(ON, { at: HOUR, targets: [BOB] }), later(12 * HOUR + 1)],
    named: 0,
    no: [
      [off(), entryOf(ON, { at: 12 * HOUR, targets: [ALICE] }), later(13 * HOUR)],
      [off(), entryOf(ON, { at: HOUR, actor: ALICE }), later(13 * HOUR)],
      [off(), later(12 * HOUR - 1)],
      [entryOf(OFF, { outcome: 'FAILURE' }), later(13 * HOUR)],
    ],
  },
  'user.mfa.factor.update SUCCESS followed by a session through a proxy': {
    yes: [
      entryOf(CHANGED, { targets: [BOB] }),
      { ...proxied(30 * MINUTE, BOB), eventType: SESSION },
    ],
    named: 0,
    no: [
      [entryOf(CHANGED), proxied(30 * MINUTE + 1)],
      [entryOf(CHANGED), proxied(MINUTE, BOB)],
      [entryOf(CHANGED), entryOf(SESSION, { at: MINUTE })],
      [proxied(0), entryOf(CHANGED, { at: 1 })],
      [entryOf(CHANGED, { outcome: 'FAILURE' }), proxied(MINUTE)],
    ],
  },
  'application.lifecycle.update reason mentions pushing user passwords': {
    yes: [entryOf(UPDATE, { reason: 'Pushing user passwords' })],
    no: [[entryOf(UPDATE)], [entryOf(UPDATE, { reason: 'Stop pushing user passwords' })]],
  },
  'app.oauth2.as.token.grant FAILURE no_matching_scope from a public client': {
    yes: [entryOf(GRANT, SCOPE)],
    no: [
      [entryOf(GRANT, { ...SCOPE, outcome: 'SUCCESS' })],
      [entryOf(GRANT, { ...SCOPE, reason: 'invalid_client' })],
      [entryOf(GRANT, { ...SCOPE, actor: ALICE })],
    ],
  },
  'user.account.lock 3 by one actor': byOne('user.account.lock', 3, HOUR),
  'app.generic.unauth_app_access_attempt 5 by one actor': byOne(
    'app.generic.unauth_app_access_attempt',
    5,
    HOUR,
  ),
  'user.session.start FAILURE, 10 in 10 min by one source address': {
    yes: several(10, (10 * MINUTE) / 9, (at) => failed(Math.floor(at))),
    no: [
      several(9, 1000, (at) => failed(at)),
      several(10, 67_000, (at) => failed(at)),
      several(10, 1000, (at, n) => failed(at, `203.0.113.${n % 2}`)),
      several(10, 1000, (at) => failed(at, null)),
      several(10, 1000, (at) => entryOf(SESSION, { at })),
    ],
  },
};

function caseOf({ eventType, condition }: Wanted): Case | undefined {
  if (condition === 'any') return ANY(eventType);
  return condition === 'SUCCESS' ? SUCCESS(eventType) : CASES[`${eventType} ${condition}`];
}
const ruleOf = ({ at, eventType }: Wanted & { at: number }) =>
  SHIPPED.find(
    (rule, place) => place === at && rule.types.length === 1 && rule.types[0] === eventType,
  );
const raisedBy = (entries: LogEntry[], rule: string | undefined) =>
  raise(SHIPPED, entries, {
    settings: SETTINGS,
    window: windowTo(entryEnd(entries) + 1),
  }).events.filter((event) => event.rule === rule);
const entryEnd = (entries: LogEntry[]) =>
  Math.max(...entries.map(({ published }) => Date.parse(published))) - START;

describe('the shipped rules', () => {
  itWithReference('are those of the table, each with a case', () => {
    const wanted = wantedRules();
    expect(SHIPPED.map(({ types }) => types)).toEqual(wanted.map(({ eventType }) => [eventType]));
    expect(wanted.filter((one) => caseOf(one) === undefined)).toEqual([]);
    const conditions = wanted.map(({ eventType, condition }) => `${eventType} ${condition}`);
    expect(Object.keys(CASES).filter((key) => !conditions.includes(key))).toEqual([]);
  });

  const places = () => wantedRules().map((wanted, at) => ({ ...wanted, at }));
  itWithReference.for(places)('$eventType: $condition', (wanted) => {
    const rule = ruleOf(wanted);
    const { yes, named = yes.length - 1, no } = caseOf(wanted) ?? { yes: [], no: [] };
    const { severity, tactic, technique } = wanted;
    expect(rule).toMatchObject({ severity, tactic, technique });
    expect(raisedBy(yes, rule?.name)).toMatchObject([
      { uuid: yes[named]?.uuid, at: yes[named]?.published, severity, tactic, technique },
    ]);
    for (const entries of no) expect(raisedBy(entries, rule?.name)).toEqual([]);
    expect(no.length).toBeGreaterThan(0);
  });

  it('name actor and target', () => {
    const entry = entryOf('group.privilege.grant', {
      actor: { id: '0oaApp', type: 'PublicClientApp', login: null },
      targets: [{ id: '00gGroup', type: 'UserGroup', login: null }, BOB],
    });
    expect(raise(SHIPPED, [entry], { settings: SETTINGS }).events).toEqual([
      {
        uuid: entry.uuid,
        rule: 'group.privilege.grant',
        severity: 'high',
        tactic: 'Privilege Escalation',
        technique: 'T1098',
        at: entry.published,
        actor: '0oaApp',
        target: 'bob@example.com',
      },
    ]);
  });
});
