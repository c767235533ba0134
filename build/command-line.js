/**
 * Bundles the command line into `dist/`, so that `bin/arx` starts in a fraction of the time that
 * Node needs to read its sources one by one. `npm ci` and `npm install` run it (`prepare`). Without
 * the bundle, or if a source is newer, `bin/arx` runs the sources; so a failure here is only a note.
 *
 * It is JavaScript because the Node that installs may be too old for TypeScript.
 */
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Packages that are pure JavaScript and are needed by many commands; others stay in node_modules. */
const INLINE = new Set(['canonicalize', 'commander', 'kysely', 'picocolors', 'yaml', 'zod']);

/** `import.meta` of a source keeps its meaning in the bundle: paths stay relative to the source. */
const sourcePlaces = {
  name: 'source-places',
  /** @type {(id: string) => Promise<string | null>} */
  async load(id) {
    const path = relative(ROOT, id).split(sep).join('/');
    if (!path.startsWith('src/')) return null;
    const code = await readFile(id, 'utf8');
    return code
      .replaceAll('import.meta.main', 'false')
      .replaceAll('import.meta.url', `arxSource('${path}').href`)
      .replaceAll('import.meta.dirname', `arxFolder('${path}')`);
  },
};

/** @type {(folder: string) => string} */
const bannerFor = (folder) => `import { dirname as arxDirname } from 'node:path';
import { fileURLToPath as arxPath } from 'node:url';
const arxSource = (path) => new URL('${relative(folder, ROOT).split(sep).join('/')}/' + path, import.meta.url);
const arxFolder = (path) => arxDirname(arxPath(arxSource(path)));`;

/** Writes the bundle into a folder somewhere in the repository. */
export async function bundleCommandLine(folder = join(ROOT, 'dist')) {
  const { build } = await import('rolldown');
  await build({
    cwd: ROOT,
    input: { cli: 'src/cli.ts' },
    platform: 'node',
    external: (id) => !/^[./]/.test(id) && !INLINE.has(packageOf(id)),
    plugins: [sourcePlaces],
    output: {
      dir: folder,
      format: 'esm',
      cleanDir: true,
      minify: { compress: true, codegen: true, mangle: false },
      banner: bannerFor(folder),
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
    },
    logLevel: 'warn',
  });
}

/** @type {(id: string) => string} */
const packageOf = (id) => id.split('/', id.startsWith('@') ? 2 : 1).join('/');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await bundleCommandLine();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`arx starts more slowly: its command line was not bundled (${reason})\n`);
  }
}
