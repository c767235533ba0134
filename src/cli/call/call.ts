import { startGovernedOperation } from '../../client/governed-operation.ts';
import { WorkflowEndedError } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { CallOptions } from './command.ts';
import { failure } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, say, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { openTarget } from '../kit/target.ts';
import type { Target } from '../kit/target.ts';
import { actionDocument } from '../kit/documents.ts';
import type { ActionDocument, ShownState } from '../kit/documents.ts';
import { followOperation, waitForRequest } from './follow-operation.ts';
import { identify } from '../kit/identity.ts';
import { assertInForce, withPolicies } from './other-policies.ts';
import { paramsOf } from './params.ts';
import { entriesOf } from '../kit/requests.ts';

/** One operation of a vendor, as named on the command line. */
export interface Asked {
  vendor: string;
  operation: string;
  options: CallOptions;
}

/**
 * `arx call`: asks for one governed operation, follows it to its end and prints what came of it.
 */
export async function callOperation(io: Io, asked: Asked): Promise<ExitCode> {
  const { options } = asked;
  const params = paramsOf(options.param ?? [], options.paramsFile);
  const settings = withPolicies(
    await loadSettings(io, options),
    options.policies,
    options.local ?? false,
  );
  // One operation needs Okta, for the people it asks; of the other vendors only what is set has to
  // be right.
  const target = await openTarget(io, settings, { local: options.local, dryRun: true });
  let keep = false;
  try {
    if (options.policies !== undefined) await assertInForce(settings, target.store);
    const identity = await identify(io, {
      settings,
      store: target.store,
      as: options.as,
      local: options.local,
    });
    const inputRef = await target.store.snapshots.put({
      operation: `${asked.vendor}:${asked.operation}`,
      params,
      reason: options.reason,
      as: identity.principal,
      ...(options.onBehalfOf === undefined ? {} : { onBehalfOf: options.onBehalfOf }),
      authenticatedBy: identity.authenticatedBy,
      surface: 'cli',
    });
    const started = await startGovernedOperation(target.link, { inputRef });
    keep = options.detach ?? false;
    const follow = options.detach ? waitForRequest : followOperation;
    const record = await follow(io, target, started).catch(asFailure);
    return await tell(io, asked, await documentOf(target, { asked, started, record }));
  } finally {
    await target.close({ keep });
  }
}

/** What the workflow failed with, as the command line tells it. */
function asFailure(thrown: unknown): never {
  throw thrown instanceof WorkflowEndedError ? failure(thrown.type, thrown.message) : thrown;
}

interface Followed {
  asked: Asked;
  started: StartedWorkflow;
  record: ActionRecord | null;
}

async function documentOf(
  { store }: Target,
  { asked, started, record }: Followed,
): Promise<ActionDocument> {
  if (record) return actionDocument(record, await entriesOf(store, record));
  return {
    schema: 'arx.action/v1',
    request: null,
    workflowId: started.workflowId,
    connector: asked.vendor,
    operation: asked.operation,
    effect: null,
    state: 'running',
    decision: null,
  };
}

async function tell(io: Io, { options }: Asked, document: ActionDocument): Promise<ExitCode> {
  if (options.json) await writeJson(io, document);
  else {
    const { actionText } = await import('../approvals/render.ts');
    await print(io, actionText(document, io.colors.out));
    if (options.detach && document.request)
      say(io, `See what becomes of it: \`arx approvals why ${document.request}\`.`);
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
