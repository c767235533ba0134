import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { bundleKey, unseal } from './bundle-key.ts';
import { saveBundle, readBundle } from './bundle-store.ts';

/** The read-only folder of the bundle that comes with an installation (the image). */
const SHIPPED = fileURLToPath(new URL('../../bundle/', import.meta.url));
const PROCESS = fileURLToPath(new URL('./bundle-process.ts', import.meta.url));
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The workflow bundle for the SDK: from the installation, else from the cache, else built by a
 * separate process and cached if possible. Throws if the workflows cannot be bundled.
 */
export async function workflowBundle(cache: string, log: Logger): Promise<{ code: string }> {
  const key = bundleKey();
  const kept = readBundle(SHIPPED, key) ?? readBundle(cache, key);
  if (kept !== null) return { code: kept };
  const sealed = await buildBundle();
  const code = unseal(sealed);
  if (code === null)
    throw new Error(`the workflow bundle is incomplete: delete ${cache} and start again`);
  try {
    // If sources changed meanwhile, the bundle may contain the new ones.
    if (bundleKey() === key) saveBundle(cache, key, sealed);
  } catch (error) {
    const { code: reason } = error as NodeJS.ErrnoException;
    log.warn(
      { folder: cache, reason },
      'the workflow bundle cannot be cached, so it is built at each start',
    );
  }
  return { code };
}

/** Builds in another process, which gets nothing of our environment. */
async function buildBundle(): Promise<string> {
  const args = ['--disable-warning=ExperimentalWarning', PROCESS];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: {},
    maxBuffer: MAX_BYTES,
  });
  return stdout;
}
