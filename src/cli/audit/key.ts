/** Shows and rotates the key that signs audit checkpoints. */

import { verifierKey } from '../../audit/note.ts';
import { rotateKey } from '../../store/journal/checkpointer.ts';
import type { Store } from '../../store/types.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import { withStore } from '../kit/store.ts';
import { checkpointParts, keyHolderOf } from './log-keys.ts';

/** `arx audit key`: prints the verifier key, with which other programs verify checkpoints. */
export async function showKey(io: Io, { json }: { json?: boolean }) {
  const keys = await withStore(io, (store) => store.auditKeys.list());
  const inUse = keys.find(({ toSize }) => toSize === null);
  if (!inUse) throw noKey();
  if (json) await writeJson(io, { schema: 'arx.key/v1', verifierKey: inUse.verifierKey, keys });
  else await print(io, inUse.verifierKey);
  return EXIT.ok;
}

export interface RotateOptions {
  lost?: boolean;
  out?: string;
  json?: boolean;
}

/**
 * `arx keys rotate audit`: signs the current trail with the old and a new key; from here on only
 * the new key signs.
 */
export async function rotate(io: Io, options: RotateOptions) {
  const { given: isExternal } = keyHolderOf(io);
  if (isExternal && options.out === undefined) {
    throw usageError(
      'The key comes from ARX_AUDIT_KEY, which arx cannot change, so the new key needs a file.',
      'Name the file with --out FILE, then set ARX_AUDIT_KEY_FILE to it and restart the workers.',
    );
  }
  if (!isExternal && options.out !== undefined) {
    throw usageError('The key is stored in ARX_HOME and is replaced there.', 'Omit --out.');
  }
  const { checkpoint, key, before } = await withStore(io, (store) =>
    rotateWith(io, store, options),
  );
  const result = {
    verifierKey: verifierKey(key),
    before: verifierKey(before),
    checkpoint: checkpoint.note,
  };
  if (options.json)
    await writeJson(io, {
      schema: 'arx.key/v1',
      ...result,
      ...(options.out ? { out: options.out } : {}),
    });
  else {
    await print(io, result.verifierKey);
    printNote(
      io,
      `Key ${before.hash} is retired; ${key.hash} signs from ${checkpoint.size} entries on.`,
    );
    if (options.out)
      printNote(io, `Set ARX_AUDIT_KEY_FILE to ${options.out} and restart the workers.`);
  }
  return EXIT.ok;
}

async function rotateWith(io: Io, store: Store, { lost, out }: RotateOptions) {
  // Anyone who can read the key file or the variable may rotate the key; no further proof is
  // required.
  const by = { principal: 'cli:arx', authenticatedBy: 'none' } as const;
  return await rotateKey(checkpointParts(io, store), { lost, file: out, by });
}

const noKey = (): CliError =>
  new CliError({
    code: 'no_key',
    message: 'The audit trail has no key yet.',
    remedy: 'The worker creates one at the end of its first run.',
  });
