import { ConnectorError } from '../../connectors/errors.ts';
import type { FieldValues } from '../../governance/conditions.ts';
import type { Value } from '../../governance/operators.ts';
import { isAnonymous, userIn } from '../../governance/principal.ts';
import { readContext } from '../flows/read-target.ts';
import type { FactDeps, RequestedCall, TargetFacts } from './facts.ts';
import { UserReader, readerOf } from './user-reader.ts';

/** A call, what was read about its target so far, and how to read more. */
interface Inspected {
  deps: FactDeps;
  call: RequestedCall;
  facts: TargetFacts;
  users: UserReader;
}

/** How the value of a field is read; undefined if it stays unknown. */
type Reading = (inspected: Inspected) => Promise<Value | undefined> | Value | undefined;

const READINGS: Readonly<Record<string, Reading>> = {
  is_admin: ({ call, facts }) => {
    if (!isReadUser(facts)) return undefined;
    const { targetAdministrator } = facts.raising;
    // Other products do not always state who is an administrator.
    return targetAdministrator || call.connector === 'okta' ? targetAdministrator : undefined;
  },
  is_protected: ({ facts }) => (isReadUser(facts) ? facts.raising.protected : undefined),
  is_own_account: (inspected) => isOwnAccount(inspected),
  'user.status': ({ facts }) => facts.state?.['status'] as Value | undefined,
  'user.groups': async (inspected) => (await groupsOf(inspected))?.map(({ name }) => name),
  'user.group_ids': async (inspected) => (await groupsOf(inspected))?.map(({ id }) => id),
  'group.grants_admin': ({ call, facts }) =>
    call.connector === 'okta' && idIn(call, 'groupId') !== null
      ? facts.raising.groupGrantsAdmin
      : undefined,
  'group.name': async ({ deps, call }) => {
    const groupId = idIn(call, 'groupId');
    if (call.connector !== 'okta' || groupId === null) return undefined;
    const { okta } = deps.connectors;
    const context = readContext(readerOf(call), groupId);
    return (await ifFound(okta('groups:read_detail', { groupId }, context)))?.output.name;
  },
  'app.name': async ({ deps, call }) => {
    const appId = idIn(call, 'appId');
    if (call.connector !== 'okta' || appId === null) return undefined;
    const { okta } = deps.connectors;
    const context = readContext(readerOf(call), appId);
    return (await ifFound(okta('apps:read_detail', { appId }, context)))?.output.label ?? undefined;
  },
};

/** The fields that must be read for a vendor's conditions; the others follow from the arguments. */
export const fieldsToRead = ({ connectors }: FactDeps, { connector }: RequestedCall): string[] =>
  connectors.conditionFields(connector).filter((field) => Object.hasOwn(READINGS, field));

/**
 * Reads the values of these fields for a call. A value that cannot be determined is left out, and so
 * is unknown. Throws as the connectors do.
 */
export async function conditionFacts(
  deps: FactDeps,
  call: RequestedCall,
  { fields, facts }: { fields: readonly string[]; facts: TargetFacts },
): Promise<FieldValues> {
  const inspected = { deps, call, facts, users: new UserReader(deps, call) };
  const values: Record<string, Value> = {};
  for (const field of fields) {
    const value = await READINGS[field]?.(inspected);
    if (value !== undefined) values[field] = value;
  }
  return values;
}

const isReadUser = ({ target, state }: TargetFacts): boolean =>
  target?.kind === 'user' && state !== null && state['gone'] !== true;

const idIn = ({ args }: RequestedCall, name: string): string | null => {
  const id = args[name];
  return typeof id === 'string' ? id : null;
};

async function groupsOf({ call, facts, users }: Inspected) {
  if (call.connector !== 'okta' || facts.target === null || !isReadUser(facts)) return undefined;
  return users.groupsOf(facts.target.id);
}

/** Unknown if the requester, or the person on whose behalf it is requested, cannot be resolved. */
async function isOwnAccount({ call, facts, users }: Inspected): Promise<boolean | undefined> {
  const { principal, onBehalfOf } = call;
  if (principal === undefined || isAnonymous(principal) || !isReadUser(facts)) return undefined;
  const askers = [userIn(principal), onBehalfOf ?? null].filter((asker) => asker !== null);
  const found = await Promise.all(askers.map((asker) => users.findUser(asker)));
  if (found.some((user) => user === null)) return undefined;
  return found.some((user) => user !== null && facts.people.includes(user.id));
}

async function ifFound<Answer>(reading: Promise<Answer>): Promise<Answer | null> {
  return reading.catch((error: unknown) => {
    if (error instanceof ConnectorError && error.code === 'not_found') return null;
    throw error;
  });
}
