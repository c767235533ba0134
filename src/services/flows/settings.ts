import type { JsonObject } from '../../audit/types.ts';
import { canonicalDigest } from '../../governance/digest.ts';
import { EVERY_FLOW, readPermission } from '../../flows/permissions.ts';
import type { ResourceSet } from '../../flows/types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { RequesterLookup } from './requester-lookup.ts';
import { newRunId } from './ids.ts';
import { inputRefusal, refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { requestDraft } from './audit-entries.ts';
import type { RequestEntry } from './audit-entries.ts';
import type { FlowServiceParts } from './types.ts';

/** Throws FlowRefusal not_allowed unless the requester is a super administrator of Okta now. */
export async function requireSuperAdministrator(
  requesters: RequesterLookup,
  { requester }: Session,
): Promise<void> {
  if (!(await requesters.isSuperAdministrator(requester))) throw refusal('not_allowed');
}

/** Creates a set, or replaces the one of the same name. Throws FlowRefusal malformed. */
export async function putSet(
  parts: FlowServiceParts,
  session: Session,
  given: ResourceSet,
): Promise<void> {
  const set = parseSet(session, given);
  const { name, flows, members, permissions } = set;
  // Members are people: the audit trail gets their number and the digest of the set.
  const outcome = {
    change: 'put',
    flows,
    permissions,
    members: members.length,
    digest: canonicalDigest(set),
  };
  await record(parts, session, { kind: 'resource_set.changed', subject: name, outcome }, (tx) =>
    parts.store.flowSettings.putSet(tx, set),
  );
}

/** Removes a set; resource_sets.yaml does not restore it. Throws FlowRefusal not_found. */
export async function removeSet(
  parts: FlowServiceParts,
  session: Session,
  name: string,
): Promise<void> {
  const set = parseName(name);
  const outcome = { change: 'removed' };
  await record(
    parts,
    session,
    { kind: 'resource_set.changed', subject: set, outcome },
    async (tx) => {
      if (!(await parts.store.flowSettings.removeSet(tx, name)))
        throw refusal('no_set', `There is no resource set ${set}.`);
    },
  );
}

/**
 * Enables or disables a flow. Throws FlowRefusal not_found, and malformed for a flow without steps.
 */
export async function switchFlow(
  parts: FlowServiceParts,
  session: Session,
  { name, enabled }: { name: string; enabled: boolean },
): Promise<void> {
  const flow = session.flowNamed(name);
  if (flow === null) throw refusal('not_found');
  if (enabled && flow.kind === 'acts' && flow.steps.length === 0)
    throw inputRefusal(
      'The flow has no steps: it would do nothing.',
      'steps',
      'Write its steps into its file first.',
    );
  const entry = { kind: 'flow.switched', subject: flow.name, outcome: { enabled } } as const;
  await record(parts, session, entry, (tx) =>
    parts.store.flowSettings.switch(tx, flow.name, enabled),
  );
}

async function record(
  parts: FlowServiceParts,
  { identity: standing }: Session,
  entry: Omit<RequestEntry, 'caller'> & { outcome: JsonObject },
  effect: (tx: StoreTransaction) => Promise<void>,
): Promise<void> {
  const id = (parts.newId ?? newRunId)();
  const draft = requestDraft(id, parts.now().toISOString(), { ...entry, caller: standing.caller });
  await parts.store.journal.append([draft], effect);
}

const NAME = /^[^\p{Cc}\p{Cs}]{1,200}$/u;
const MEMBER = /^(user|group|key):[^\p{Cc}\p{Cs}]{1,300}$/u;
const MAX_ITEMS = 1_000;

/** The set with the flow names in their exact case. Throws FlowRefusal malformed. */
function parseSet(
  session: Session,
  { name, flows, members, permissions }: ResourceSet,
): ResourceSet {
  return {
    name: parseName(name),
    flows: listOf(flows, 'flows', (flow) =>
      flow === EVERY_FLOW ? flow : session.flowNamed(flow)?.name,
    ),
    members: listOf(members, 'members', (member) => (MEMBER.test(member) ? member : undefined)),
    permissions: listOf(
      permissions,
      'permissions',
      (permission) => readPermission(permission) ?? undefined,
    ),
  };
}

function parseName(name: unknown): string {
  if (typeof name === 'string' && NAME.test(name) && name.trim() === name) return name;
  throw wrong('name', 'a name of at most 200 characters');
}

function listOf<Item extends string = string>(
  value: unknown,
  field: keyof typeof EXPECTED,
  read: (text: string) => Item | undefined,
): Item[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ITEMS)
    throw wrong(field, EXPECTED[field]);
  const items = value.map((one: unknown) => (typeof one === 'string' ? read(one) : undefined));
  if (items.some((item) => item === undefined)) throw wrong(field, EXPECTED[field]);
  return [...new Set(items as Item[])];
}

const EXPECTED = {
  flows: 'a list of names of existing flows, or *',
  members: 'a list of user:LOGIN, group:NAME or key:NAME',
  permissions: 'a list of view and run',
} as const;

const wrong = (field: string, expected: string) =>
  inputRefusal(
    `The set is malformed: ${field}: expected ${expected}.`,
    field,
    'See resource_sets.yaml for an example.',
  );
