/** The calls and events of a flow run, read from the audit trail. */

import type { AuditEntry } from '../../audit/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { Store } from '../../store/types.ts';
import { entriesOf } from '../../services/approvals/entries.ts';
import { textOf } from '../../audit/outcome.ts';

/** A call that a run made, or that was denied. */
export interface FlowCall {
  /** When it ended, ISO 8601. */
  at: string;
  operation: string;
  state: 'succeeded' | 'failed' | 'unknown' | 'denied';
  code: string | null;
  /** Id of the audit entry. */
  entry: string;
}

/** One event of a run. */
export interface FlowEvent {
  at: string;
  kind: AuditEntry['kind'];
  text: string;
  entry: string;
}

const CALLS = {
  'action.succeeded': 'succeeded',
  'action.failed': 'failed',
  'action.unknown': 'unknown',
  'action.denied': 'denied',
} as const satisfies Partial<Record<AuditEntry['kind'], FlowCall['state']>>;

/** The calls and events of a run, in the order of the audit trail. */
export async function auditTrailOf(
  store: Pick<Store, 'audit' | 'requests'>,
  record: FlowRunRecord,
): Promise<{ calls: FlowCall[]; story: FlowEvent[] }> {
  const entries = await entriesAbout(store as Store, record);
  return {
    calls: entries.flatMap(({ at, kind, operation, outcome, id }) =>
      operation === undefined || !(kind in CALLS)
        ? []
        : [
            {
              at,
              operation,
              state: CALLS[kind as keyof typeof CALLS],
              code: textOf(outcome, 'code'),
              entry: id,
            },
          ],
    ),
    story: entries.flatMap((entry) => {
      const text = SENTENCES[entry.kind]?.(entry);
      return text === undefined ? [] : [{ at: entry.at, kind: entry.kind, text, entry: entry.id }];
    }),
  };
}

const MAX_ENTRIES = 1_000;

async function entriesAbout(store: Store, { run, steps }: FlowRunRecord): Promise<AuditEntry[]> {
  const about = await Promise.all([
    store.audit.list({ subject: run, limit: MAX_ENTRIES }),
    store.audit.list({ run, limit: MAX_ENTRIES }),
  ]);
  const requests = await Promise.all(
    steps.flatMap(({ request }) => (request === null ? [] : [store.requests.get(request)])),
  );
  const made = await Promise.all(
    requests.flatMap((request) => (request ? [entriesOf(store, request)] : [])),
  );
  const all = new Map(
    [...about.flat().map(({ entry }) => entry), ...made.flat()].map((entry) => [entry.id, entry]),
  );
  return [...all.values()].toSorted((one, other) => one.at.localeCompare(other.at));
}

type Sentence = (entry: AuditEntry) => string;
const codeSuffix = (word: string | null): string => (word === null ? '' : ` (${word})`);

/** The entries as text. Reads of the target are calls, and are not listed as events. */
const SENTENCES: Partial<Record<AuditEntry['kind'], Sentence>> = {
  'flow.opened': ({ outcome }) => `opened by an ${textOf(outcome, 'eventType') ?? 'event'}`,
  'flow.planned': ({ outcome }) => {
    const end = textOf(outcome, 'outcome');
    return `planned${end === null ? '' : `: ${end}${codeSuffix(textOf(outcome, 'code'))}`}`;
  },
  'flow.step': ({ outcome }) =>
    `${textOf(outcome, 'operation') ?? 'a step'}: ${STATES[textOf(outcome, 'state') ?? ''] ?? 'changed'}${codeSuffix(textOf(outcome, 'code'))}`,
  'flow.verified': ({ outcome }) =>
    outcome?.['verified'] === false ? 'effect not seen in time' : 'effect verified',
  'flow.closed': ({ outcome }) =>
    `ended: ${textOf(outcome, 'outcome') ?? 'unknown'}${codeSuffix(textOf(outcome, 'code'))}`,
  'approval.opened': () => 'approval was requested',
  'approval.answered': ({ outcome }) =>
    `${textOf(outcome, 'person') ?? 'unknown'} ${textOf(outcome, 'verdict') === 'deny' ? 'denied' : 'approved'} it`,
  'approval.refused': ({ outcome }) =>
    `a decision was refused${codeSuffix(textOf(outcome, 'code'))}`,
  'approval.closed': ({ outcome }) =>
    `the approval closed: ${textOf(outcome, 'state') ?? 'closed'}`,
};

const STATES: Readonly<Record<string, string>> = {
  running: 'started',
  done: 'done',
  failed: 'failed',
};
