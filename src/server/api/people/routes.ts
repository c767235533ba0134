import type { Hono } from 'hono';
import { hasScope } from '../../../governance/key-scopes.ts';
import { principalOfKey } from '../../../governance/principal.ts';
import { personDocument } from '../../../services/checks/person.ts';
import { flowRunItem } from '../../../services/flows/documents.ts';
import type { FlowRunItem } from '../../../services/flows/documents.ts';
import type { AccessKey } from '../../../store/governance-types.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import type { KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { readQuery } from '../requests.ts';
import { PERSON_QUERY } from './inputs.ts';

const MOST_FLOW_RUNS = 50;

/** `/v1/people`: everything that is known about one person. */
export function peopleRoutes(parts: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const app = apps.create();
  app.get('/:id', async (context) => {
    const { at } = readQuery(context, PERSON_QUERY);
    const reference = context.req.param('id');
    const until = at === undefined ? null : new Date(at).toISOString();
    const wanted = { reference, at: until };
    const person =
      reference.length > 200
        ? null
        : await personDocument(parts.store, await parts.twin.open(), wanted);
    if (person === null)
      throw new Problem(404, 'no_such_person', {
        message: 'Nothing is known about such a person.',
        remedy:
          'Use the Okta id, or the login as last synced: GET /v1/runs/latest/people lists them.',
      });
    const flowRuns = await flowRunsOf(parts, context.get('key'), { id: person.id, until });
    return context.json({ ...person, flowRuns });
  });
  return app;
}

/** The runs that the resource sets show to this key; null if the key is not for flows. */
async function flowRunsOf(
  { flows }: ServerParts,
  key: AccessKey,
  { id, until }: { id: string; until: string | null },
): Promise<FlowRunItem[] | null> {
  if (!hasScope(key, 'flows')) return null;
  const requester = {
    principal: principalOfKey(key),
    authenticatedBy: 'key',
    surface: 'api',
  } as const;
  const runs = await flows.service.history(requester, {
    target: id,
    limit: MOST_FLOW_RUNS,
    ...(until !== null && { until }),
  });
  return runs.map(flowRunItem);
}
