import type { Hono } from 'hono';
import { z } from 'zod';
import { flowRunDocument, flowRunItem } from '../../../services/flows/documents.ts';
import { historyFilter } from '../../../services/flows/history-filter.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import { startAndRespond } from './accepted.ts';
import type { Door, FlowEnv } from './door.ts';
import { bodyOf, boundedBody, queryOf } from './requests.ts';

const word = z.string().optional();
const HISTORY = z.strictObject({
  user: word,
  flow: word,
  outcome: word,
  since: word,
  until: word,
  limit: word,
  after: word,
});
const NOTHING = z.strictObject({});
const UNDO: z.ZodType<{ reason?: string | undefined }> = z.strictObject({
  reason: z.string().max(500).optional(),
});

/** `/v1/flow-runs`: the history of runs, one run, and taking one back. */
export function flowRunRoutes(parts: ServerParts, door: Door): Hono<FlowEnv> {
  const { service } = parts.flows;
  const app = door.app('history');
  app.get('/', async (context) => {
    const filter = historyFilter(queryOf(context, HISTORY));
    const records = await service.history(context.get('requester'), filter);
    const next = records.length < filter.limit ? null : (records.at(-1)?.run ?? null);
    return context.json({ schema: 'arx.flows/v1', items: records.map(flowRunItem), next });
  });
  app.get('/:run', async (context) => {
    queryOf(context, NOTHING);
    const found = await service.run(context.get('requester'), runIn(context.req.param('run')));
    return context.json(await flowRunDocument(parts.store, found));
  });
  app.post('/:run/undo', boundedBody, async (context) => {
    queryOf(context, NOTHING);
    const { reason } =
      context.req.header('content-type') === undefined ? {} : await bodyOf(context, UNDO);
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
