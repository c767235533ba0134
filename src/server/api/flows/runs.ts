import type { Hono } from 'hono';
import { flowRunDocument, flowRunItem } from '../../../services/flows/documents.ts';
import { historyFilter } from '../../../services/flows/history-filter.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import { startAndRespond } from './start-run.ts';
import type { FlowAccess, FlowEnv } from './access.ts';
import { HISTORY_QUERY, UNDO_BODY } from './inputs.ts';
import { limitBody, NO_PARAMETERS, readBody, readQuery } from '../requests.ts';

/** `/v1/flow-runs`: the history of runs, one run, and undoing a run. */
export function flowRunRoutes(parts: ServerParts, access: FlowAccess): Hono<FlowEnv> {
  const { service } = parts.flows;
  const app = access.createApp('history');
  app.get('/', async (context) => {
    const filter = historyFilter(readQuery(context, HISTORY_QUERY));
    const records = await service.history(context.get('requester'), filter);
    const next = records.length < filter.limit ? null : (records.at(-1)?.run ?? null);
    return context.json({ schema: 'arx.flows/v1', items: records.map(flowRunItem), next });
  });
  app.get('/:run', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const found = await service.run(context.get('requester'), runIn(context.req.param('run')));
    return context.json(await flowRunDocument(parts.store, found));
  });
  app.post('/:run/undo', limitBody, async (context) => {
    readQuery(context, NO_PARAMETERS);
    const { reason } =
      context.req.header('content-type') === undefined ? {} : await readBody(context, UNDO_BODY);
    const opened = await service.admitUndo(
      context.get('requester'),
      runIn(context.req.param('run')),
      reason,
    );
    return startAndRespond(parts, context, opened);
  });
  return app;
}

function runIn(text: string): string {
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  throw new Problem(404, 'not_found', {
    message: 'There is no such run.',
    remedy: 'List the runs with GET /v1/flow-runs.',
  });
}
