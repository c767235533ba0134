/**
 * Stores the private key of the audit trail: in a variable that the operator sets, else in a file in
 * ARX_HOME.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../config/folder.ts';
import { CheckpointError } from '../../audit/errors.ts';
import { parsePrivateKey, privateKeyText } from '../../audit/note.ts';
import type { NoteSigner } from '../../audit/note.ts';
import { ed25519Signer, newSeed } from './ed25519.ts';

/**
 * Access to the private key of this process; it is read each time, so that a rotation takes effect.
 */
export interface KeyHolder {
  /** True if the key comes from a variable, so that arx cannot replace it. */
  readonly given: boolean;
  /**
   * The key, and a next one that an interrupted rotation has prepared but not installed. Throws
   * NoteError.
   */
  load(): NoteSigner[];
  /** Creates the first key; if another process was faster, returns that one. */
  create(name: string): NoteSigner;
  /** Writes a new key beside the old one, or to a given file. */
  prepare(name: string, file?: string): NoteSigner;
  /** Replaces the old key with the prepared one; the old one is deleted. */
  install(): void;
}

/**
 * `given` returns the value of ARX_AUDIT_KEY and is called each time; null: the file `audit.key` in
 * `home` is used.
 */
export function keyHolder(home: string, given: () => string | null): KeyHolder {
  const file = join(home, 'audit.key');
  const next = `${file}.next`;
  return {
    get given() {
      return given() !== null;
    },
    load() {
      const text = given();
      if (text !== null) return [signerOf(text, 'ARX_AUDIT_KEY')];
      return [file, next].flatMap((path) => readKey(path) ?? []);
    },
    create(name) {
      writeNew(file, name);
      return readKey(file)!;
    },
    prepare(name, elsewhere) {
      const target = elsewhere ?? next;
      if (elsewhere === undefined) rmSync(next, { force: true });
      if (!writeNew(target, name)) {
        throw new CheckpointError(
          'audit_key_foreign',
          `${target} already exists: choose another file`,
        );
      }
      return readKey(target)!;
    },
    install: () => renameSync(next, file),
  };
}

function signerOf(text: string, place: string): NoteSigner {
  const { name, hash, seed } = parsePrivateKey(text.trim());
  const signer = ed25519Signer(name, seed);
  if (signer.hash !== hash)
    throw new CheckpointError(
      'audit_key_foreign',
      `the key in ${place} is damaged: restore it, or run \`arx keys rotate audit --lost\``,
    );
  return signer;
}

function readKey(path: string): NoteSigner | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  if ((stat.mode & 0o077) !== 0) {
    throw new CheckpointError(
      'audit_key_foreign',
      `${path} is readable by other users: run \`chmod 600 ${path}\`, then rotate the key, because others may have read it`,
    );
  }
  return signerOf(readFileSync(path, 'utf8'), path);
}

/**
 * Writes a new key to a file that only its owner may read; false if the file exists. The file is
 * created atomically.
 */
function writeNew(path: string, name: string): boolean {
  const seed = newSeed();
  const partial = `${path}.${process.pid}.part`;
  makeFolder(dirname(path), 0o700);
  writeFileSync(partial, `${privateKeyText(ed25519Signer(name, seed), seed)}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  try {
    linkSync(partial, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(partial, { force: true });
  }
}
