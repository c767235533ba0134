import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { bundleKey, unseal } from './bundle-key.ts';
import { keepBundle, readBundle } from './bundle-store.ts';

/** Where an installation keeps the bundle that came with it (the image); it is read only. */
const SHIPPED = fileURLToPath(new URL('../../bundle/', import.meta.url));
const PROCESS = fileURLToPath(new URL('./bundle-process.ts', import.meta.url));
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The workflows as the SDK takes them: from the installation, else from the cache, else bundled by
 * a process of its own and cached where that can be written. Throws where the workflows cannot be
 * bundled.
 */
export async function workflowBundle(cache: string, log: Logger): Promise<{ code: string }> {
  const key = bundleKey();
  const kept = readBundle(SHIPPED, key) ?? readBundle(cache, key);
  if (kept !== null) return { code: kept };
  const sealed = await buildBundle();
  const code = unseal(sealed);
  if (code === null) throw new Error('the bundle of the workflows came cut short');
  try {
    // Sources that changed meanwhile may be in it already.
    if (bundleKey() === key) keepBundle(cache, key, sealed);
  } catch (error) {
    const { code: reason } = error as NodeJS.ErrnoException;
    log.warn(
      { folder: cache, reason },
      'the workflow bundle cannot be cached, so each start makes it anew',
    );
  }
  return { code };
}

/** Bundles in another process, which gets nothing of our environment. */
async function buildBundle(): Promise<string> {
  const args = ['--disable-warning=ExperimentalWarning', PROCESS];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: {},
    maxBuffer: MAX_BYTES,
  });
  return stdout;
}
