import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../', import.meta.url));
/** Entry of the workflow sources. */
export const WORKFLOWS = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
/** The rooms that a workflow may import; enforced by eslint.rooms.js. */
const ROOMS = ['workflows', 'mfa', 'governance', 'audit', 'twin', 'enrichment', 'flows'];
/** The packages that build the bundle, and those that it contains besides our own sources. */
const PACKAGES = ['@temporalio/worker', '@temporalio/workflow', '@temporalio/common'];
const DIGEST = /^[0-9a-f]{64}$/;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The key of the bundle for these sources and this SDK: SHA-256, hex. */
export function bundleKey(): string {
  const { resolve } = createRequire(import.meta.url);
  const manifests = PACKAGES.map((name) => readFileSync(resolve(`${name}/package.json`), 'utf8'));
  const files = globSync(
    ROOMS.map((room) => `${room}/**/*.ts`),
    { cwd: SOURCES },
  ).toSorted();
  const sources = files.flatMap((file) => [file, readFileSync(`${SOURCES}${file}`, 'utf8')]);
  return sha256(JSON.stringify([SOURCES, ...manifests, ...sources]));
}

/** File name of the bundle with this key. */
export const bundleFile = (key: string): string => `workflows-${key}.bundle`;

/** A bundle with its own digest in the first line. */
export const seal = (code: string): string => `${sha256(code)}\n${code}`;

/**
 * The code of a sealed bundle; null if it does not match its digest because it is incomplete or
 * changed.
 */
export function unseal(sealed: string): string | null {
  const end = sealed.indexOf('\n');
  const digest = sealed.slice(0, Math.max(end, 0));
  const code = sealed.slice(end + 1);
  return DIGEST.test(digest) && sha256(code) === digest ? code : null;
}
