/** Who did what to whom, and with what result: an audit entry in words. */

import { textOf } from '../../audit/outcome.ts';
import type { AuditEntry, AuditKind } from '../../audit/types.ts';
import { messageOf } from '../../governance/words.ts';

/** An audit entry for readers. Ids stand for themselves: names are not in the trail. */
interface EntryWords {
  /** Principal, without `user:` for people. */
  actor: string;
  /** How the actor was proven; null for parts of arx. */
  proof: string | null;
  /** The operation with what happened to it, or the event. */
  event: string;
  /** Id of the person or thing concerned; null if the entry is about arx itself. */
  target: string | null;
  outcome: string;
}

const PROOFS: Readonly<Record<AuditEntry['actor']['authenticatedBy'], string | null>> = {
  worker: null,
  key: 'access key',
  slack: 'Slack',
  console: 'console',
  cli: 'not proven',
  none: 'not proven',
};

/** An entry in words. */
export function wordsOfEntry(entry: AuditEntry): EntryWords {
  const { actor, kind, outcome } = entry;
  const operation = entry.operation ?? textOf(outcome, 'operation');
  return {
    actor: actor.principal.replace(/^user:/, ''),
    proof: actor.principal.startsWith('workflow:') ? null : PROOFS[actor.authenticatedBy],
    event: operation === null || !isAboutOperation(kind) ? eventOf(kind) : operation,
    target: targetOf(entry),
    outcome: outcomeOf(entry),
  };
}

/** Kinds whose event is best named by their operation. */
const isAboutOperation = (kind: AuditKind): boolean =>
  /^(action|approval|grant)\./.test(kind) || kind === 'flow.step';

/** `ticket.created` → `ticket created`. */
const eventOf = (kind: AuditKind): string => kind.replace('.', ' ').replaceAll('_', ' ');

/** Kinds whose subject is what they are about, and not a run or request of arx itself. */
const ABOUT_SUBJECT: ReadonlySet<string> = new Set([
  ...['user.checked', 'user.rechecked', 'key.created', 'key.rotated', 'key.revoked'],
  ...['flow.switched', 'flow.refused', 'resource_set.changed', 'sync.stream'],
]);

function targetOf({ kind, target, outcome, subject }: AuditEntry): string | null {
  const named = ABOUT_SUBJECT.has(kind) ? subject : (target ?? textOf(outcome, 'target'));
  return named === null || named === undefined || named === '' ? null : named;
}

const OUTCOMES: Partial<Record<AuditKind, (entry: AuditEntry) => string>> = {
  'action.requested': () => 'requested',
  'action.decided': ({ decision, outcome }) =>
    EFFECTS[decision?.effect ?? textOf(outcome, 'effect') ?? ''] ?? 'decided',
  'action.denied': (entry) => withCode('denied', entry),
  'action.started': () => 'call started',
  'action.succeeded': () => 'done',
  'action.failed': (entry) => withCode('failed', entry),
  'action.unknown': () => 'not known whether it took effect',
  'approval.opened': () => 'approval requested',
  'approval.notified': ({ outcome }) =>
    outcome?.['told'] === false ? 'channel not reached' : 'channel notified',
  'approval.reminded': () => 'approvers reminded',
  'approval.escalated': () => 'escalated to more approvers',
  'approval.answered': ({ outcome }) =>
    textOf(outcome, 'verdict') === 'deny' ? 'denied' : 'approved',
  'approval.refused': (entry) => withCode('decision refused', entry),
  'approval.closed': ({ outcome }) =>
    `approval ${(textOf(outcome, 'state') ?? 'closed').toLowerCase()}`,
  'grant.issued': () => 'single-use grant issued',
  'grant.used': () => 'grant used',
  'grant.stale': (entry) => withCode('checked again and not sent', entry),
  'user.checked': verdictText,
  'user.rechecked': verdictText,
  'ticket.created': ({ outcome }) => textOf(outcome, 'key') ?? 'created',
  'scan.page': ({ outcome }) => `${Number(outcome?.['users'] ?? 0)} users listed`,
  'flow.verified': ({ outcome }) =>
    outcome?.['verified'] === false ? 'effect not seen in time' : 'effect verified',
  'flow.switched': ({ outcome }) => (outcome?.['enabled'] === false ? 'disabled' : 'enabled'),
};

const EFFECTS: Readonly<Record<string, string>> = {
  allow: 'allowed by policy',
  auto: 'allowed by policy, without asking people',
  approval: 'needs approval',
  deny: 'denied by policy',
};

function verdictText({ outcome }: AuditEntry): string {
  return (textOf(outcome, 'verdict') ?? 'checked').replaceAll('_', ' ');
}

/** The fields of an outcome that say how something ended, the most telling first. */
const TELLING = ['outcome', 'state', 'status', 'verdict', 'code', 'key', 'purpose'] as const;

function outcomeOf(entry: AuditEntry): string {
  const own = OUTCOMES[entry.kind];
  if (own !== undefined) return own(entry);
  const word = TELLING.map((name) => textOf(entry.outcome, name)).find((text) => text !== null);
  return word === undefined || word === null ? '' : messageOf(word);
}

function withCode(what: string, { outcome, decision }: AuditEntry): string {
  const code = textOf(outcome, 'code') ?? decision?.code ?? null;
  return code === null || code === 'granted' ? what : `${what}: ${messageOf(code)}`;
}
