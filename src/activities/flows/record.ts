import { ApplicationFailure } from '@temporalio/activity';
import type { AuditKind, JsonObject } from '../../audit/types.ts';
import { flowPrincipal } from '../../flows/names.ts';
import type { AccountConnector, FlowOutcome } from '../../flows/types.ts';
import type { FlowRunPatch, FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import type { FlowDeps } from './deps.ts';
import type { TargetReader } from './read-target.ts';

/** How a run ends: a coded word, and a sentence for people that may repeat what a vendor said. */
export interface RunEnd {
  outcome: FlowOutcome;
  code: string | null;
  message: string | null;
  /** The failed call, if one ended the run. */
  error?: JsonObject;
}

export async function runOf({ store }: UsesStore<'flows'>, run: string): Promise<FlowRunRecord> {
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

/** Reads targets in the name of the flow. */
export function targetReaderOf(
  { connectors }: UsesConnectors<AccountConnector>,
  record: FlowRunRecord,
): TargetReader {
  const { run, workflowId } = record;
  const { authenticatedBy, surface } = record.caller;
  return {
    connectors,
    caller: { principal: principalOf(record), authenticatedBy, surface, workflowId, run },
  };
}

/** The principal of a run: that of its flow. */
export const principalOf = ({ flow }: Pick<FlowRunRecord, 'flow'>): string =>
  flowPrincipal(flow ?? 'none');

export type UpdateDeps = UsesStore<'flows' | 'journal'> & UsesClock & Pick<FlowDeps, 'draft'>;

interface Entry {
  kind: AuditKind;
  outcome: JsonObject;
  /**
   * ISO 8601. If it is given, the entry is written only once, also by a retry; otherwise the time is
   * now.
   */
  at?: string;
}

/** Changes a run, and writes the audit entry in the same transaction. */
export async function updateRun(
  deps: UpdateDeps,
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
