import type { Hono } from 'hono';
import { exportChunks } from '../../../services/audit/export-trail.ts';
import { AuditBrokenError, findEntry, proofOf } from '../../../services/audit/prove-entry.ts';
import type { FoundEntry, Proof } from '../../../services/audit/prove-entry.ts';
import { verifyStore } from '../../../services/audit/verify-store.ts';
import type { Verdict } from '../../../services/audit/verify-store.ts';
import type { Store } from '../../../store/types.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import { inBlocks } from '../json-stream.ts';
import type { KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { NO_PARAMETERS, readQuery } from '../requests.ts';
import { AUDIT_QUERY, EXPORT_QUERY } from './inputs.ts';

const PAGE = 500;
const TYPES = { jsonl: 'application/x-ndjson', ocsf: 'application/x-ndjson', csv: 'text/csv' };

/** `/v1/audit`: the audit trail, proofs, its verification and its export. */
export function auditRoutes({ store }: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const app = apps.create();
  const verify = shareWhileRunning(() => verifyStore(store, null));
  app.get('/', async (context) => {
    const query = readQuery(context, AUDIT_QUERY);
    const { items, next } = await store.audit.search(await searchOf(store, query));
    const entries = items.map(({ index, entry }) => ({ index, ...entry }));
    const after = next === null ? null : String(next);
    return context.json({ schema: 'arx.audit/v1', entries, items: entries, next: after });
  });
  app.get('/verify', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const verdict = await verify();
    const newest = await store.checkpoints.newest();
    const checkpoint = newest === null ? null : { size: newest.size, note: newest.note };
    return context.json({ schema: 'arx.verify/v1', ...verdict, newest: checkpoint });
  });
  app.get('/export', async (context) => {
    const { format, run } = readQuery(context, EXPORT_QUERY);
    const filter = run === undefined ? {} : { run: await runOf(store, run) };
    const pages = store.audit.pages(PAGE, filter);
    return inBlocks(
      exportChunks(format, pages, () => undefined),
      TYPES[format],
    );
  });
  app.get('/:id{.+}', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const found = await entryFor(store, context.req.param('id'));
    const { index, entry, text: canonical } = found;
    const document = { index, entry, canonical, hash: entry.hash };
    const proof = await proofFor(store, found);
    return context.json({ schema: 'arx.audit-entry/v1', ...document, proof });
  });
  return app;
}

type AuditQuery = ReturnType<(typeof AUDIT_QUERY)['parse']>;

async function searchOf(store: Store, query: AuditQuery) {
  const { kind, run, since, until, after, limit, ...texts } = query;
  const { actor, target, operation, outcome } = texts;
  return {
    ...(kind && { kinds: kind }),
    ...(run !== undefined && { run: await runOf(store, run) }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    ...(actor !== undefined && { actor }),
    ...(target !== undefined && { target }),
    ...(operation !== undefined && { operation }),
    ...(outcome !== undefined && { outcome }),
    before: after ?? null,
    limit,
  };
}

/** Resolves `latest` and workflow ids to run ids; anything else is used unchanged. */
const runOf = async ({ runs }: Store, reference: string): Promise<string> =>
  (await runs.find(reference))?.run ?? reference;

async function entryFor(store: Store, reference: string): Promise<FoundEntry> {
  const found = reference.length > 500 ? null : await findEntry(store, reference).catch(refuse);
  if (found !== null) return found;
  throw new Problem(404, 'no_such_entry', {
    message: 'There is no such entry.',
    remedy: 'Name an entry by its id or its index: GET /v1/audit lists both.',
  });
}

/** The proof by the newest checkpoint; null if none covers the entry yet. */
async function proofFor(store: Store, found: FoundEntry): Promise<Proof | null> {
  const newest = await store.checkpoints.newest();
  if (newest === null || newest.size <= found.index) return null;
  return proofOf(store, found, newest.note).catch(refuse);
}

function refuse(thrown: unknown): never {
  if (!(thrown instanceof AuditBrokenError)) throw thrown;
  throw new Problem(409, thrown.code, thrown);
}

/** Verifying reads the whole trail, so requests that come meanwhile share its result. */
function shareWhileRunning(verify: () => Promise<Verdict>): () => Promise<Verdict> {
  let running: Promise<Verdict> | null = null;
  return () => {
    running ??= verify().finally(() => (running = null));
    return running;
  };
}
