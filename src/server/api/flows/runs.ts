import type { Hono } from 'hono';
import { z } from 'zod';
import { flowRunDocument, flowRunItem } from '../../../services/flows/documents.ts';
import { historyFilter } from '../../../services/flows/history-filter.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import { startAndRespond } from './start-run.ts';
import type { FlowAccess, FlowEnv } from './access.ts';
import { readBody, limitBody, readQuery } from './requests.ts';

const parameter = z.string().optional();
const HISTORY = z.strictObject({
  user: parameter,
  flow: parameter,
  outcome: parameter,
  since: parameter,
  until: parameter,
  limit: parameter,
  after: parameter,
});
const NO_PARAMETERS = z.strictObject({});
const UNDO: z.ZodType<{ reason?: string | undefined }> = z.strictObject({
  reason: z.string().max(500).optional(),
});

/** `/v1/flow-runs`: the history of runs, one run, and undoing a run. */
export function flowRunRoutes(parts: ServerParts, access: FlowAccess): Hono<FlowEnv> {
  const { service } = parts.flows;
  const app = access.createApp('history');
  app.get('/', async (context) => {
    const filter = historyFilter(readQuery(context, HISTORY));
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
      context.req.header('content-type') === undefined ? {} : await readBody(context, UNDO);
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
    remedy: 'List them: GET /v1/flow-runs.',
  });
}
