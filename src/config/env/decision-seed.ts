/**
 * Stores the private half of the key that signs approval decisions: in ARX_DECISION_KEY, else in a
 * file in ARX_HOME.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../folder.ts';
import type { ArxEnv } from './env.ts';
import { ConfigError } from '../errors.ts';
import { readDecisionSeed } from './identity-keys.ts';
import { Secret } from './secret.ts';

/** Access to the seed of this machine; it is read again each time. */
interface DecisionSeeds {
  /** True if the seed comes from a variable, so that arx cannot replace it. */
  readonly given: boolean;
  /** The seed as hex; generated on first use. Throws ConfigError. */
  current(): Secret;
  /**
   * Generates a new seed; `install` replaces the current one with it. Throws ConfigError if the
   * seed comes from a variable.
   */
  prepare(): { seed: Secret; install: () => void };
}

/**
 * Reads the seed from ARX_DECISION_KEY, else from `keys/decision.json` in ARX_HOME, which only its
 * owner may read.
 */
export function decisionSeeds(env: ArxEnv): DecisionSeeds {
  const given = readDecisionSeed(env);
  const file = join(env.home, 'keys', 'decision.json');
  return {
    given: given !== null,
    current: () => given ?? readSeed(file) ?? firstSeed(file),
    prepare() {
      if (given !== null) throw keyGivenError();
      const seed = newSeed();
      const next = `${file}.${process.pid}.next`;
      write(next, seed);
      return { seed, install: () => renameSync(next, file) };
    },
  };
}

const newSeed = (): Secret => new Secret(randomBytes(32).toString('hex'));

function readSeed(file: string): Secret | null {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return null;
  if ((stat.mode & 0o077) !== 0) {
    const remedy =
      'Restrict its permissions (chmod 600) and generate a new key: `arx keys decision --rotate`.';
    throw new ConfigError('decision_key', `${file} is readable by other users`, remedy);
  }
  const seed = seedIn(readFileSync(file, 'utf8'));
  if (seed !== null) return new Secret(seed);
  throw new ConfigError(
    'decision_key',
    `${file} does not contain a key`,
    'Generate a new one: `arx keys decision --rotate`.',
  );
}

function seedIn(text: string): string | null {
  try {
    const { privateKey } = JSON.parse(text) as { privateKey?: unknown };
    return typeof privateKey === 'string' && /^[0-9a-f]{64}$/.test(privateKey) ? privateKey : null;
  } catch {
    return null;
  }
}

/**
 * Generates the first seed of this machine; if another process was faster, returns that one. The
 * file is created atomically.
 */
function firstSeed(file: string): Secret {
  const partial = `${file}.${process.pid}.part`;
  const seed = newSeed();
  write(partial, seed);
  try {
    linkSync(partial, file);
    return seed;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readSeed(file) ?? seed;
  } finally {
    rmSync(partial, { force: true });
  }
}

function write(file: string, seed: Secret): void {
  makeFolder(dirname(file), 0o700);
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify({ privateKey: seed.reveal() })}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
}

const keyGivenError = (): ConfigError =>
  new ConfigError(
    'decision_key_given',
    'the key that signs decisions comes from ARX_DECISION_KEY, so arx cannot replace it',
    'Set ARX_DECISION_KEY to a new seed (`openssl rand -hex 32`); the next decision registers it.',
    { path: 'ARX_DECISION_KEY' },
  );
