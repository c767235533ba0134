import type { JsonObject } from '../../audit/types.ts';
import { newOperationId, startGovernedOperation } from '../../client/governed-operation.ts';
import { WorkflowEndedError } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import { bindInput } from '../../governance/stored-input.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { CallOptions } from './command.ts';
import { failure } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { openTarget } from '../kit/target.ts';
import type { Target } from '../kit/target.ts';
import { actionDocument } from '../kit/documents.ts';
import type { ActionDocument, ShownState } from '../kit/documents.ts';
import { followOperation, waitForRequest } from './follow-operation.ts';
import { identify } from '../kit/identity.ts';
import { assertWorkerPolicies, withPolicies } from './other-policies.ts';
import { argsOf } from './args.ts';
import { withIds } from './names.ts';
import { refuseNearMisses } from './near-misses.ts';
import { entriesOf } from '../../services/approvals/entries.ts';

/** One operation at a vendor, as named on the command line. */
interface CallRequest {
  vendor: string;
  operation: string;
  options: CallOptions;
}

/** `arx call`: requests one governed operation, follows it to its end and prints its outcome. */
export async function callOperation(io: Io, call: CallRequest): Promise<ExitCode> {
  const { options } = call;
  const given = argsOf(options.param ?? [], options.paramsFile);
  refuseNearMisses(call.vendor, call.operation, given);
  const settings = withPolicies(
    await loadSettings(io, options),
    options.policies,
    options.local ?? false,
  );
  // Okta is always needed to look up approvers. The settings of other vendors are checked only if
  // they are set.
  const target = await openTarget(io, settings, { local: options.local, dryRun: true });
  let keep = false;
  try {
    if (options.policies !== undefined) await assertWorkerPolicies(settings, target.store);
    const identity = await identify(io, {
      settings,
      store: target.store,
      as: options.as,
      local: options.local,
    });
    const naming = { settings, store: target.store, vendor: call.vendor };
    const args = await withIds(io, naming, given);
    const workflowId = newOperationId(new Date());
    const input: JsonObject = {
      operation: `${call.vendor}:${call.operation}`,
      params: args,
      reason: options.reason,
      as: identity.principal,
      ...(options.onBehalfOf === undefined ? {} : { onBehalfOf: options.onBehalfOf }),
      authenticatedBy: identity.authenticatedBy,
      surface: 'cli',
    };
    const inputRef = await target.store.snapshots.put(
      bindInput(input, { workflowId, madeAt: Date.now() }),
    );
    const started = await startGovernedOperation(target.link, { inputRef }, workflowId);
    keep = options.detach ?? false;
    const follow = options.detach ? waitForRequest : followOperation;
    const record = await follow(io, target, started).catch(toFailure);
    return await printOutcome(io, call, await documentOf(target, { call, started, record }));
  } finally {
    await target.close({ keep });
  }
}

/** Converts the failure of the workflow to a CliError. */
function toFailure(thrown: unknown): never {
  throw thrown instanceof WorkflowEndedError ? failure(thrown.type, thrown.message) : thrown;
}

interface FinishedCall {
  call: CallRequest;
  started: StartedWorkflow;
  record: ActionRecord | null;
}

async function documentOf(
  { store }: Target,
  { call, started, record }: FinishedCall,
): Promise<ActionDocument> {
  if (record) return actionDocument(record, await entriesOf(store, record));
  return {
    schema: 'arx.action/v1',
    request: null,
    workflowId: started.workflowId,
    connector: call.vendor,
    operation: call.operation,
    effect: null,
    state: 'running',
    decision: null,
  };
}

async function printOutcome(
  io: Io,
  { options }: CallRequest,
  document: ActionDocument,
): Promise<ExitCode> {
  if (options.json) await writeJson(io, document);
  else {
    const { actionText } = await import('../approvals/render.ts');
    await print(io, actionText(document, io.colors.out));
    if (options.detach && document.request)
      printNote(io, `See its outcome with \`arx approvals why ${document.request}\`.`);
  }
  return document.error?.code === 'unauthenticated' ? EXIT.authentication : EXITS[document.state];
}

const EXITS: Record<ShownState, ExitCode> = {
  running: EXIT.ok,
  pending: EXIT.ok,
  succeeded: EXIT.ok,
  failed: EXIT.error,
  denied: EXIT.denied,
  rejected: EXIT.approval,
  expired: EXIT.approval,
  stale: EXIT.error,
  unknown: EXIT.error,
};
