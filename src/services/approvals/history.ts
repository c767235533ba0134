/** The history of a request in sentences, from its audit entries. */

import type { AuditEntry, AuditKind } from '../../audit/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import { textOf } from '../../audit/outcome.ts';
import type { Store } from '../../store/types.ts';
import { approvalDocument } from './approval-document.ts';
import { entriesOf } from './entries.ts';
import { verifyVotesAmong } from './verify-votes.ts';
import type { VerifiedVote } from '../../governance/verify-votes.ts';
import { messageOf } from '../../governance/words.ts';

/** One entry in the history of a request. */
export interface HistoryEntry {
  at: string;
  kind: AuditKind;
  /** What happened, in one sentence. */
  text: string;
  /** Id of the audit entry. */
  entry: string;
  /** For a vote: whether its signature proves it, and the key that signed it. */
  signature?: { ok: boolean; key: string | null; fault: string | null };
}

type Sentence = (entry: AuditEntry, record: ActionRecord) => string;

const withReason =
  (name: string): Sentence =>
  (entry) =>
    `${name}${reasonText(entry)}`;
const reasonText = ({ outcome }: AuditEntry): string => {
  const code = textOf(outcome, 'code');
  return code === null ? '' : `: ${messageOf(code)} (${code})`;
};

/** How the call failed, in the words of arx and the vendor, for the entry that ended the request. */
function failureText(entry: AuditEntry, { state, outcome }: ActionRecord): string {
  const message = textOf(entry.outcome, 'state') === state ? textOf(outcome, 'message') : null;
  return message === null ? reasonText(entry) : `: ${message}`;
}

/** States in which an operation ends before its call. */
const WITHOUT_CALL: ReadonlySet<string> = new Set(['rejected', 'expired', 'cancelled']);

/** The sentence for each kind of entry. */
const SENTENCES: Partial<Record<AuditKind, Sentence>> = {
  'action.requested': (_, record) =>
    `${record.principal} requested ${record.connector}:${record.operation}${onTarget(record)}` +
    `${record.onBehalfOf === null ? '' : ` on behalf of ${record.onBehalfOf}`}: ${record.reason || 'no reason given'}`,
  'action.decided': decisionSentence,
  'action.denied': (entry, record) => `${decisionSentence(entry, record)}; nothing was sent`,
  'approval.opened': approvalSentence,
  'approval.notified': ({ outcome }) =>
    outcome?.['told'] === false
      ? `the channel could not be notified${codeOf(outcome)}`
      : 'the channel was notified',
  'approval.reminded': () => 'the approvers were reminded',
  'approval.escalated': ({ outcome }) =>
    `escalated to more approvers (${Number(outcome?.['added'] ?? 0)} named)`,
  'approval.answered': ({ outcome }) =>
    `${textOf(outcome, 'person') ?? 'unknown'} ${textOf(outcome, 'verdict') === 'deny' ? 'denied' : 'approved'} it` +
    ` (${textOf(outcome, 'surface') ?? 'unknown surface'})`,
  'approval.refused': (entry) =>
    `a decision by ${textOf(entry.outcome, 'person') ?? 'an unauthenticated user'} was refused${reasonText(entry)}`,
  'approval.closed': ({ outcome }) =>
    `the approval closed: ${textOf(outcome, 'state') ?? 'closed'}`,
  'grant.issued': () => 'a single-use grant for exactly this call was issued',
  'grant.used': () => 'the grant was used',
  'grant.stale': withReason('checked again before the call and not sent'),
  'action.started': (_, record) => `the call started${onTarget(record)}`,
  'action.succeeded': () => 'the vendor accepted it',
  'action.failed': (entry, record) =>
    WITHOUT_CALL.has(textOf(entry.outcome, 'state') ?? '')
      ? `ended without a call${reasonText(entry)}`
      : `the call failed${failureText(entry, record)}`,
  'action.unknown': (entry, record) =>
    `it is not known whether the vendor accepted it${failureText(entry, record)}`,
};

/** The history of a request from the audit trail, with the proof of each vote. */
export async function approvalHistory(
  store: Pick<Store, 'audit'>,
  record: ActionRecord,
): Promise<HistoryEntry[]> {
  const entries = await entriesOf(store, record);
  return historyOf(record, entries, await verifyVotesAmong(store, entries));
}

/** The history of a request: its audit entries in order, as sentences; `votes` by entry. */
export function historyOf(
  record: ActionRecord,
  entries: readonly AuditEntry[],
  votes: ReadonlyMap<string, VerifiedVote> = new Map(),
): HistoryEntry[] {
  return entries.map((entry) => {
    const vote = votes.get(entry.id);
    const text = (SENTENCES[entry.kind] ?? withReason(entry.kind))(entry, record);
    return {
      at: entry.at,
      kind: entry.kind,
      text: vote ? `${text}, ${signatureText(vote)}` : text,
      entry: entry.id,
      ...(vote && { signature: { ok: vote.ok, key: vote.key, fault: vote.fault } }),
    };
  });
}

const signatureText = ({ key, fault }: VerifiedVote): string =>
  fault === null ? `signature verified with key ${key}` : `NOT PROVEN: ${messageOf(fault)}`;

const onTarget = ({ target }: ActionRecord): string =>
  target ? ` on ${target.kind} ${target.id}` : '';

const codeOf = (outcome: AuditEntry['outcome']): string => {
  const code = textOf(outcome, 'code');
  return code === null ? '' : ` (${code})`;
};

function decisionSentence({ outcome, decision }: AuditEntry, record: ActionRecord): string {
  const effect = decision?.effect ?? textOf(outcome, 'effect') ?? 'unknown';
  // The policies may grant what is refused for another reason, such as a missing approver.
  const refusal = decision?.code === 'granted' ? textOf(outcome, 'code') : null;
  const code = refusal ?? decision?.code ?? textOf(outcome, 'code') ?? 'unknown';
  const policies = decision?.policies ?? record.obligations.approvers.map(({ policy }) => policy);
  const why = code === 'granted' ? '' : `: ${messageOf(code)} (${code})`;
  const by = policies.length > 0 ? ` by ${policies.join(', ')}` : '';
  const hints = record.outcome?.['hints'];
  const hint =
    effect === 'deny' && Array.isArray(hints) && hints.length > 0
      ? `; ${hints.map(String).join('; ')}`
      : '';
  return `policy decision: ${effect}${by} at risk ${record.risk}${why}${hint}`;
}

function approvalSentence(_: AuditEntry, record: ActionRecord): string {
  const { needed, eligible, deadline } = approvalDocument(record);
  return `approval was requested: ${needed} of ${eligible.length} must approve by ${deadline ?? 'the deadline'}`;
}
