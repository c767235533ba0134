import { ApplicationFailure, Context } from '@temporalio/activity';
import { ANONYMOUS } from '../../governance/principal.ts';
import { inputFault } from '../../governance/stored-input.ts';
import { messageOf } from '../../governance/words.ts';
import type { ActionRequest } from '../../store/governance-types.ts';
import type { GovernedOperationInput } from '../../workflows/messages.ts';
import type { UsesStore } from '../support/parts.ts';

/** What arx stores under an `inputRef`: the input, and how its principal was authenticated. */
export interface StoredInput extends GovernedOperationInput {
  authenticatedBy?: ActionRequest['authenticatedBy'];
  surface?: ActionRequest['surface'];
}

/** A workflow that opens its request. Times are milliseconds since the epoch. */
interface InputUse {
  requestId: string;
  /** First run id of the workflow; it stays the same when Temporal resets the workflow. */
  run: string;
  input: GovernedOperationInput;
  now: number;
  startedAt: number;
}

type InputDeps = UsesStore<'inputs' | 'journal' | 'snapshots'>;

/**
 * The input of a request. A run opens one request, and a stored input is used once, by the workflow
 * for which it was made: whoever starts or resets a workflow in Temporal must not repeat a call in
 * the name of the user who made it. Refusals are recorded. Throws a permanent failure.
 */
export async function takeInput(deps: InputDeps, use: InputUse): Promise<StoredInput> {
  const { requestId, run, input, now, startedAt } = use;
  const { inputRef } = input;
  const stored = inputRef === undefined ? null : await readInput(deps, inputRef);
  const workflowId = workflowOf(run);
  const fault = stored && inputFault(stored, { workflowId, startedAt });
  if (fault !== null) return refuse(deps, use, fault);
  const used = [`run/${run}`, ...(inputRef === undefined ? [] : [`input/${inputRef}`])];
  const by = { requestId, at: new Date(now).toISOString() };
  if (!(await deps.store.inputs.use(used, by))) return refuse(deps, use, 'input_used');
  if (stored === null) return { ...input, authenticatedBy: 'none', surface: 'workflow' };
  return stored as StoredInput;
}

async function readInput({ store }: UsesStore<'snapshots'>, inputRef: string) {
  const stored = await store.snapshots.get(inputRef);
  if (stored !== null) return stored;
  throw invalid(
    `the input ${inputRef} is not in this worker's store: run arx against the same DATABASE_URL`,
  );
}

const workflowOf = (run: string): string =>
  (Context.current().info.workflowExecution ?? { workflowId: run }).workflowId;

async function refuse(
  { store }: UsesStore<'journal'>,
  { requestId, run, now }: InputUse,
  code: string,
): Promise<never> {
  await store.journal.append([
    {
      workflowId: workflowOf(run),
      run,
      kind: 'action.denied',
      subject: requestId,
      sequence: 0,
      at: new Date(now).toISOString(),
      actor: { principal: ANONYMOUS, authenticatedBy: 'none' },
      surface: 'workflow',
      outcome: { effect: 'deny', code },
    },
  ]);
  throw ApplicationFailure.nonRetryable(
    `${messageOf(code)}: make the request again with arx`,
    code,
  );
}

const invalid = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, 'invalid_argument');
