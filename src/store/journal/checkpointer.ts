/** Makes checkpoints: catches the tree up with the entries, signs its root, keeps the note. */
import { openCheckpoint, parseCheckpoint, signCheckpoint } from '../../audit/checkpoint.ts';
import { CheckpointError } from '../../audit/errors.ts';
import { sameHash } from '../../audit/merkle.ts';
import { parseNote, parseVerifierKey, verifierKey } from '../../audit/note.ts';
import type { NoteKey, NoteSigner } from '../../audit/note.ts';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { AuditDraft } from '../../audit/types.ts';
import type { AuditKey, CheckpointRow } from '../audit-types.ts';
import { verifyEd25519 } from './ed25519.ts';
import type { KeyHolder } from './key-file.ts';
import type { Store, StoreTransaction } from '../types.ts';

/** A checkpoint to publish. The note contains all of it; `root` is hex. */
export interface MadeCheckpoint {
  note: string;
  size: number;
  root: string;
}

export interface CheckpointParts {
  store: Pick<Store, 'journal' | 'audit' | 'auditTree' | 'auditKeys' | 'checkpoints'>;
  holder: KeyHolder;
  now: () => Date;
}

/**
 * Makes a checkpoint over all entries, or returns the newest one if nothing was added since; null
 * if the trail is empty. The first checkpoint creates the trail's key under the name `origin`, which
 * then stays the name of the trail. Throws CheckpointError and NoteError.
 */
export async function makeCheckpoint(
  parts: CheckpointParts,
  origin: string | null,
): Promise<MadeCheckpoint | null> {
  const { store } = parts;
  if ((await store.audit.head()).entries === 0) return null;
  const signer = await signerInUse(parts, origin);
  const { entries } = await store.audit.head();
  const newest = await store.checkpoints.newest();
  if (newest?.size === entries) return checkpointOf(newest);
  return await signAt(parts, entries, [signer]);
}

/**
 * Puts a new key in use and signs the log with both keys. With `lost`, the old key is not needed,
 * and the checkpoint has one signature. `file` is the target of the new private key if the old one
 * comes from a variable.
 */
export async function rotateKey(
  parts: CheckpointParts,
  { lost = false, file, by }: { lost?: boolean; file?: string; by: AuditDraft['actor'] },
): Promise<{ checkpoint: MadeCheckpoint; key: NoteKey; before: NoteKey }> {
  const { store, holder, now } = parts;
  const inUse = keyInUse(await store.auditKeys.list());
  if (!inUse) throw noKey();
  const before = parseVerifierKey(inUse.verifierKey);
  const old = lost ? [] : [await signerInUse(parts, null)];
  const next = holder.prepare(before.name, file);
  const at = now().toISOString();
  const draft = keyDraft({ kind: 'key.rotated', key: next, at, by });
  await store.journal.append(
    [{ ...draft, outcome: { before: before.hash, lost } }],
    (tx: StoreTransaction) =>
      store.auditKeys.use(tx, { verifierKey: verifierKey(next), createdAt: at }),
  );
  if (file === undefined) holder.install();
  const { fromSize } = keyInUse(await store.auditKeys.list())!;
  return { checkpoint: await signAt(parts, fromSize, [...old, next]), key: next, before };
}

/** The key that is in use; throws if this process does not have it. */
async function signerInUse(parts: CheckpointParts, origin: string | null): Promise<NoteSigner> {
  const { store, holder } = parts;
  const inUse = keyInUse(await store.auditKeys.list()) ?? (await firstKey(parts, origin));
  const held = holder.load();
  const signer = held.find((key) => verifierKey(key) === inUse.verifierKey);
  if (signer) return signer;
  const { name, hash } = parseVerifierKey(inUse.verifierKey);
  const have =
    held.length > 0
      ? `this process has ${held.map((key) => key.hash).join(', ')}`
      : 'this process does not have it';
  throw new CheckpointError(
    held.length > 0 ? 'audit_key_foreign' : 'audit_key_missing',
    `the audit trail ${name} is signed with key ${hash}, and ${have}: set ARX_AUDIT_KEY_FILE to that key, or put a new ` +
      'one in use with `arx keys rotate audit --lost`',
  );
}

async function firstKey(
  { store, holder, now }: CheckpointParts,
  origin: string | null,
): Promise<AuditKey> {
  if (origin === null) throw noKey();
  const key = holder.load()[0] ?? holder.create(origin);
  const at = now().toISOString();
  const by = { principal: 'workflow:worker', authenticatedBy: 'worker' } as const;
  await store.journal.append(
    [keyDraft({ kind: 'key.created', key, at, by })],
    async (tx: StoreTransaction) => {
      // If two processes start at once, the second finds the key of the first.
      const known = await tx
        .selectFrom('audit_keys')
        .select('position')
        .limit(1)
        .executeTakeFirst();
      if (!known) await store.auditKeys.use(tx, { verifierKey: verifierKey(key), createdAt: at });
    },
  );
  return keyInUse(await store.auditKeys.list())!;
}

const noKey = (): CheckpointError =>
  new CheckpointError(
    'audit_key_missing',
    'the audit trail has no key yet: a worker creates one within five minutes, and so does `arx audit prove` with OKTA_DOMAIN set',
  );

function keyInUse(keys: readonly AuditKey[]): AuditKey | undefined {
  return keys.find(({ toSize }) => toSize === null);
}

interface KeyEvent {
  kind: 'key.created' | 'key.rotated';
  key: NoteKey;
  at: string;
  by: AuditDraft['actor'];
}

function keyDraft({ kind, key, at, by }: KeyEvent): AuditDraft {
  const surface = by.authenticatedBy === 'worker' ? 'workflow' : 'cli';
  return {
    workflowId: 'audit-key',
    run: key.hash,
    kind,
    subject: key.hash,
    sequence: 0,
    at,
    actor: by,
    surface,
  };
}

async function signAt(
  { store, now }: CheckpointParts,
  size: number,
  signers: readonly NoteSigner[],
) {
  await store.auditTree.grow(size);
  await holdToNewest(store, size);
  const checkpoint = { origin: signers[0]!.name, size, root: await store.auditTree.root(size) };
  const note = signCheckpoint(checkpoint, signers);
  // The stored note must be verifiable: a broken key is detected here, not during an audit.
  openCheckpoint(note, { origin: checkpoint.origin, keys: signers, verify: verifyEd25519 });
  const row = { size, note, at: now().toISOString() };
  if (!(await store.checkpoints.add(row, signers.map(verifierKey)))) {
    throw new CheckpointError(
      'audit_key_retired',
      'the audit key was retired in the meantime: arx makes the checkpoint again at the next run',
    );
  }
  return checkpointOf(row);
}

/**
 * Refuses to sign a tree that does not extend the newest checkpoint's, because signed entries must
 * not change.
 */
async function holdToNewest(store: CheckpointParts['store'], size: number): Promise<void> {
  const newest = await store.checkpoints.newest();
  const signed = newest && parseCheckpoint(parseNote(newest.note).text);
  if (
    !signed ||
    signed.size > size ||
    sameHash(signed.root, await store.auditTree.root(signed.size))
  )
    return;
  throw new CheckpointError(
    'audit_broken',
    `the audit trail differs from the signed checkpoint of ${signed.size} entries; no other checkpoint is signed over it: run \`arx audit verify\``,
  );
}

function checkpointOf({ note, size }: CheckpointRow): MadeCheckpoint {
  return { note, size, root: bytesToHex(parseCheckpoint(parseNote(note).text).root) };
}
