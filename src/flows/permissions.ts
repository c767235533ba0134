/** Permissions of resource sets on flows. */

import { ANONYMOUS } from '../governance/principal.ts';
import { comparable } from './comparable.ts';
import type { FlowPermission, ResourceSet } from './types.ts';

/** Accepted spellings of the two permissions in resource sets. */
export const PERMISSION_SPELLINGS: Readonly<Record<string, FlowPermission>> = {
  view: 'view',
  run: 'run',
  'okta.workflows.flows.read': 'view',
  'okta.workflows.flows.invoke': 'run',
  'okta.workflows.read': 'view',
  'okta.workflows.invoke': 'run',
};

/** The permission for a spelling; null for any other text. */
export const readPermission = (text: string): FlowPermission | null =>
  Object.hasOwn(PERMISSION_SPELLINGS, text) ? (PERMISSION_SPELLINGS[text] ?? null) : null;

/** Matches every flow in a resource set. */
export const EVERY_FLOW = '*';

/**
 * The caller: the principal (`user:LOGIN`, or `agent:KEYNAME` for a service), and the exact names
 * of a person's groups.
 */
export interface SetCaller {
  principal: string;
  groups: readonly string[];
}

/**
 * The caller's permissions on a flow, in the order view, run. `run` implies `view`. Empty: for this
 * caller, the flow does not exist.
 */
export function permissionsOn(
  sets: readonly ResourceSet[],
  flow: string,
  caller: SetCaller,
): FlowPermission[] {
  const granted = sets
    .filter(
      ({ flows, members }) =>
        covers(flows, flow) && members.some((member) => isMember(member, caller)),
    )
    .flatMap(({ permissions }) => permissions);
  if (granted.includes('run')) return ['view', 'run'];
  return granted.includes('view') ? ['view'] : [];
}

/** Whether the caller may run any flow, and so may learn that an event has no route. */
export const mayRunAny = (sets: readonly ResourceSet[], caller: SetCaller): boolean =>
  sets.some(
    ({ flows, members, permissions }) =>
      flows.length > 0 &&
      permissions.includes('run') &&
      members.some((member) => isMember(member, caller)),
  );

/** Whether any set contains a group, so that the caller's groups must be looked up. */
export const namesGroups = (sets: readonly ResourceSet[]): boolean =>
  sets.some(({ members }) => members.some((member) => member.startsWith('group:')));

/** The permission that each verb requires. */
const PERMISSION_OF = {
  list: 'view',
  show: 'view',
  history: 'view',
  run: 'run',
  undo: 'run',
} as const satisfies Record<string, FlowPermission>;
export type FlowVerb = keyof typeof PERMISSION_OF;

/**
 * Whether the permissions allow a verb; `not_found` if the caller must not even learn that the flow
 * exists.
 */
export function accessTo(
  verb: FlowVerb,
  permissions: readonly FlowPermission[],
): 'granted' | 'not_found' | 'forbidden' {
  if (permissions.length === 0) return 'not_found';
  return permissions.includes(PERMISSION_OF[verb]) ? 'granted' : 'forbidden';
}

const covers = (flows: readonly string[], flow: string): boolean =>
  flows.some((one) => one === EVERY_FLOW || one === flow);

function isMember(member: string, { principal, groups }: SetCaller): boolean {
  const [kind, name] = kindAndName(member);
  const [callerKind, id] = kindAndName(principal);
  if (comparable(principal) === ANONYMOUS) return false;
  if (kind === 'user') return callerKind === 'user' && comparable(id) === comparable(name);
  if (kind === 'group') return callerKind === 'user' && groups.includes(name);
  return kind === 'key' && callerKind === 'agent' && id === name;
}

function kindAndName(text: string): [kind: string, name: string] {
  const at = text.indexOf(':');
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}
