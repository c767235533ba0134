/**
 * Proofs and checkpoints of arx, verified by other implementations: one in Python, written from the
 * standards, and, if Go is installed, sumdb/note with transparency-dev/merkle.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TileTree } from '../../src/audit/tiles.ts';
import { makeCheckpoint, rotateKey } from '../../src/store/journal/checkpointer.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/types.ts';
import { appendMany, ORIGIN, partsOf } from '../support/checkpoints.ts';
import { itUnless } from '../support/not-run.ts';
import type { ConditionalIt } from '../support/not-run.ts';
import { borrowPglite } from '../support/pglite.ts';
import type { TestDatabase } from '../support/pglite.ts';
import { arx } from '../unit/cli/support/terminal.ts';

interface Proof {
  id: string;
  leafHash: string;
  index: number;
  size: number;
  hashes: string[];
  checkpoint: string;
}
interface Request {
  verifierKey: string;
  origin: string;
  entry?: string;
  proof: Proof;
  consistency?: { old: string; hashes: string[] };
}

const home = mkdtempSync(join(tmpdir(), 'arx-proofs-'));
let database: TestDatabase;
let store: Store;
let good: Request;
/** Further requests that every verifier must accept. */
let others: Request[];
let twoKeys: Request[];

beforeAll(async () => {
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
  await store.migrate();
  await appendMany(store, 300);
  const parts = partsOf(store, home);
  const old = await makeCheckpoint(parts, ORIGIN);
  await appendMany(store, 77, 'run-2');
  await makeCheckpoint(parts, ORIGIN);
  good = await requestFor('299', old!.note);
  others = await Promise.all(
    ['0', '255', '256', '300', '377'].map((entry) => requestFor(entry, old!.note)),
  );
  twoKeys = await requestsWithTwoKeys();
});

afterAll(async () => {
  await store?.close();
  await database?.close();
  rmSync(home, { recursive: true, force: true });
});

/** Runs the commands as a user would, and reads the consistency proof from the store. */
async function requestFor(entry: string, old: string): Promise<Request> {
  const env = { DATABASE_URL: database.databaseUrl, ARX_HOME: home };
  const run = async (...argv: string[]) =>
    JSON.parse((await arx(['audit', ...argv, '--json'], env)).out);
  const proof = (await run('prove', entry)) as Proof;
  const { verifierKey } = (await run('key')) as { verifierKey: string };
  const { hash: _, ...leaf } = (await store.audit.list({ after: proof.index - 1, limit: 1 }))[0]!
    .entry;
  const canonical = (await import('canonicalize')).default(leaf)!;
  const oldSize = Number(old.split('\n')[1]);
  const hashes = await new TileTree(store.auditTree.readTile).consistency(oldSize, proof.size);
  const consistency = { old, hashes: hashes.map((hash) => bytesToHex(hash)) };
  return { verifierKey, origin: ORIGIN, entry: canonical, proof, consistency };
}

/** Requests for the checkpoint signed by both the old and the new key, one with each key. */
async function requestsWithTwoKeys(): Promise<Request[]> {
  const { checkpoint, key, before } = await rotateKey(partsOf(store, home), {
    by: { principal: 'user:operator', authenticatedBy: 'cli' },
  });
  const keys = (await store.auditKeys.list()).map(({ verifierKey }) => verifierKey);
  expect(keys.map((text) => text.split('+')[1])).toEqual([before.hash, key.hash]);
  const hashes = await new TileTree(store.auditTree.readTile).inclusion(5, checkpoint.size);
  const { entry } = (await store.audit.list({ after: 4, limit: 1 }))[0]!;
  const proof = {
    ...good.proof,
    leafHash: entry.hash,
    index: 5,
    size: checkpoint.size,
    hashes: hashes.map((hash) => bytesToHex(hash)),
    checkpoint: checkpoint.note,
  };
  return keys.map((verifierKey) => ({ verifierKey, origin: ORIGIN, proof }));
}

interface Verifier {
  name: string;
  it: ConditionalIt;
  /** The command that reads requests and prints a line per request. */
  command: () => [file: string, ...args: string[]];
}

