import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Path of the public reference data, which is never copied into this repository. Throws where it is absent. */
function referencePath(...parts: string[]): string {
  const base = resolve(ROOT, process.env.REFERENCE_DATA ?? '../shared/fixtures');
  if (!existsSync(base)) {
    throw new Error(
      `the reference data is not at ${base}: set REFERENCE_DATA to the folder that holds okta/, jira/ and slack/`,
    );
  }
  return join(base, ...parts);
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
  return files.map((name) => ({ ...readReference<Omit<RecordedPair, 'name'>>('okta', 'recorded', name), name }));
}
