import type { AuditEntry } from '../../audit/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { Store } from '../../store/types.ts';
import { entriesOf } from '../kit/requests.ts';
import { textOf } from '../kit/documents.ts';

/** A call that a run made, or that was refused it. */
export interface FlowCall {
  /** ISO 8601, as it ended. */
  at: string;
  operation: string;
  state: 'succeeded' | 'failed' | 'unknown' | 'denied';
  code: string | null;
  /** Id of the entry in the trail. */
  entry: string;
}

/** One thing that happened in a run. */
export interface FlowMoment {
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

/** The calls of a run and its story, from the audit trail, in the order of the trail. */
export async function trailOf(
  store: Pick<Store, 'audit' | 'requests'>,
  record: FlowRunRecord,
): Promise<{ calls: FlowCall[]; story: FlowMoment[] }> {
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

const MOST = 1_000;

async function entriesAbout(store: Store, { run, steps }: FlowRunRecord): Promise<AuditEntry[]> {
  const about = await Promise.all([
    store.audit.list({ subject: run, limit: MOST }),
    store.audit.list({ run, limit: MOST }),
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

type Told = (entry: AuditEntry) => string;
const codeSuffix = (word: string | null): string => (word === null ? '' : ` (${word})`);

/** What the entries say, for people; reads of the target are calls and no part of the story. */
const SENTENCES: Partial<Record<AuditEntry['kind'], Told>> = {
  'flow.opened': ({ outcome }) => `opened by an ${textOf(outcome, 'eventType') ?? 'event'}`,
  'flow.planned': ({ outcome }) => {
    const end = textOf(outcome, 'outcome');
    return `planned${end === null ? '' : `: ${end}${codeSuffix(textOf(outcome, 'code'))}`}`;
  },
  'flow.step': ({ outcome }) =>
    `${textOf(outcome, 'operation') ?? 'a step'}: ${STATES[textOf(outcome, 'state') ?? ''] ?? 'changed'}${codeSuffix(textOf(outcome, 'code'))}`,
  'flow.verified': ({ outcome }) =>
    `looked whether it holds: ${outcome?.['verified'] === false ? 'no' : 'yes'}`,
  'flow.closed': ({ outcome }) =>
    `ended: ${textOf(outcome, 'outcome') ?? 'unknown'}${codeSuffix(textOf(outcome, 'code'))}`,
  'approval.opened': () => 'people were asked to decide',
  'approval.answered': ({ outcome }) =>
    `${textOf(outcome, 'person') ?? 'somebody'} ${textOf(outcome, 'verdict') === 'deny' ? 'denied' : 'approved'} it`,
  'approval.refused': ({ outcome }) =>
    `an answer was refused${codeSuffix(textOf(outcome, 'code'))}`,
  'approval.closed': ({ outcome }) =>
    `the approval closed: ${textOf(outcome, 'state') ?? 'closed'}`,
};

const STATES: Readonly<Record<string, string>> = {
  running: 'begun',
  done: 'done',
  failed: 'failed',
};
