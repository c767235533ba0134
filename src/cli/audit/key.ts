import { verifierKey } from '../../audit/note.ts';
import { rotateKey } from '../../store/journal/checkpointer.ts';
import type { Store } from '../../store/types.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import { withStore } from '../kit/store.ts';
import { checkpointParts, holderOf } from './log-keys.ts';

/** `arx audit key`: the verifier key that other programs check checkpoints with. */
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

/** `arx keys rotate audit`: a new key signs from here on; both sign the trail as it stands. */
export async function rotate(io: Io, options: RotateOptions) {
  const { given } = holderOf(io);
  if (given && options.out === undefined) {
    throw usageError(
      'ARX_AUDIT_KEY gives the key, and arx cannot change that: the new one needs a file of its own.',
      'Name it with --out FILE, then set ARX_AUDIT_KEY_FILE to it and start the workers again.',
    );
  }
  if (!given && options.out !== undefined) {
    throw usageError('The key is kept in ARX_HOME and is replaced there.', 'Leave --out away.');
  }
  const { checkpoint, key, before } = await withStore(io, (store) => turn(io, store, options));
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
      printNote(io, `Set ARX_AUDIT_KEY_FILE to ${options.out} and start the workers again.`);
  }
  return EXIT.ok;
}

async function turn(io: Io, store: Store, { lost, out }: RotateOptions) {
  // Who may read the key file or the variable may rotate; no other proof is asked for.
  const by = { principal: 'cli:arx', authenticatedBy: 'none' } as const;
  return await rotateKey(checkpointParts(io, store), { lost, file: out, by });
}

const noKey = (): CliError =>
  new CliError({
    code: 'no_key',
    message: 'The audit log has no key yet.',
    remedy: 'The worker makes one at the end of its first run.',
  });
