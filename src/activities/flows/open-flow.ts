import { ANONYMOUS, nameOf } from '../../governance/principal.ts';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { RunRequest } from '../../services/flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { DelegatedFlowInput } from '../../workflows/messages.ts';
import { backoffMs, retryIn, VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { FlowDeps } from './deps.ts';
import { runOf } from './record.ts';
import type { FlowActivities, OpenedFlow } from './types.ts';

/** Stands in the search attributes where there is no flow. */
const NO_FLOW = 'none';

/** `openFlow`: the run that arx opened, or the one that what was typed in asks for. */
export function openFlow(deps: FlowDeps): FlowActivities['openFlow'] {
  return async ({ input, workflowId }) => {
    const record =
      input.run === undefined ? await admitRun(deps, input) : await runOf(deps, input.run);
    const { run, flow, outcome, code } = record;
    const next = nextOf(record, workflowId);
    const children =
      next === 'split'
        ? await deps.flowService.openChildren(record)
        : await deps.store.flows.children(run);
    const search = deps.searchable() ? { flow: flow ?? NO_FLOW, actor: actorOf(record) } : null;
    return { run, next, children: children.map((child) => child.run), outcome, code, search, flow };
  };
}

function nextOf({ state, workflowId, issue }: FlowRunRecord, asking: string): OpenedFlow['next'] {
  if (state === 'ended') return 'ended';
  if (workflowId !== asking) return 'elsewhere';
  return issue.entity.kind === 'person' ? 'split' : 'acts';
}

/** Opaque: the Okta id of a person, or the name of a key. */
function actorOf({ caller: { principal, personId } }: FlowRunRecord): string {
  const service = nameOf('agent', principal);
  return service === null ? (personId ?? 'unknown') : `key:${service}`;
}

async function admitRun(deps: FlowDeps, input: DelegatedFlowInput): Promise<FlowRunRecord> {
  const { event, flow, inputs, as: principal = ANONYMOUS, dryRun = false } = input;
  if (event === undefined)
    throw ApplicationFailure.nonRetryable('run or event must be given', 'invalid_argument');
  const requester = { principal, authenticatedBy: 'none', surface: 'workflow' } as const;
  // Values of other forms are refused where the inputs are read.
  const given = inputs as RunRequest['inputs'];
  // One dry run for one workflow, however often this is tried.
  const { workflowId, runId } = Context.current().info.workflowExecution ?? {};
  const idempotencyKey = `${workflowId}/${runId}`;
  const ask: RunRequest = {
    requester,
    event,
    dryRun,
    idempotencyKey,
    ...(flow !== undefined && { flow }),
    ...(given && { inputs: given }),
  };
  try {
    return (await deps.flowService.admit(ask)).record;
  } catch (error) {
    throw failureOf(error);
  }
}

/** A refusal no retry can mend; that Okta did not say who asks may pass. */
function failureOf(thrown: unknown): unknown {
  const { name, code, message } = thrown as { name?: string; code?: string; message: string };
  const { attempt } = Context.current().info;
  if (name === 'AskerUnreadableError' && attempt < VENDOR_ATTEMPTS)
    return retryIn(backoffMs(attempt), `${code}`, message);
  if (name !== 'FlowRefusal' && name !== 'AskerUnreadableError') return thrown;
  return ApplicationFailure.nonRetryable(message, code ?? 'failed');
}
