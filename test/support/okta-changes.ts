/**
 * Changes to an emulated organisation between two scans, with the log entries that Okta writes
 * about them.
 */
import fc from 'fast-check';
import type { FactorSpec, UserRecord } from '../../emulators/okta/model.ts';
import type { OktaOrg } from '../../emulators/okta/org.ts';
import type { NewLogEvent } from '../../emulators/okta/system-log.ts';
import { EXEMPT_GROUP } from './orgs.ts';

/**
 * A change to one user or to all; `pick` chooses the user, `late` delays the log entry until after
 * the list was read.
 */
export interface Change {
  kind: keyof typeof CHANGES;
  pick: number;
  factors: FactorSpec[];
  late: boolean;
}

/** Where a change happens. */
interface Place {
  org: OktaOrg;
  at: string;
}

/** Changes the organisation and returns the log entry of Okta; null if Okta writes none. */
interface ChangeRow {
  /** Whether the log forces a full read. */
  full: boolean;
  apply: (place: Place, user: UserRecord, change: Change) => NewLogEvent | null;
}

const party = ({ id, profile }: UserRecord) => ({
  id,
  type: 'User',
  alternateId: profile.login,
  displayName: profile.login,
});
const about = (eventType: string, user: UserRecord): NewLogEvent => ({
  eventType,
  targets: [party(user)],
});
const aboutNobody = (eventType: string): NewLogEvent => ({ eventType });
const GARBAGE = { eventType: 'user.mfa.factor.deactivate', raw: { uuid: 4, eventType: ['?'] } };
const RESTLESS = ['ENROLLED', 'PENDING_ACTIVATION', 'NOT_SETUP'];

/**
 * A user may be enrolled, reset, suspended, moved, added or deleted, and settings may change for
 * all.
 */
export const CHANGES = {
  enrol: row((user, { org }, { factors }) => {
    org.patchUser(user, { factors: [...user.factors, ...factors] });
    return about('user.mfa.factor.activate', user);
  }),
  replace: row((user, { org }, { factors }) => {
    org.patchUser(user, { factors });
    return about('user.mfa.factor.update', user);
  }),
  reset: row((user, { org }) => {
    org.patchUser(user, { factors: [] });
    return about('user.mfa.factor.reset_all', user);
  }),
  suspend: row((user, { org }) => {
    org.setStatus(user, 'SUSPENDED');
    return about('user.lifecycle.suspend', user);
  }),
  unsuspend: row((user, { org }) => {
    org.setStatus(user, 'ACTIVE');
    return about('user.lifecycle.unsuspend', user);
  }),
  lockedWithoutEntry: row((user, { org }) => {
    org.setStatus(user, user.status === 'ACTIVE' ? 'LOCKED_OUT' : 'ACTIVE');
    return null;
  }),
  deactivate: row((user, { org }) => {
    org.patchUser(user, { status: 'DEPROVISIONED', factors: [] });
    return about('user.lifecycle.deactivate', user);
  }),
  join: row((_, { org, at }, { factors }) => {
    const joined = org.addUser({
      login: `joined-${org.present().length}-${at}@example.com`,
      created: at,
      factors,
    });
    return about('user.lifecycle.create', joined);
  }),
  leave: row((user, { org }) => {
    org.removeUser(user);
    return about('user.lifecycle.delete.initiated', user);
  }),
  move: row((user, { org }) => {
    const members = org.groupNamed(EXEMPT_GROUP)?.members;
    const member = members?.has(user.id) ?? false;
    if (member) members?.delete(user.id);
    else members?.add(user.id);
    return about(`group.user_membership.${member ? 'remove' : 'add'}`, user);
  }),
  settleByItself: row((user, { org }) => {
    const settled = (factor: FactorSpec): FactorSpec =>
      RESTLESS.includes(factor.status ?? 'ACTIVE') ? { ...factor, status: 'ACTIVE' } : factor;
    org.patchUser(user, { factors: user.factors.map(settled) });
    return null;
  }),
  signIn: row((user) => about('user.session.start', user)),
  policy: everybody('policy.rule.update'),
  authenticator: everybody('security.authenticator.lifecycle.deactivate'),
  device: row((user, { org }) => {
    org.patchUser(user, { factors: user.factors.filter(({ type }) => type !== 'push') });
    return aboutNobody('device.lifecycle.delete');
  }, true),
  denied: row((user, { org }) => {
    org.user(user.id)!.denyFactors = !(user.denyFactors ?? false);
    return aboutNobody('iam.role.permissions.delete');
  }, true),
  garbled: row((user, { org }) => {
    org.patchUser(user, { factors: [] });
    return GARBAGE;
  }, true),
} as const satisfies Record<string, ChangeRow>;

function row(
  apply: (user: UserRecord, place: Place, change: Change) => NewLogEvent | null,
  full = false,
): ChangeRow {
  return { full, apply: (place, user, change) => apply(user, place, change) };
}

/** From now on SMS factors are hidden for all users. */
function everybody(eventType: string): ChangeRow {
  const apply: ChangeRow['apply'] = ({ org }) => {
    for (const user of org.present()) {
      org.patchUser(user, {
        factors: user.factors.filter(({ type }) => type !== 'sms' && type !== 'push'),
      });
    }
    return aboutNobody(eventType);
  };
  return { full: true, apply };
}

/** Makes a change and returns the entry to be logged, or null. Does nothing if no user is left. */
export function change(org: OktaOrg, wanted: Change, at: string): NewLogEvent | null {
  const people = org.present();
  const user = people[wanted.pick % Math.max(1, people.length)];
  const { apply }: ChangeRow = CHANGES[wanted.kind];
  const event = user ? apply({ org, at }, user, wanted) : null;
  return event && { ...event, published: at };
}

const factor = fc.record({
  type: fc.constantFrom('push', 'webauthn', 'sms', 'email', 'token:software:totp', 'passkey9'),
  status: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'INACTIVE', ...RESTLESS),
});

const KINDS = Object.keys(CHANGES) as Change['kind'][];
const usual = KINDS.filter((kind) => !CHANGES[kind].full);
const rare = KINDS.filter((kind) => CHANGES[kind].full);

/** Arbitrary changes, most of them to one user. */
export const anyChange: fc.Arbitrary<Change> = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  ),
  pick: fc.nat(1_000),
  factors: fc.array(factor, { maxLength: 3 }),
  late: fc.boolean(),
});
