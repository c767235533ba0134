import type { Context } from 'hono';
import { consumesEventId } from '../../../services/flows/ids.ts';
import type { OpenedRun } from '../../../services/flows/types.ts';
import type { FlowRunRecord } from '../../../store/flow-types.ts';
import { RETRY_AFTER_S, Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import type { FlowEnv } from './access.ts';

/**
 * Starts the workflow of an opened run, and answers: 202 for a new run, 200 for an existing one,
 * 403 if the event was refused on arrival. Throws Problem 503 if the workflow could not be started;
 * repeating the request starts it.
 */
export async function startAndRespond(
  parts: ServerParts,
  context: Context<FlowEnv>,
  { record, created }: OpenedRun,
): Promise<Response> {
  if (!consumesEventId(record)) return respondWithRefusal(context, record);
  await startWorkflow(parts, record);
  const { run, workflowId, flow, dryRun, state, outcome, code } = record;
  context.set('outcome', outcome ?? (created ? 'accepted' : 'repeated'));
  const document = {
    schema: 'arx.flow-accepted/v1',
    run,
    workflowId,
    flow,
    dryRun,
    created,
    state,
    outcome,
    code,
  };
  return context.json(document, created ? 202 : 200);
}

/** The refused run itself is recorded in the audit trail. */
function respondWithRefusal(
  context: Context<FlowEnv>,
  { run, code, message }: FlowRunRecord,
): Response {
  const details = {
    message: message ?? 'The event was refused.',
    remedy: `See GET /v1/flow-runs/${run}.`,
    run,
  };
  const problem = new Problem(403, code ?? 'denied', details);
  context.set('outcome', problem.code);
  return context.json(problem.document, problem.status);
}

async function startWorkflow({ flows, log }: ServerParts, record: FlowRunRecord): Promise<void> {
  try {
    await flows.start(record);
  } catch (thrown) {
    log.error(
      { error: (thrown as Error).name, run: record.run },
      'the workflow of a run could not be started',
    );
    throw new Problem(503, 'not_started', {
      message: 'The run is open, but Temporal did not start its workflow.',
      remedy: 'Send the same request again: it starts the same run.',
      retryAfter: RETRY_AFTER_S,
      run: record.run,
    });
  }
}
