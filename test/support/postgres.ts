import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, chown, lchown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../src/local/ports.ts';
import { guardPid } from './children.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import type { TestDatabase } from './pglite.ts';
import { askForServer } from './shared.ts';
import type { SharedServers } from './shared.ts';

const run = promisify(execFile);

/** A real PostgreSQL server; each call of `create` creates a database. */
export interface PostgresServer {
  /**
   * Pid of the process whose children serve the clients; null if TEST_DATABASE_URL names the
   * server.
   */
  pid: number | null;
  /** Address of the database from which others are created. */
  adminUrl: string;
  create(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** An empty database on the server that all tests of a run share. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const { adminUrl } = await sharedServer();
  return await createDatabase(adminUrl);
}

/** A migrated database on the same server; cheaper than migrating an empty one. */
export async function migratedDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = await sharedServer();
  return await createDatabase(adminUrl, template);
}

async function sharedServer(): Promise<SharedServers['postgres']> {
  const server = await askForServer('postgres');
  if (!server) throw new Error('shared databases are only available within vitest');
  return server;
}

/**
 * Starts a temporary cluster, or uses the server in TEST_DATABASE_URL. Throws if neither is
 * available. A durable cluster keeps PostgreSQL's defaults (fsync on); the others trade them for
 * speed.
 */
export async function startPostgres({
  durable = false,
}: { durable?: boolean } = {}): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    return {
      pid: null,
      adminUrl: given,
      create: () => createDatabase(given),
      stop: async () => undefined,
    };
  }
  const { pid, databaseUrl, stop } = await startCluster(durable ? LISTEN : [...HASTY, ...LISTEN]);
  return { pid, adminUrl: databaseUrl, create: () => createDatabase(databaseUrl), stop };
}

async function createDatabase(adminUrl: string, template = 'template1'): Promise<TestDatabase> {
  const name = `arx_test_${randomUUID().replaceAll('-', '')}`;
  await administer(adminUrl, `create database ${name} template ${template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    databaseUrl: url.href,
    close: () => administer(adminUrl, `drop database if exists ${name} with (force)`),
  };
}

async function administer(databaseUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const INITDB = ['-U', 'postgres', '-A', 'trust', '--no-locale', '-E', 'UTF8', '--no-sync'];
/** Many test processes share one of these. */
const HASTY = ['fsync=off', 'full_page_writes=off', 'max_connections=300'];
const LISTEN = ['unix_socket_directories=', 'listen_addresses=127.0.0.1'];

interface Cluster {
  pid: number;
  databaseUrl: string;
  stop(): Promise<void>;
}

async function startCluster(settings: readonly string[]): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'arx-postgres-'));
  const data = join(folder, 'data');
  const binaries = await postgresBinaries(folder);
  const asOwner = await ownerOf(folder);
  const port = await freePort();
  const options = [...settings, `port=${port}`].map((setting) => `-c ${setting}`).join(' ');
  await asOwner(join(binaries, 'initdb'), ['-D', data, ...INITDB]);
  await asOwner(join(binaries, 'pg_ctl'), [
    '-D',
    data,
    '-l',
    join(folder, 'log'),
    '-o',
    options,
    '-w',
    'start',
  ]);
  const stop = async (): Promise<void> => {
    await asOwner(join(binaries, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop']);
    await rm(folder, { recursive: true, force: true });
  };
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  const unguard = guardPid(pid, { signal: 'SIGQUIT' });
  const stopGuarded = (): Promise<void> => stop().finally(unguard);
  return { pid, databaseUrl: `postgres://postgres@127.0.0.1:${port}/postgres`, stop: stopGuarded };
}

type Runner = (command: string, args: string[]) => Promise<unknown>;

/**
 * PostgreSQL refuses to run as root. In that case it runs as an unprivileged user that every
 * machine has, who then owns the folder.
 */
async function ownerOf(folder: string): Promise<Runner> {
  const cwd = { cwd: folder };
  if (process.getuid?.() !== 0) return (command, args) => run(command, args, cwd);
  const id = async (flag: string): Promise<number> =>
    Number((await run('id', [flag, 'nobody'])).stdout);
  const [uid, gid] = await Promise.all([id('-u'), id('-g')]);
  for (const name of await readdir(folder, { recursive: true }))
    await lchown(join(folder, name), uid, gid);
  await chown(folder, uid, gid);
  await chmod(folder, 0o700);
  return (command, args) => run(command, args, { ...cwd, uid, gid });
}
