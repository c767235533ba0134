/** The two stores of arx, each a process of its own. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endProcess } from '../../src/local/processes.ts';
import type { Child } from '../../src/local/children.ts';
import { startStorePart } from '../../src/local/stack-parts.ts';
import { stackFiles } from '../../src/local/stack-state.ts';
import { startPostgres } from '../../test/support/postgres.ts';

export type StoreKind = 'PostgreSQL' | 'PGlite';

export interface StoreServer {
  /** Null where TEST_DATABASE_URL names the server. */
  pid: number | null;
  databaseUrl: string;
  stop(): Promise<void>;
}

interface StoreOptions {
  kind: StoreKind;
  /** PostgreSQL keeps fsync on. PGlite is what it is in the embedded stack. */
  durable: boolean;
  /** Folder for what PGlite keeps. */
  home: string;
}

/** Starts a store that nobody else uses. */
export function startStore({ kind, durable, home }: StoreOptions): Promise<StoreServer> {
  return kind === 'PGlite' ? startEmbedded(home) : startReal(durable);
}

async function startReal(durable: boolean): Promise<StoreServer> {
  const { pid, create, stop } = await startPostgres({ durable });
  const { databaseUrl, close } = await create();
  return { pid, databaseUrl, stop: async () => void (await close(), await stop()) };
}

async function startEmbedded(home: string): Promise<StoreServer> {
  const entry = fileURLToPath(new URL('../../src/local/store-process.ts', import.meta.url));
  mkdirSync(stackFiles(home).logs, { recursive: true });
  let child: Child | undefined;
  const databaseUrl = await startStorePart(
    { home, entry, env: process.env },
    (started) => (child = started),
  );
  return {
    pid: child?.pid ?? null,
    databaseUrl,
    stop: async () => child && (await endProcess(child, 10_000)),
  };
}
