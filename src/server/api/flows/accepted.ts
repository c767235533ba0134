import type { Context } from 'hono';
import { consumesEventId } from '../../../services/flows/ids.ts';
import type { OpenedRun } from '../../../services/flows/types.ts';
import type { FlowRunRecord } from '../../../store/flow-types.ts';
import { AGAIN_IN_S, Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import type { FlowEnv } from './door.ts';

/**
 * Starts the workflow of a run that was opened, and answers: 202 for a new run, 200 for one that
 * was there, 403 where the event was refused on its arrival. Throws Problem 503 where the workflow
 * could not be started; the same again starts it.
 */
export async function startAndRespond(
  parts: ServerParts,
  context: Context<FlowEnv>,
  { record, created }: OpenedRun,
): Promise<Response> {
  if (!consumesEventId(record)) return respondWithRefusal(context, record);
  await startWorkflow(parts, record);
  const { run, workflowId, flow, dryRun, state, outcome, code } = record;
  context.set('became', outcome ?? (created ? 'accepted' : 'repeated'));
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

/** The run itself stands in the trail. */
function respondWithRefusal(
  context: Context<FlowEnv>,
  { run, code, message }: FlowRunRecord,
): Response {
  const told = {
    message: message ?? 'The event was refused.',
    remedy: `See GET /v1/flow-runs/${run}.`,
    run,
  };
  const problem = new Problem(403, code ?? 'denied', told);
  context.set('became', problem.code);
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
      retryAfter: AGAIN_IN_S,
      run: record.run,
    });
  }
}
