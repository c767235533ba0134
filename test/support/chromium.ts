/**
 * The Chromium of browser tests: the one in CHROMIUM_PATH, else the packaged one, else an installed
 * one.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { cacheDirectory } from '../../src/config/home.ts';
import { withLock } from '../../src/local/lock.ts';
import type { Browser, LaunchOptions } from 'playwright-core';

const require = createRequire(import.meta.url);
const INSTALLED = [
  ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(
    (name) => `/usr/bin/${name}`,
  ),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const QUIET = ['quic', 'background-networking', 'component-update', 'sync'].map(
  (feature) => `--disable-${feature}`,
);
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', ...QUIET];

/** Starts a headless Chromium; `close()` it in `afterAll`. Throws if there is none. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ ...(await findChromium()), headless: true, args: ARGS });
}

async function findChromium(): Promise<Pick<LaunchOptions, 'executablePath' | 'env'>> {
  const given = process.env.CHROMIUM_PATH;
  if (given) return { executablePath: given };
  // The package contains an executable for this platform only.
  if (process.platform === 'linux' && process.arch === 'x64')
    return packaged(await unpackPackaged());
  const executablePath = INSTALLED.find((path) => existsSync(path));
  if (executablePath) return { executablePath };
  throw new Error(`no Chromium: set CHROMIUM_PATH, or install one of ${INSTALLED.join(', ')}`);
}

/** Uses the libraries and the font of the package, so that pages look the same on every machine. */
function packaged(folder: string): Pick<LaunchOptions, 'executablePath' | 'env'> {
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
    FONTCONFIG_FILE: join(folder, 'fonts.conf'),
  };
  return { executablePath: join(folder, 'chromium'), env };
}

/**
 * Unpacks the package once into the cache of the user: 220 MB, four seconds. Simultaneous tests
 * wait for one of them.
 */
async function unpackPackaged(): Promise<string> {
  const entry = require.resolve('@sparticuz/chromium');
  const home = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    version: string;
  };
  const folder = join(cacheDirectory(process.env), `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const scratch = mkdtempSync(`${folder}.new-`);
    try {
      await inflateAll(entry, join(home, 'bin'), scratch);
      writeFileSync(join(scratch, 'fonts.conf'), fontsIn(join(folder, 'fonts')));
      renameSync(scratch, folder);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
  return folder;
}

/** A separate process, because the package unpacks into the folder for temporary files. */
async function inflateAll(entry: string, archives: string, scratch: string): Promise<void> {
  const script = `
    import { inflate } from ${JSON.stringify(pathToFileURL(entry).href)};
    for (const name of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'])
      await inflate(${JSON.stringify(`${archives}/`)} + name);
  `;
  const env = { ...process.env, TMPDIR: scratch };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env });
}

const fontsIn = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <cachedir prefix="xdg">arx/fontconfig</cachedir>
</fontconfig>
`;
