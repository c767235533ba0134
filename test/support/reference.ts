import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { itUnless } from './not-run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const BASE = resolve(ROOT, process.env.REFERENCE_DATA || '../shared/fixtures');
const MISSING =
  `the reference data is not at ${BASE}. It consists of the vendors' public specifications and of answers recorded from real ` +
  'organisations, which connectors and emulators are compared with; set REFERENCE_DATA to the folder that holds okta/, ' +
  'jira/ and slack/.';

/**
 * `it` for tests that need the reference data. If it is missing they are reported as not run; in CI
 * they fail.
 */
export const itWithReference = itUnless(existsSync(BASE) || process.env.CI ? null : MISSING);

/**
 * Path of the public reference data, which is never copied into this repository. Throws if it is
 * missing.
 */
function referencePath(...parts: string[]): string {
  if (!existsSync(BASE)) throw new Error(MISSING);
  return join(BASE, ...parts);
}

/** A JSON file of the reference data. */
export function readReference<Content = unknown>(...parts: string[]): Content {
  return JSON.parse(readFileSync(referencePath(...parts), 'utf8')) as Content;
}

/** A request and its answer as recorded from a real Okta organisation. */
export interface RecordedPair {
  name: string;
  operation: string;
  request: { method: string; path: string; query: string; body: unknown };
  response: { status: number; headers: Record<string, string | string[]>; body: unknown };
}

/** All recorded pairs, in the order of their names. */
export function recordedPairs(): RecordedPair[] {
  const files = readdirSync(referencePath('okta', 'recorded')).sort();
  return files.map((name) => ({
    ...readReference<Omit<RecordedPair, 'name'>>('okta', 'recorded', name),
    name,
  }));
}
