/**
 * Process entry: `node src/local/store-process.ts DATA_DIR [PORT]` serves the embedded store on
 * loopback. The first line of stdout is `{"databaseUrl": …}`, without the password, which is in the
 * file DATA_DIR.password; SIGTERM and SIGINT close it cleanly.
 * Exit codes: 2 wrong arguments, 3 data directory in use, 70 the database failed.
 */

import { cacheDirectory } from '../config/home.ts';
import { DataDirInUseError } from './data-dir.ts';
import { servePglite } from './pglite.ts';
import { newStorePassword, writeStorePassword } from './store-password.ts';

const EXIT = { usage: 2, inUse: 3, broken: 70 } as const;

async function main([dataDir, port = '0']: readonly string[]): Promise<number> {
  if (!dataDir || !/^\d{1,5}$/.test(port)) {
    process.stderr.write('usage: store-process DATA_DIR [PORT]\n');
    return EXIT.usage;
  }
  const stopping = new Promise<null>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(null));
  });
  const password = newStorePassword();
  const cacheDir = cacheDirectory();
  const served = await servePglite({ dataDir, port: Number(port), cacheDir, password });
  // Only now is it certain that no other process serves this directory.
  writeStorePassword(dataDir, password);
  const url = new URL(served.databaseUrl);
  url.password = '';
  process.stdout.write(`${JSON.stringify({ databaseUrl: url.href })}\n`);
  const failure = await Promise.race([stopping, served.failed]);
  if (failure) {
    process.stderr.write(
      `the embedded database failed (${failure.name}): start it again, it recovers from its log\n`,
    );
    return EXIT.broken;
  }
  await served.close();
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown error'}\n`);
  process.exitCode = error instanceof DataDirInUseError ? EXIT.inUse : EXIT.broken;
}
if (process.exitCode === EXIT.broken) process.exit();
