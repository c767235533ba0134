import type { TemporalLink } from '../../client.ts';
import { ConfigError } from '../../config/errors.ts';
import type { Stack } from '../../local/stack.ts';
import type { Store } from '../../store/types.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';
import { fileURLToPath } from 'node:url';

/** An empty temporal.toml: the embedded stack sets the server itself. */
const NO_PROFILE = fileURLToPath(new URL('../../local/no-profile.toml', import.meta.url));

/**
 * How long to wait for a server on this machine that answered just now, while the machine is busy.
 */
const BUSY_MS = 60_000;

/**
 * Where a run takes place: a Temporal server with a worker, and the store that the worker writes
 * to.
 */
export interface Target {
  link: TemporalLink;
  store: Store;
  local: boolean;
  close(options?: { keep?: boolean }): Promise<void>;
}

/**
 * Opens the embedded stack, or the servers that the environment names. Throws ConfigError and
 * TemporalUnreachableError.
 */
export const openTarget = (
  io: Io,
  settings: Settings,
  options: { local?: boolean; dryRun?: boolean },
): Promise<Target> =>
  options.local ? openLocal(io, settings, options.dryRun ?? false) : openRemote(settings);

async function openLocal(io: Io, settings: Settings, dryRun: boolean): Promise<Target> {
  const { openLocalStack } = await import('./stack.ts');
  return targetOf(await openLocalStack(io, settings, { ui: false, dryRun }), settings);
}

/**
 * Connects to an open stack, and closes the stack if that fails. Closing the target closes the
 * stack.
 */
export async function targetOf(stack: Stack, settings: Settings): Promise<Target> {
  try {
    const { connect } = await import('../../client.ts');
    const env = stackEnvironment(settings, stack.temporal);
    const link = await connect({ ...stack.temporal, env, timeoutMs: BUSY_MS });
    const store = await openStoreAt(stack.databaseUrl);
    return {
      link,
      store,
      local: true,
      close: (options) => closeAll(link, store, () => stack.close(options)),
    };
  } catch (thrown) {
    await stack.close();
    throw thrown;
  }
}

/**
 * An embedded server uses no API key and no TLS, whatever the environment sets for another server.
 */
export function stackEnvironment(
  { raw }: Settings,
  temporal: { address: string },
): Record<string, string | undefined> {
  return raw.TEMPORAL_ADDRESS === temporal.address ? raw : { TEMPORAL_CONFIG_FILE: NO_PROFILE };
}

async function openRemote({ arx, raw }: Settings): Promise<Target> {
  const url = arx.databaseUrl;
  if (url === null) throw noDatabase();
  const { connect } = await import('../../client.ts');
  const link = await connect({ env: raw });
  try {
    const store = await openStoreAt(url.reveal());
    return { link, store, local: false, close: () => closeAll(link, store, async () => undefined) };
  } catch (thrown) {
    await link.close();
    throw thrown;
  }
}

async function closeAll(
  link: TemporalLink,
  store: Store,
  last: () => Promise<void>,
): Promise<void> {
  try {
    await Promise.allSettled([link.close(), store.close()]);
  } finally {
    await last();
  }
}

async function openStoreAt(databaseUrl: string): Promise<Store> {
  const { openMigrated } = await import('./store.ts');
  return openMigrated(databaseUrl);
}

const noDatabase = (): ConfigError =>
  new ConfigError(
    'missing_variable',
    'DATABASE_URL is not set, so there is no store that a worker and this command share',
    'Set DATABASE_URL to the PostgreSQL of your worker, or use --local to run everything on this machine.',
    { path: 'DATABASE_URL' },
  );
