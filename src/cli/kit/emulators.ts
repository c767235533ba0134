/** Runs the emulators as a child process. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withPrivateUmask } from '../../config/umask.ts';
import type { EmulatorDocument } from '../../../emulators/start.ts';
import { CliError } from './errors.ts';

const ENTRY = fileURLToPath(new URL('../../../emulators/main.ts', import.meta.url));
// Older Node 22 versions warn about type stripping, but the output must contain only the document.
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];

/** Emulators in their own process, which also ends when this process ends for any reason. */
export interface EmulatorProcess {
  document: EmulatorDocument;
  close(): Promise<void>;
}

/** Throws CliError `emulators_missing` if this installation does not include the emulators. */
export function requireEmulators(): void {
  if (existsSync(ENTRY)) return;
  throw new CliError({
    code: 'emulators_missing',
    message: `This installation of arx does not include the emulated vendors (${dirname(ENTRY)} does not exist).`,
    remedy:
      'Run this command in a checkout of the source code; the Docker image does not include them.',
  });
}

/** Starts the emulators and reads their first line. Throws CliError `emulators_failed`. */
export async function startEmulatorProcess(flags: readonly string[]): Promise<EmulatorProcess> {
  const child = launch(flags, 'pipe');
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout! });
  const first = await Promise.race([once(lines, 'line'), ended.then(() => null)]);
  if (first === null) throw emulatorError(child.exitCode);
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  return { document: JSON.parse(String(first[0])) as EmulatorDocument, close };
}

/**
 * Runs the emulators in the foreground, until `stop`. Resolves when they have ended. `onReady`
 * receives their document once they serve, also as the line of JSON that they print.
 */
export async function runEmulators(
  flags: readonly string[],
  stop: Promise<void>,
  onReady: (document: EmulatorDocument, line: string) => void,
): Promise<void> {
  const child = launch(flags, 'pipe');
  createInterface({ input: child.stdout! }).once('line', (line) =>
    onReady(JSON.parse(line) as EmulatorDocument, line),
  );
  let stopping = false;
  void stop.then(() => {
    stopping = true;
    child.kill('SIGTERM');
  });
  await once(child, 'exit');
  if (!stopping) throw emulatorError(child.exitCode);
}

/**
 * Uses a separate process group, so that Ctrl-C reaches only this process, which shuts down in
 * order.
 */
function launch(flags: readonly string[], stdout: 'pipe') {
  const args = [...NODE_FLAGS, ENTRY, ...flags, '--exit-with-parent'];
  return withPrivateUmask(() =>
    spawn(process.execPath, args, { stdio: ['pipe', stdout, 'inherit'], detached: true }),
  );
}

const emulatorError = (code: number | null): CliError =>
  new CliError({
    code: 'emulators_failed',
    message: `The emulators ended unexpectedly (exit code ${code ?? 'none'}).`,
    remedy: 'See their output above. A common cause is a port in use; --port 0 uses free ports.',
  });
