/** Ways to get a Temporal CLI where the machine has none; each leaves an executable at `target` or throws. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { systemEnv } from './processes.ts';

/** Newest version that `go install` takes: later ones carry a replace directive. */
export const GO_PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

export interface InstallContext {
  env: Record<string, string | undefined>;
  /** Where the executable is to be; its folder exists. */
  target: string;
  log: (line: string) => void;
}

const run = promisify(execFile);
const DOWNLOAD_LIMIT_MS = 120_000;
const BUILD_LIMIT_MS = 15 * 60_000;
const PROGRESS_MS = 15_000;

/** The SDK's own download; fails at once where there is no internet. */
export async function downloadBySdk({ env, target }: InstallContext): Promise<void> {
  const entry = join(import.meta.dirname, 'temporal-download.ts');
  await inScratch(target, async (scratch) => {
    await run(process.execPath, ['--no-warnings', entry, scratch], { env: systemEnv(env), timeout: DOWNLOAD_LIMIT_MS });
  });
}

/** Builds the CLI with Go: one to three minutes, 250 MB. `go` is the path of the Go command. */
export async function buildByGo(go: string, { env, target, log }: InstallContext): Promise<void> {
  const begun = Date.now();
  log(`building the Temporal CLI with Go (once; one to three minutes): go install ${GO_PACKAGE}`);
  const ticker = setInterval(() => {
    log(`still building the Temporal CLI (${Math.round((Date.now() - begun) / 1000)} s)`);
  }, PROGRESS_MS);
  try {
    await inScratch(target, async (scratch) => {
      const goEnv = { ...systemEnv(env), GOBIN: scratch };
      await run(go, ['install', GO_PACKAGE], { env: goEnv, cwd: scratch, timeout: BUILD_LIMIT_MS });
    });
  } finally {
    clearInterval(ticker);
  }
}

/** Works in a scratch folder beside the target, so that the executable appears there whole or not at all. */
async function inScratch(target: string, work: (scratch: string) => Promise<void>): Promise<void> {
  const scratch = mkdtempSync(join(dirname(target), 'new-'));
  try {
    await work(scratch);
    const name = readdirSync(scratch).find((entry) => entry.startsWith('temporal'));
    if (name === undefined) throw new Error('it left no executable');
    chmodSync(join(scratch, name), 0o755);
    renameSync(join(scratch, name), target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
