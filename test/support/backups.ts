import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { BackupHeader } from '../../src/store/backup/format.ts';
import { writeBackup } from '../../src/store/backup/write.ts';
import type { BackupOptions, BackupSummary } from '../../src/store/backup/write.ts';
import type { BackupSource } from '../../src/store/backup/read.ts';
import type { ActionRequest } from '../../src/store/governance-types.ts';
import { makeCheckpoint } from '../../src/store/journal/checkpointer.ts';
import type { Store } from '../../src/store/types.ts';
import { draftOf } from './audit.ts';
import { appendMany, ORIGIN, partsOf } from './checkpoints.ts';

/**
 * Quotes, line ends, escapes of JSON and of arrays, text beyond the basic plane, marks that reorder
 * text.
 */
export const ODD = `O'Neil "\\N" {NULL,} \t\r\n\u0001\u007f\u2028 é 😀 עברית \\u0041 $1 --`;
const AT = '2026-07-06T08:00:00.000Z';

type Query = (statement: string) => Promise<{ rows: unknown[] }>;

/** Fills a store with rows of every kind, including odd texts. */
export async function fillStore(store: Store, query: Query, home: string): Promise<void> {
  await appendMany(store, 300);
  await store.journal.append([draftOf({ subject: ODD })]);
  await makeCheckpoint(partsOf(store, home), ORIGIN);
  await appendMany(store, 20, 'run-2');
  await makeCheckpoint(partsOf(store, home), ORIGIN);
  for (const run of ['run-1', 'run-2']) await begin(store, run);
  await store.requests.open(request, 'pending', null);
  await query(`insert into twin_users (org, id, login, status, factors, seen_run, seen_at)
    values ('o', 'u', ${literal(ODD)}, 'ACTIVE', ${literal(JSON.stringify([{ a: ODD }], null, 3))}, 'run-1', '${AT}')`);
  await query(`insert into twin_drift (org, run, at, entry) select 'o', 'r' || n, '${AT}', '{"a" : 1.50, "a":  2}'
    from generate_series(1, 2500) as n`);
  await query(`insert into enrichments (key, org, kept_at, expires_at) values
    ('k', 'o', '2026-03-29 02:30:00.123456+03', 'infinity'), ('l', 'o', null, '0044-03-15 00:00:00+00 BC')`);
  await query(`delete from twin_drift where run = 'r2500'`);
}

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

async function begin(store: Store, run: string): Promise<void> {
  const plan = { scope: ODD, list: [1, 2.5, null] };
  await store.runs.begin({
    run,
    workflowId: 'w',
    scopeKey: 's',
    org: 'o',
    dryRun: false,
    startedAt: AT,
    plan,
  });
  const user = {
    userId: `${run}-u`,
    login: ODD,
    email: null,
    department: '',
    created: null,
    activated: null,
    status: 'ACTIVE',
  };
  await store.users.addPage(run, 0, null, [user]);
}

const request: ActionRequest = {
  requestId: 'r1',
  workflowId: 'w',
  run: 'run-1',
  connector: 'okta',
  operation: 'users:suspend',
  args: { userId: '00u1' },
  argsDigest: 'abc',
  principal: 'user:ann@example.com',
  authenticatedBy: 'cli',
  surface: 'cli',
  requesterId: null,
  onBehalfOf: null,
  reason: ODD,
  risk: 'HIGH',
  target: { kind: 'user', id: '00u1' },
  targetFacts: null,
  bundleDigest: 'def',
  obligations: { approval: 'hitl', approvers: [], expiresInMs: null, grantValidForMs: null },
  createdAt: AT,
};

/**
 * The whole content of a database, as PostgreSQL prints it: rows by table, and the positions of its
 * sequences.
 */
export async function contentOf(query: Query): Promise<Record<string, unknown[]>> {
  const tables = `select table_name from information_schema.tables where table_schema = 'public'
    and table_name not like '%migration%' order by 1`;
  const names = ((await query(tables)).rows as { table_name: string }[]).map(
    (row) => row.table_name,
  );
  const selects = names.map((name) => `select '${name}' as name, t::text as row from "${name}" t`);
  const { rows } =
    names.length > 0 ? await query(`${selects.join(' union all ')} order by 1, 2`) : { rows: [] };
  const found: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (const { name, row } of rows as { name: string; row: string }[]) found[name]?.push(row);
  const sequences = await query(
    'select sequencename, last_value::text from pg_sequences order by 1',
  );
  return { ...found, '(sequences)': sequences.rows };
}

/** A backup in memory. */
export async function backupOf(
  databaseUrl: string,
  options: Partial<BackupOptions> = {},
): Promise<{ file: Buffer; summary: BackupSummary }> {
  const pieces: Uint8Array[] = [];
  const summary = await writeBackup(
    { databaseUrl, arx: '0.1.0', created: new Date(AT), ...options },
    async (from) => {
      for await (const piece of from) pieces.push(piece);
    },
  );
  return { file: Buffer.concat(pieces), summary };
}

export const sourceOf =
  (file: Buffer): BackupSource =>
  () =>
    Readable.from([file]);

/** The same backup with changed lines; `sealed` recomputes its checksum. */
export function changed(
  file: Buffer,
  change: (lines: string[]) => string[],
  sealed = true,
): Buffer {
  const lines = change(gunzipSync(file).toString('utf8').split('\n').slice(0, -1));
  if (sealed) {
    const sha256 = createHash('sha256')
      .update(
        lines
          .slice(0, -1)
          .map((line) => `${line}\n`)
          .join(''),
      )
      .digest('hex');
    const { end } = JSON.parse(lines.at(-1) ?? '') as { end: object };
    lines[lines.length - 1] = JSON.stringify({ end: { ...end, sha256 } });
  }
  return gzipSync(lines.map((line) => `${line}\n`).join(''));
}

/** The same backup with another header. */
export const withHeader = (file: Buffer, change: (header: BackupHeader) => object): Buffer =>
  changed(file, ([first = '', ...rest]) => [
    JSON.stringify(change(JSON.parse(first) as BackupHeader)),
    ...rest,
  ]);
