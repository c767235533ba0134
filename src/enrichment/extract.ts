import { mfaState } from '../mfa/enrolment.ts';
import { shortNameOf } from '../mfa/short-names.ts';
import type { Factor } from '../mfa/types.ts';
import { activityOf } from './activity.ts';
import type { AccountLog } from './activity.ts';
import type { Extracted, FieldError } from './types.ts';

/** An account as Okta lists it. */
export interface Profile {
  id: string;
  login: string;
  email: string | null;
  status: string;
  created: string | null;
  lastLogin: string | null;
  department: string | null;
  title: string | null;
  manager?: string | null;
}

/** The result of one call: its answer, or the reason of its failure. */
export type Reading<Value> =
  { ok: true; value: Value } | { ok: false; code: string; status: number | null };

/** What was read about an account, besides its profile. */
export interface Readings {
  factors: Reading<readonly Factor[]>;
  groups: Reading<readonly { name: string }[]>;
  roles: Reading<readonly { type: string; label: string | null; status: string | null }[]>;
  logs: Reading<AccountLog>;
}

/** The call behind each reading, and the fields that are null if it failed. */
export const SOURCES = {
  factors: {
    call: 'users:read_factors',
    fields: ['mfa_enrolled', 'mfa_state', 'mfa_factors', 'mfa_factor_types'],
  },
  groups: { call: 'users:read_groups', fields: ['groups'] },
  roles: { call: 'users:read_roles', fields: ['is_admin', 'roles'] },
  logs: { call: 'logs:read', fields: ['recent_activity'] },
} as const satisfies Record<keyof Readings, { call: string; fields: readonly (keyof Extracted)[] }>;

/** The result for an account. `hours` is how far back its log was read. */
export function extract(profile: Profile, readings: Readings, hours: number): Extracted {
  return {
    ...identity(profile),
    groups: from(readings.groups, (groups) => groups.map(({ name }) => name).toSorted()),
    ...mfa(readings.factors),
    ...administrator(readings.roles),
    recent_activity: from(readings.logs, (log) => activityOf(log, hours)),
  };
}

const identity = ({
  id,
  lastLogin,
  manager = null,
  login,
  email,
  status,
  created,
  department,
  title,
}: Profile) => ({
  user_id: id,
  login,
  email,
  status,
  created,
  last_login: lastLogin,
  department,
  title,
  manager,
});

function mfa(reading: Readings['factors']) {
  const active = from(reading, (factors) => factors.filter(({ status }) => status === 'ACTIVE'));
  const types = active && [...new Set(active.map(({ type }) => type))];
  const state = from(reading, mfaState);
  return {
    mfa_enrolled: state === null || state === 'unknown' ? null : state === 'enrolled',
    mfa_state: state,
    mfa_factors: types && types.map(shortNameOf).filter((name) => name !== null),
    mfa_factor_types: types,
  };
}

/** An INACTIVE role grants no rights, so it is ignored. */
function administrator(reading: Readings['roles']) {
  const live = from(reading, (roles) => roles.filter(({ status }) => status !== 'INACTIVE'));
  const names = live && live.map(({ type, label }) => (type === 'CUSTOM' ? (label ?? type) : type));
  return { is_admin: live && live.length > 0, roles: names && [...new Set(names)] };
}

const from = <Value, Result>(
  reading: Reading<Value>,
  make: (value: Value) => Result,
): Result | null => (reading.ok ? make(reading.value) : null);

/** One error for each field that is null because its call failed. */
export function errorsOf(readings: Readings): FieldError[] {
  return (Object.keys(SOURCES) as (keyof Readings)[]).flatMap((source) => {
    const reading = readings[source];
    if (reading.ok) return [];
    const { call, fields } = SOURCES[source];
    return fields.map((field) => ({ field, call, code: reading.code, status: reading.status }));
  });
}