const NO_GO =
  'there is no Go. It judges proofs of the audit trail with the libraries of the Go project and of transparency-dev; ' +
  'Python judges the same ones.';
const hasGo = spawnSync('go', ['version']).status === 0;

const VERIFIERS: readonly Verifier[] = [
  {
    name: 'Python',
    it: test,
    command: () => ['python3', join(import.meta.dirname, 'audit-python', 'check.py')],
  },
  { name: 'Go', it: itUnless(hasGo ? null : NO_GO), command: buildGoProgram },
];

function buildGoProgram(): [string] {
  const program = join(home, 'audit-go');
  const cwd = join(import.meta.dirname, 'audit-go');
  if (!existsSync(program))
    execFileSync('go', ['build', '-o', program, '.'], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  return [program];
}

test('the Python verifier agrees with the test vectors of the standards', () => {
  const [python, script] = VERIFIERS[0]!.command();
  expect(execFileSync(python, ['-m', 'doctest', script!], { encoding: 'utf8' })).toBe('');
});

describe.each(VERIFIERS)('$name', ({ it, command }) => {
  function verify(requests: readonly object[]): string[] {
    const input = requests.map((request) => JSON.stringify(request)).join('\n');
    const [file, ...args] = command();
    return execFileSync(file, args, { input, encoding: 'utf8' }).trimEnd().split('\n');
  }

  it('accepts the proofs and checkpoints of arx', () => {
    expect(verify([good, ...others])).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
  });

  it('accepts a checkpoint with two signatures by either key', () => {
    expect(verify(twoKeys)).toEqual(['ok', 'ok']);
  });

  const proofWith = (change: (proof: Proof) => Partial<Proof>) => ({
    ...good,
    proof: { ...good.proof, ...change(good.proof) },
  });
  const flip = (hex: string): string => `${hex[0] === '0' ? '1' : '0'}${hex.slice(1)}`;
  const each = (hashes: string[]) => hashes.map((hash, n) => hashes.with(n, flip(hash)));

  it('refuses every mutation of the inclusion proof', () => {
    const mutations = [
      ...each(good.proof.hashes).map((hashes) => proofWith(() => ({ hashes }))),
      ...good.proof.hashes.map((_, n) =>
        proofWith(({ hashes }) => ({ hashes: hashes.toSpliced(n, 1) })),
      ),
      proofWith(({ hashes }) => ({ hashes: hashes.toReversed() })),
      proofWith(({ hashes }) => ({ hashes: [...hashes, hashes[0]!] })),
      proofWith(({ leafHash }) => ({ leafHash: flip(leafHash) })),
      proofWith(({ index }) => ({ index: index + 1 })),
      proofWith(({ size }) => ({ size: size + 1 })),
      { ...good, entry: good.entry!.replace('"s', '"S').replace('run-1', 'run-9') },
    ];
    expect(verify(mutations).filter((answer) => answer === 'ok')).toEqual([]);
  });

  it('refuses every mutation of the consistency proof', () => {
    const { old, hashes } = good.consistency!;
    const mutations = [...each(hashes), hashes.slice(1), hashes.slice(0, -1)];
    const requests = mutations.map((changed) => ({
      ...good,
      consistency: { old, hashes: changed },
    }));
    expect(verify(requests).filter((answer) => answer === 'ok')).toEqual([]);
  });

  it('refuses a checkpoint with a changed letter, another key or another log', () => {
    const { checkpoint } = good.proof;
    const changed = Array.from({ length: checkpoint.length }, (_, n) => {
      // The last letter of a signature holds two unused bits: A and B mean the same there, A and Q
      // do not.
      const letter = checkpoint[n] === 'A' ? 'Q' : 'A';
      return proofWith(() => ({
        checkpoint: checkpoint.slice(0, n) + letter + checkpoint.slice(n + 1),
      }));
    });
    const others = [
      { ...good, origin: 'arx/other.okta.com' },
      { ...good, verifierKey: good.verifierKey.replace('+A', '+B') },
    ];
    expect(verify([...changed, ...others]).filter((answer) => answer === 'ok')).toEqual([]);
  });
});
