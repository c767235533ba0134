import type { AuditEntry, AuditKind } from '../../audit/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import { textOf } from '../kit/documents.ts';
import { messageOf } from '../../governance/words.ts';

/** One step of the way of a request. */
export interface StoryStep {
  at: string;
  kind: AuditKind;
  /** What happened, in one sentence. */
  text: string;
  /** Id of the entry of the trail that says so. */
  entry: string;
}

type Sentence = (entry: AuditEntry, record: ActionRecord) => string;

const what =
  (name: string): Sentence =>
  (entry) =>
    `${name}${because(entry)}`;
const because = ({ outcome }: AuditEntry): string => {
  const code = textOf(outcome, 'code');
  return code === null ? '' : `: ${messageOf(code)} (${code})`;
};

/** How each kind of entry is told. */
const SENTENCES: Partial<Record<AuditKind, Sentence>> = {
  'action.requested': (_, record) =>
    `${record.principal} asked for ${record.connector}:${record.operation}${onTarget(record)}` +
    `${record.onBehalfOf === null ? '' : ` on behalf of ${record.onBehalfOf}`}: ${record.reason || 'no reason given'}`,
  'action.decided': decisionSentence,
  'action.denied': (entry, record) => `${decisionSentence(entry, record)}; nothing was sent`,
  'approval.opened': approvalSentence,
  'approval.notified': ({ outcome }) =>
    outcome?.['told'] === false
      ? `the channel could not be told${codeOf(outcome)}`
      : 'the channel was told',
  'approval.reminded': () => 'those who may decide were reminded',
  'approval.escalated': ({ outcome }) =>
    `more people may decide (${Number(outcome?.['added'] ?? 0)} named)`,
  'approval.answered': ({ outcome }) =>
    `${textOf(outcome, 'person') ?? 'somebody'} ${textOf(outcome, 'verdict') === 'deny' ? 'denied' : 'approved'} it` +
    ` (${textOf(outcome, 'surface') ?? 'unknown surface'})`,
  'approval.refused': (entry) =>
    `an answer of ${textOf(entry.outcome, 'person') ?? 'somebody unproven'} was refused${because(entry)}`,
  'approval.closed': ({ outcome }) =>
    `the approval closed: ${textOf(outcome, 'state') ?? 'closed'}`,
  'grant.issued': () => 'a grant for exactly this call was issued, to be used once',
  'grant.used': () => 'the grant was used up',
  'grant.stale': what('checked again before the call, and not sent'),
  'action.started': (_, record) => `the call began${onTarget(record)}`,
  'action.succeeded': () => 'the vendor took it',
  'action.failed': what('it failed'),
  'action.unknown': what('whether the vendor took it is not known'),
};

/** The way of a request: its entries in the order of the trail, in words. */
export function storyOf(record: ActionRecord, entries: readonly AuditEntry[]): StoryStep[] {
  return entries.map((entry) => ({
    at: entry.at,
    kind: entry.kind,
    text: (SENTENCES[entry.kind] ?? what(entry.kind))(entry, record),
    entry: entry.id,
  }));
}

const onTarget = ({ target }: ActionRecord): string =>
  target ? ` on ${target.kind} ${target.id}` : '';

const codeOf = (outcome: AuditEntry['outcome']): string => {
  const code = textOf(outcome, 'code');
  return code === null ? '' : ` (${code})`;
};

function decisionSentence({ outcome, decision }: AuditEntry, record: ActionRecord): string {
  const effect = decision?.effect ?? textOf(outcome, 'effect') ?? 'unknown';
  const code = decision?.code ?? textOf(outcome, 'code') ?? 'unknown';
  const policies = decision?.policies ?? record.obligations.approvers.map(({ policy }) => policy);
  const why = code === 'granted' ? '' : `: ${messageOf(code)} (${code})`;
  const by = policies.length > 0 ? ` by ${policies.join(', ')}` : '';
  const hints = record.outcome?.['hints'];
  const hint =
    effect === 'deny' && Array.isArray(hints) && hints.length > 0
      ? `; ${hints.map(String).join('; ')}`
      : '';
  return `the policies said ${effect}${by} at risk ${record.risk}${why}${hint}`;
}

function approvalSentence(_: AuditEntry, record: ActionRecord): string {
  const { needed, eligible, deadline } = approvalDocument(record);
  return `people were asked: ${needed} of ${eligible.length} must approve until ${deadline ?? 'the deadline'}`;
}
