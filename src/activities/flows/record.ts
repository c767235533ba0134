import { ApplicationFailure } from '@temporalio/activity';
import type { AuditKind, JsonObject } from '../../audit/types.ts';
import { flowPrincipal } from '../../flows/names.ts';
import type { FlowOutcome } from '../../flows/types.ts';
import type { FlowRunPatch, FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { FlowDeps } from './deps.ts';
import type { Looker } from './look.ts';

/** How a run is to end: a coded word and a sentence for people, without personal data. */
export interface RunEnd {
  outcome: FlowOutcome;
  code: string | null;
  message: string | null;
}

export async function runOf(
  { store }: Pick<FlowDeps, 'store'>,
  run: string,
): Promise<FlowRunRecord> {
  const record = await store.flows.get(run);
  if (record) return record;
  const message = `the run ${run} is not in this worker's store: run arx against the same DATABASE_URL`;
  throw ApplicationFailure.nonRetryable(message, 'invalid_argument');
}

export function stepOf({ run, steps }: FlowRunRecord, id: string): FlowStepRecord {
  const step = steps.find((one) => one.id === id);
  if (step) return step;
  throw ApplicationFailure.nonRetryable(`the run ${run} has no step ${id}`, 'invalid_argument');
}

/** The flow itself, as it looks at targets. */
export function lookerOf(
  { connectors }: Pick<FlowDeps, 'connectors'>,
  record: FlowRunRecord,
): Looker {
  const { run, workflowId } = record;
  const { authenticatedBy, surface } = record.caller;
  return {
    connectors,
    caller: { principal: principalOf(record), authenticatedBy, surface, workflowId, run },
  };
}

/** In whose name a run acts: that of its flow. */
export const principalOf = ({ flow }: Pick<FlowRunRecord, 'flow'>): string =>
  flowPrincipal(flow ?? 'none');

interface Entry {
  kind: AuditKind;
  outcome: JsonObject;
  /** ISO 8601. Absent: now, and as often as it happens. */
  at?: string;
}

/** Changes a run together with the entry that tells of it. */
export async function put(
  deps: FlowDeps,
  record: FlowRunRecord,
  { kind, outcome, at }: Entry,
  patch: FlowRunPatch,
): Promise<void> {
  const { sequence, ...draft } = deps.draft(record, {
    kind,
    at: at ?? deps.now().toISOString(),
    outcome,
  });
  const once = at !== undefined && sequence !== undefined ? { sequence } : {};
  await deps.store.journal.append([{ ...draft, ...once }], async (tx: StoreTransaction) => {
    await deps.store.flows.update(tx, record.run, patch);
  });
}

/** The steps of a run with one of them changed. */
export const withStep = (
  { steps }: FlowRunRecord,
  id: string,
  change: Partial<FlowStepRecord>,
): FlowStepRecord[] => steps.map((step) => (step.id === id ? { ...step, ...change } : step));
