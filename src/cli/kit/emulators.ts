import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EmulatorDocument } from '../../../emulators/start.ts';
import { CliError } from './errors.ts';

const ENTRY = fileURLToPath(new URL('../../../emulators/main.ts', import.meta.url));
// The type stripping of older Node 22 lines warns; nothing else may stand beside the document.
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];

/** Emulators in a process of their own; they also end when this process does, however it ends. */
export interface EmulatorProcess {
  document: EmulatorDocument;
  close(): Promise<void>;
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
 * Runs the emulators in the foreground, their output passed through, until `stop`; resolves when they have ended.
 * `told` is handed their document, once they serve.
 */
export async function runEmulators(
  flags: readonly string[],
  stop: Promise<void>,
  told?: (document: EmulatorDocument) => void,
): Promise<void> {
  const child = launch(flags, told ? 'pipe' : 'inherit');
  child.stdout?.pipe(process.stdout);
  if (told)
    createInterface({ input: child.stdout! }).once('line', (line) =>
      told(JSON.parse(line) as EmulatorDocument),
    );
  let stopping = false;
  void stop.then(() => {
    stopping = true;
    child.kill('SIGTERM');
  });
  await once(child, 'exit');
  if (!stopping) throw emulatorError(child.exitCode);
}

/** In a group of its own, so that Ctrl-C reaches only us and ends things in order. */
function launch(flags: readonly string[], stdout: 'pipe' | 'inherit') {
  const args = [...NODE_FLAGS, ENTRY, ...flags, '--exit-with-parent'];
  return spawn(process.execPath, args, { stdio: ['pipe', stdout, 'inherit'], detached: true });
}

const emulatorError = (code: number | null): CliError =>
  new CliError({
    code: 'emulators_failed',
    message: `The emulators ended by themselves (exit code ${code ?? 'none'}).`,
    remedy: 'See what they said above; a port in use is a common cause: --port 0 takes free ones.',
  });
