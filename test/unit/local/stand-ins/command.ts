/**
 * Stands in for a command: opens the stack of the folder in its first argument, reports that, and
 * stays until a signal or a line on stdin.
 */
import { join } from 'node:path';
import { openStack } from '../../../../src/local/stack.ts';

const [home = '', vendorsFingerprint = ''] = process.argv.slice(2);
const entries = {
  worker: join(import.meta.dirname, 'worker.ts'),
  store: join(import.meta.dirname, 'store.ts'),
};
const log = (line: string) => console.error(line);

try {
  const env = process.env;
  const stack = await openStack({
    home,
    vendorsFingerprint,
    env,
    configPath: null,
    ui: false,
    log,
    entries,
  });
  console.log(
    JSON.stringify({ ok: true, joined: stack.joined, worker: stack.worker.pid, ...stack.temporal }),
  );
  process.stdin.once('data', (line) => {
    void stack.close({ keep: String(line).startsWith('keep') }).then(() => process.exit(0));
  });
} catch (error) {
  console.log(
    JSON.stringify({ ok: false, code: (error as { code?: string }).code, message: String(error) }),
  );
}
