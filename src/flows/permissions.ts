import { ANONYMOUS } from '../governance/principal.ts';
import { comparable } from './titles.ts';
import type { FlowPermission, ResourceSet } from './types.ts';

/** How resource sets may spell the two permissions. */
export const PERMISSION_SPELLINGS = {
  view: 'view',
  run: 'run',
  'okta.workflows.flows.read': 'view',
  'okta.workflows.flows.invoke': 'run',
  'okta.workflows.read': 'view',
  'okta.workflows.invoke': 'run',
} as const satisfies Record<string, FlowPermission>;

/** The permission of a spelling, null for any other text. */
export const readPermission = (text: string): FlowPermission | null =>
  Object.hasOwn(PERMISSION_SPELLINGS, text)
    ? PERMISSION_SPELLINGS[text as keyof typeof PERMISSION_SPELLINGS]
    : null;

/** Stands for every flow in a set. */
export const EVERY_FLOW = '*';

/**
 * Who asks: the principal (`user:LOGIN`, or `agent:KEYNAME` for a service), and the exact names of
 * a person's groups.
 */
export interface SetAsker {
  principal: string;
  groups: readonly string[];
}

/**
 * What the asker may do with a flow, in the order view, run; run implies view, empty: the flow does
 * not exist for them.
 */
export function permissionsOn(
  sets: readonly ResourceSet[],
  flow: string,
  asker: SetAsker,
): FlowPermission[] {
  const granted = sets
    .filter(
      ({ flows, members }) =>
        covers(flows, flow) && members.some((member) => isMember(member, asker)),
    )
    .flatMap(({ permissions }) => permissions);
  if (granted.includes('run')) return ['view', 'run'];
  return granted.includes('view') ? ['view'] : [];
}

/** True where the asker may run some flow: enough to learn that an event has no route. */
export const mayRunAny = (sets: readonly ResourceSet[], asker: SetAsker): boolean =>
  sets.some(
    ({ flows, members, permissions }) =>
      flows.length > 0 &&
      permissions.includes('run') &&
      members.some((member) => isMember(member, asker)),
  );

/** True where a set names a group, so that the asker's groups have to be looked up. */
export const namesGroups = (sets: readonly ResourceSet[]): boolean =>
  sets.some(({ members }) => members.some((member) => member.startsWith('group:')));

/** What is asked for, and the permission it needs. */
const NEEDED = {
  list: 'view',
  show: 'view',
  history: 'view',
  run: 'run',
  undo: 'run',
} as const satisfies Record<string, FlowPermission>;
export type FlowVerb = keyof typeof NEEDED;

/**
 * Whether a verb is granted by the permissions; `not_found` where even that the flow exists is none
 * of their business.
 */
export function answerTo(
  verb: FlowVerb,
  permissions: readonly FlowPermission[],
): 'granted' | 'not_found' | 'forbidden' {
  if (permissions.length === 0) return 'not_found';
  return permissions.includes(NEEDED[verb]) ? 'granted' : 'forbidden';
}

const covers = (flows: readonly string[], flow: string): boolean =>
  flows.some((one) => one === EVERY_FLOW || one === flow);

function isMember(member: string, { principal, groups }: SetAsker): boolean {
  const [kind, name] = kindAndName(member);
  const [asks, id] = kindAndName(principal);
  if (comparable(principal) === ANONYMOUS) return false;
  if (kind === 'user') return asks === 'user' && comparable(id) === comparable(name);
  if (kind === 'group') return asks === 'user' && groups.includes(name);
  return kind === 'key' && asks === 'agent' && id === name;
}

function kindAndName(text: string): [kind: string, name: string] {
  const at = text.indexOf(':');
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}
