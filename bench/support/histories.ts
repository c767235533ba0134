/** What a workflow left in Temporal, over its whole chain of runs. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import type { StartedWorkflow } from '../../src/client.ts';

type HistoryEvent = NonNullable<History['events']>[number];

/** One run of a chain. `bytes` is the server's own figure. */
export interface ChainRun {
  history: History;
  bytes: number;
}

/** The runs of a chain from the first to the last, read one at a time. */
export async function* chainOf(
  client: Client,
  { workflowId, run }: StartedWorkflow,
): AsyncGenerator<ChainRun> {
  for (let runId: string | null = run; runId !== null;) {
    const handle: WorkflowHandle = client.workflow.getHandle(workflowId, runId);
    const [history, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    yield { history, bytes: Number(description.raw.workflowExecutionInfo?.historySizeBytes ?? 0) };
    const last = history.events?.at(-1);
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? null;
  }
}

/** Sums over a chain. */
export interface Tally {
  runs: number;
  events: number;
  /** Billable actions but heartbeats, which leave no event. */
  actions: number;
  largest: ChainRun & { events: number };
  /** Bytes of the largest payload in any event. */
  largestPayload: number;
}

/**
 * Events and actions of a chain. Actions as Temporal Cloud counts them
 * (docs.temporal.io/cloud/actions): one for each start of a run (continue-as-new included), each
 * try of an activity, timer, signal, update and upsert of search attributes, two for a child.
 * Queries leave no event; nobody queries during a benchmark.
 */
export async function tally(runs: AsyncIterable<ChainRun>): Promise<Tally> {
  const sum: Tally = {
    runs: 0,
    events: 0,
    actions: 0,
    largest: { history: {}, bytes: 0, events: 0 },
    largestPayload: 0,
  };
  for await (const { history, bytes } of runs) {
    const events = history.events ?? [];
    sum.runs += 1;
    sum.events += events.length;
    sum.actions += events.reduce((total, event) => total + actionsOf(event), 0);
    sum.largestPayload = Math.max(sum.largestPayload, ...events.map(largestPayload));
    if (events.length > sum.largest.events) sum.largest = { history, bytes, events: events.length };
  }
  return sum;
}

const ONE_ACTION = [
  'workflowExecutionStartedEventAttributes',
  'activityTaskScheduledEventAttributes',
  'timerStartedEventAttributes',
  'workflowExecutionSignaledEventAttributes',
  'workflowExecutionUpdateAcceptedEventAttributes',
  'upsertWorkflowSearchAttributesEventAttributes',
] as const;

function actionsOf(event: HistoryEvent): number {
  const retries = Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes ? 2 : 0;
  return ONE_ACTION.filter((name) => event[name]).length + retries + child;
}

/**
 * Payloads are the objects that hold `metadata` and bytes as `data`, wherever they stand in an
 * event.
 */
function largestPayload(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0;
  const { data } = value as { data?: unknown };
  const own = 'metadata' in value && data instanceof Uint8Array ? data.length : 0;
  return Object.values(value).reduce<number>(
    (most, inner) => Math.max(most, largestPayload(inner)),
    own,
  );
}

/** One activity of a chain, epoch milliseconds; `endedAt` null while it goes on. */
export interface ActivitySpan {
  name: string;
  scheduledAt: number;
  endedAt: number | null;
}

/** Every activity of a chain in the order in which they were scheduled. */
export async function activitySpans(runs: AsyncIterable<ChainRun>): Promise<ActivitySpan[]> {
  const spans: ActivitySpan[] = [];
  for await (const { history } of runs) {
    const open = new Map<string, ActivitySpan>();
    for (const event of history.events ?? []) {
      const {
        activityTaskScheduledEventAttributes: scheduled,
        activityTaskCompletedEventAttributes: done,
      } = event;
      if (scheduled) {
        const span = {
          name: scheduled.activityType?.name ?? '',
          scheduledAt: timeOf(event),
          endedAt: null,
        };
        open.set(String(event.eventId), span);
        spans.push(span);
      }
      const ended = done && open.get(String(done.scheduledEventId));
      if (ended) ended.endedAt = timeOf(event);
    }
  }
  return spans;
}

const timeOf = ({ eventTime }: HistoryEvent): number =>
  Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;
