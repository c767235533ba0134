import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';

/** A directory with the given files (mode 0600), removed after the test. */
export function directoryWith(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'arx-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content, { mode: 0o600 });
  }
  return directory;
}

/** The ConfigError that a call throws; fails the test if it throws none. */
export function configErrorOf(call: () => unknown): ConfigError {
  try {
    call();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('no ConfigError was thrown');
}

/** As `configErrorOf`, for promises. */
export async function configErrorFrom(call: () => Promise<unknown>): Promise<ConfigError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('no ConfigError was thrown');
}

/** Everything a ConfigError may show. */
export const textOf = (error: ConfigError): string =>
  JSON.stringify([
    error.message,
    error.remedy,
    error.where,
    error.stack,
    error.others.map((other) => [other.message, other.remedy]),
  ]);
