/**
 * Where the private key of the audit log is kept: a variable that the operator sets, else a file of
 * ARX_HOME.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../config/folder.ts';
import { CheckpointError } from '../../audit/errors.ts';
import { parsePrivateKey, privateKeyText } from '../../audit/note.ts';
import type { NoteSigner } from '../../audit/note.ts';
import { ed25519Signer, newSeed } from './ed25519.ts';

/** The private key of this process; read anew each time, so that a rotation reaches it. */
export interface KeyHolder {
  /** True where the key comes from a variable: then arx cannot replace it. */
  readonly given: boolean;
  /**
   * The key, and a next one that a rotation put beside it and did not get to install. Throws
   * NoteError.
   */
  load(): NoteSigner[];
  /** Makes the first key. Where another process was quicker, that one's. */
  create(name: string): NoteSigner;
  /** Writes a new key beside the old one, or to a file of its own. */
  prepare(name: string, file?: string): NoteSigner;
  /** Puts the prepared key in the place of the old one, which is gone then. */
  install(): void;
}

/**
 * `given` is the value of ARX_AUDIT_KEY, read at each call; null: the file `audit.key` of `home` is
 * used.
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
      if (text !== null) return [signerOf(text)];
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
          `${target} exists already: name a file that does not`,
        );
      }
      return readKey(target)!;
    },
    install: () => renameSync(next, file),
  };
}

function signerOf(text: string): NoteSigner {
  const { name, hash, seed } = parsePrivateKey(text.trim());
  const signer = ed25519Signer(name, seed);
  if (signer.hash !== hash)
    throw new CheckpointError(
      'audit_key_foreign',
      'the audit key does not have the hash it states',
    );
  return signer;
}

function readKey(path: string): NoteSigner | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  if ((stat.mode & 0o077) !== 0) {
    throw new CheckpointError(
      'audit_key_foreign',
      `${path} may be read by others: chmod 600 it, and rotate the key`,
    );
  }
  return signerOf(readFileSync(path, 'utf8'));
}

/**
 * Writes a new key to a file that only its owner may read; false where there is such a file. It
 * appears whole.
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
