import type { Hono } from 'hono';
import { compareRuns } from '../../../services/checks/compare-runs.ts';
import { listRuns } from '../../../services/checks/list-runs.ts';
import { listPeople } from '../../../services/checks/people.ts';
import { runSummary, runUsers } from '../../../services/checks/run-document.ts';
import { runJson } from '../../../services/checks/run-json.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { RunUserPage } from '../../../store/run-search-types.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import { unknownValue } from '../fields.ts';
import type { KeyEnv } from '../key-access.ts';
import { requesterOfKey } from '../key-person.ts';
import type { KeyApps } from '../key-apps.ts';
import { inBlocks } from '../json-stream.ts';
import { limitBody, NO_PARAMETERS, readBody, readQuery } from '../requests.ts';
import { COMPARE_QUERY, PEOPLE_QUERY, REPORT_QUERY, RUNS_QUERY, START_BODY } from './inputs.ts';

/** `/v1/runs`: the runs of the check, their reports and people, and starting a run. */
export function runRoutes(parts: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const { store, checks } = parts;
  const app = apps.create();
  app.get('/', async (context) => {
    const { status, scope, kind, limit, after } = readQuery(context, RUNS_QUERY);
    if (after !== undefined && (await store.runs.get(after)) === null)
      throw unknownValue('after', 'There is no such run.', 'Start again from the first page.');
    const filter = {
      ...(status !== undefined && { status }),
      ...(scope !== undefined && { scopeKey: scope }),
      ...(kind !== undefined && { dryRun: kind === 'dry_run' }),
      ...(after !== undefined && { after }),
    };
    return context.json({ schema: 'arx.runs/v1', ...(await listRuns(store, limit, filter)) });
  });
  app.post('/', limitBody, async (context) => {
    readQuery(context, NO_PARAMETERS);
    const request = await readBody(context, START_BODY);
    const started = await checks.start(await requesterOfKey(parts, context.get('key')), request);
    const dryRun = request.dryRun ?? false;
    return context.json({ schema: 'arx.run/v1', ...started, status: 'running', dryRun }, 202);
  });
  app.get('/:run', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const record = await findRun(parts, context.req.param('run'));
    const progress = record.status === 'running' ? await checks.progress(record) : null;
    return context.json({ ...(await runSummary(store, record)), progress });
  });
  app.post('/:run/cancel', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const record = await findRun(parts, context.req.param('run'));
    const requester = await requesterOfKey(parts, context.get('key'));
    return context.json(await checks.cancel(requester, record), 202);
  });
  app.get('/:run/report', async (context) => {
    const { users = true } = readQuery(context, REPORT_QUERY);
    const record = await findRun(parts, context.req.param('run'));
    const summary = await runSummary(store, record);
    return inBlocks(runJson(summary, users ? runUsers(store, record) : null));
  });
  app.get('/:run/people', async (context) => {
    const query = readQuery(context, PEOPLE_QUERY);
    const record = await findRun(parts, context.req.param('run'));
    await checkPerson(parts, record, query.after);
    const wanted = { filter: filterOf(query), page: pageOf(query) };
    return context.json(await listPeople(store, record, wanted));
  });
  app.get('/:run/compare', async (context) => {
    const { with: reference, limit, after = null } = readQuery(context, COMPARE_QUERY);
    const run = await findRun(parts, context.req.param('run'));
    const other = await store.runs.find(reference);
    if (other === null)
      throw unknownValue('with', 'There is no such run.', 'List the runs: GET /v1/runs.');
    return context.json(await compareRuns(store, { run, other }, { after, limit }));
  });
  return app;
}

/** The run with this id or workflow id, or `latest`. Throws Problem 404. */
async function findRun({ store }: ServerParts, reference: string): Promise<RunRecord> {
  const record = reference.length > 200 ? null : await store.runs.find(reference);
  if (record !== null) return record;
  throw new Problem(404, 'no_such_run', {
    message: 'There is no such run.',
    remedy: 'List the runs: GET /v1/runs.',
  });
}

/** A page can start only after a user of the run, because the order needs the user's row. */
async function checkPerson(
  { store }: ServerParts,
  { run }: RunRecord,
  after: string | undefined,
): Promise<void> {
  if (after === undefined || (await store.users.get(run, after)) !== null) return;
  throw unknownValue('after', 'The run has no such person.', 'Start again from the first page.');
}

type PeopleQuery = ReturnType<(typeof PEOPLE_QUERY)['parse']>;

const filterOf = ({ verdict, class: strongest, admin, dept, q }: PeopleQuery) => ({
  ...(verdict !== undefined && { verdicts: verdict }),
  ...(strongest !== undefined && { strongest }),
  ...(admin !== undefined && { administrator: admin }),
  ...(dept !== undefined && { department: dept }),
  ...(q !== undefined && { text: q }),
});

function pageOf({ sort = 'login', after, limit }: PeopleQuery): RunUserPage {
  const descending = sort.startsWith('-');
  const by = (descending ? sort.slice(1) : sort) as RunUserPage['by'];
  return { by, descending, after: after ?? null, limit };
}
