import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../src/local/ports.ts';
import type { TestDatabase } from './pglite.ts';

const run = promisify(execFile);

/** A real PostgreSQL server; every call of `create` makes a database of its own. */
export interface PostgresServer {
  /** Of the process whose children serve the clients; null where TEST_DATABASE_URL names the server. */
  pid: number | null;
  create(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/**
 * Starts a throw-away cluster, or uses the server that TEST_DATABASE_URL names. Throws where neither can be had. A
 * durable one keeps PostgreSQL's own defaults (fsync on); the others trade them for speed.
 */
export async function startPostgres({ durable = false }: { durable?: boolean } = {}): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { pid: null, create: () => createDatabase(given), stop: async () => undefined };
  const { pid, databaseUrl, stop } = await startCluster(findBinaries(), durable ? LISTEN : [...HASTY, ...LISTEN]);
  return { pid, create: () => createDatabase(databaseUrl), stop };
}

async function createDatabase(adminUrl: string): Promise<TestDatabase> {
  const name = `arx_test_${randomUUID().replaceAll('-', '')}`;
  await administer(adminUrl, `create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { databaseUrl: url.href, close: () => administer(adminUrl, `drop database if exists ${name} with (force)`) };
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

/** The newest installed binaries: PG_BIN, PATH, then where Debian puts them. */
function findBinaries(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const path = (process.env.PATH ?? '').split(delimiter);
  const candidates = [process.env.PG_BIN ?? '', ...path, ...versions.map((version) => join(debian, version, 'bin'))];
  const found = candidates.find((folder) => folder && existsSync(join(folder, 'initdb')));
  if (found) return found;
  throw new Error(
    'No PostgreSQL for the tests: install it (Debian: apt-get install postgresql), or set PG_BIN to the folder of initdb and pg_ctl, or TEST_DATABASE_URL to a server where databases may be created.',
  );
}

const HASTY = ['fsync=off', 'full_page_writes=off'];
const LISTEN = ['unix_socket_directories=', 'listen_addresses=127.0.0.1'];

interface Cluster {
  pid: number;
  databaseUrl: string;
  stop(): Promise<void>;
}

async function startCluster(binaries: string, settings: readonly string[]): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'arx-postgres-'));
  const data = join(folder, 'data');
  const asOwner = await ownerOf(folder);
  const port = await freePort();
  const options = [...settings, `port=${port}`].map((setting) => `-c ${setting}`).join(' ');
  await asOwner(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
  await asOwner(join(binaries, 'pg_ctl'), ['-D', data, '-l', join(folder, 'log'), '-o', options, '-w', 'start']);
  const stop = async (): Promise<void> => {
    await asOwner(join(binaries, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop']);
    await rm(folder, { recursive: true, force: true });
  };
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  return { pid, databaseUrl: `postgres://postgres@127.0.0.1:${port}/postgres`, stop };
}

type Runner = (command: string, args: string[]) => Promise<unknown>;

/** PostgreSQL refuses to run as root: there it runs as the user `postgres`, who then owns the folder. */
async function ownerOf(folder: string): Promise<Runner> {
  const cwd = { cwd: folder };
  if (process.getuid?.() !== 0) return (command, args) => run(command, args, cwd);
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout);
  const [uid, gid] = await Promise.all([id('-u'), id('-g')]);
  await chown(folder, uid, gid);
  await chmod(folder, 0o700);
  return (command, args) => run(command, args, { ...cwd, uid, gid });
}
