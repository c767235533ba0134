import { ApplicationFailure, Context } from '@temporalio/activity';
import { ANONYMOUS, nameOf } from '../../governance/principal.ts';
import type { RunRequest } from '../../services/flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { DelegatedFlowInput } from '../../workflows/messages.ts';
import { backoffMs, retryIn, VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { UsesStore } from '../support/parts.ts';
import type { FlowDeps } from './deps.ts';
import { runOf } from './record.ts';
import type { FlowActivities, OpenedFlow } from './types.ts';

/** The search attribute of a run without a flow. */
const NO_FLOW = 'none';
const NO_EVENT =
  'the input of delegatedFlow needs run or event, for example {"run":"88166a0e21f329f8cc8821a45cad76bd"}';

type OpenDeps = UsesStore<'flows'> & Pick<FlowDeps, 'flowService' | 'searchable'>;

/** `openFlow`: finds the run that arx opened, or opens the one that the input describes. */
export function openFlow(deps: OpenDeps): FlowActivities['openFlow'] {
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

function nextOf({ state, workflowId, issue }: FlowRunRecord, current: string): OpenedFlow['next'] {
  if (state === 'ended') return 'ended';
  if (workflowId !== current) return 'elsewhere';
  return issue.entity.kind === 'person' ? 'split' : 'acts';
}

/** Not personal: the Okta id of a user, or the name of a key. */
function actorOf({ caller: { principal, personId } }: FlowRunRecord): string {
  const service = nameOf('agent', principal);
  return service === null ? (personId ?? 'unknown') : `key:${service}`;
}

async function admitRun(
  deps: Pick<FlowDeps, 'flowService'>,
  input: DelegatedFlowInput,
): Promise<FlowRunRecord> {
  const { event, flow, inputs, as: principal = ANONYMOUS, dryRun = false } = input;
  if (event === undefined) throw ApplicationFailure.nonRetryable(NO_EVENT, 'invalid_argument');
  const requester = { principal, authenticatedBy: 'none', surface: 'workflow' } as const;
  // Other types of values are refused when the inputs are resolved.
  const given = inputs as RunRequest['inputs'];
  // All attempts of one workflow get the same dry run.
  const { workflowId, runId } = Context.current().info.workflowExecution ?? {};
  const idempotencyKey = `${workflowId}/${runId}`;
  const request: RunRequest = {
    requester,
    event,
    dryRun,
    idempotencyKey,
    ...(flow !== undefined && { flow }),
    ...(given && { inputs: given }),
  };
  try {
    return (await deps.flowService.admit(request)).record;
  } catch (error) {
    throw failureOf(error);
  }
}

/** A refusal is permanent. That Okta could not say who the caller is may be temporary. */
function failureOf(thrown: unknown): unknown {
  const { name, code, message } = thrown as { name?: string; code?: string; message: string };
  const { attempt } = Context.current().info;
  if (name === 'RequesterUnreadableError' && attempt < VENDOR_ATTEMPTS)
    return retryIn(backoffMs(attempt), `${code}`, message);
  if (name !== 'FlowRefusal' && name !== 'RequesterUnreadableError') return thrown;
  return ApplicationFailure.nonRetryable(message, code ?? 'failed');
}
