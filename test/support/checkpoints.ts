import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openCheckpoint } from '../../src/audit/checkpoint.ts';
import type { OpenCheckpoint } from '../../src/audit/checkpoint.ts';
import { parseVerifierKey } from '../../src/audit/note.ts';
import type { CheckpointParts } from '../../src/store/journal/checkpointer.ts';
import { keyHolder } from '../../src/store/journal/key-file.ts';
import type { Store } from '../../src/store/types.ts';
import { draftOf } from './audit.ts';
import { checkSignature } from './notes.ts';

export const ORIGIN = 'arx/example.okta.com';

const homes: string[] = [];
afterEach(() => homes.splice(0).forEach((home) => rmSync(home, { recursive: true, force: true })));

/** A new folder for the private key, removed after the test. */
export function keyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'arx-key-'));
  homes.push(home);
  return home;
}

export function partsOf(
  store: Store,
  home: string,
  given: () => string | null = () => null,
): CheckpointParts {
  return { store, holder: keyHolder(home, given), now: () => new Date('2026-07-06T09:00:00.000Z') };
}

/** Appends entries with distinct subjects. */
export async function appendMany(
  store: Pick<Store, 'journal'>,
  count: number,
  run = 'run-1',
): Promise<void> {
  await store.journal.append(
    Array.from({ length: count }, (_, n) => draftOf({ run, subject: `${run}-s${n}` })),
  );
}

/** Opens a note with the public keys in the store. */
export async function opened(store: Store, note: string): Promise<OpenCheckpoint> {
  const keys = (await store.auditKeys.list()).map(({ verifierKey }) =>
    parseVerifierKey(verifierKey),
  );
  return openCheckpoint(note, { origin: ORIGIN, keys, verify: checkSignature });
}
