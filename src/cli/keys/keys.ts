/** The actions of `arx keys`. */

import { randomBytes } from 'node:crypto';
import { auditKeys } from '../../services/audit/key-trail.ts';
import type { KeyActor } from '../../services/audit/key-trail.ts';
import { rotateSigningKey, signingKey } from '../../services/approvals/signing-key.ts';
import { keyHash } from '../../config/env/identity-keys.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { identify } from '../kit/identity.ts';

interface KeyOptions {
  config?: string;
  json?: boolean;
}

/** `arx keys create`: creates an access key and prints it once. */
export async function createKey(
  io: Io,
  { name, for: login, json, ...options }: KeyOptions & { name: string; for?: string },
): Promise<ExitCode> {
  const person = login === undefined ? null : loginOf(login);
  const key = `arxk_${randomBytes(32).toString('base64url')}`;
  const createdAt = new Date().toISOString();
  await withKeyStore(io, options, async (store, actor) => {
    if ((await store.keys.accessKeys()).some((known) => known.name === name))
      throw keyExistsError(name);
    const outcome = { purpose: 'access', person: person !== null };
    await auditKeys(store, actor, [{ kind: 'key.created', subject: name, outcome }]);
    await store.keys.addAccessKey({ name, hash: keyHash(key), person, createdAt, revokedAt: null });
  });
  if (json) await writeJson(io, { schema: 'arx.access-key/v1', name, person, key, createdAt });
  else {
    await print(io, key);
    printNote(
      io,
      `Key ${name} for ${person ?? `the service agent:${name}`}. It is shown only this time: set ARX_KEY to it.`,
    );
  }
  return EXIT.ok;
}

/** `arx keys list`: lists the access keys, without their values. */
export async function listKeys(io: Io, { json }: KeyOptions): Promise<ExitCode> {
  const items = (await withStore(io, (store) => store.keys.accessKeys())).map(keyDocument);
  if (json) await writeJson(io, { schema: 'arx.keys/v1', items });
  else {
    const { keysTable } = await import('../approvals/render.ts');
    await print(io, items.length > 0 ? keysTable(items, io.colors.out) : 'No keys.');
  }
  return EXIT.ok;
}

/** `arx keys revoke`: revokes a key at once. */
export async function revokeKey(
  io: Io,
  name: string,
  { json, ...options }: KeyOptions,
): Promise<ExitCode> {
  const revokedAt = new Date().toISOString();
  await withKeyStore(io, options, async (store, keeper) => {
    const known = (await store.keys.accessKeys()).find((key) => key.name === name);
    if (!known) throw unknownKey(name);
    if (known.revokedAt !== null) return;
    await auditKeys(store, keeper, [
      { kind: 'key.revoked', subject: name, outcome: { purpose: 'access' } },
    ]);
    await store.keys.revokeAccessKey(name, revokedAt);
  });
  if (json) await writeJson(io, { schema: 'arx.access-key/v1', name, state: 'revoked' });
  else await print(io, `Key ${name} is revoked.`);
  return EXIT.ok;
}

/**
 * `arx keys decision`: shows the key that signs decisions here. It is created on first use, and
 * replaced with --rotate.
 */
export async function manageDecisionKey(
  io: Io,
  { rotate, json, ...options }: KeyOptions & { rotate?: boolean },
): Promise<ExitCode> {
  const { arx: env } = await loadSettings(io, options);
  const { kid, publicKey, replaced } = await withKeyStore(io, options, async (store, keeper) => {
    const parts = { env, store, actor: keeper };
    if (!rotate) return { ...(await signingKey(parts)), replaced: null };
    const { key, old } = await rotateSigningKey(parts);
    return { ...key, replaced: old };
  });
  if (json) await writeJson(io, { schema: 'arx.decision-key/v1', kid, publicKey, replaced });
  else {
    await print(io, `${kid} ${publicKey}`);
    if (replaced !== null)
      printNote(
        io,
        `The key ${replaced} is revoked. Decisions that it signed and that have not arrived yet are no longer accepted.`,
      );
  }
  return EXIT.ok;
}

/** Runs a change of keys with the store, as the identity proven by ARX_KEY. */
async function withKeyStore<Result>(
  io: Io,
  options: KeyOptions,
  change: (store: Store, keeper: KeyActor) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(io, options);
  return withStore(io, async (store) => change(store, await identify(io, { settings, store })));
}

const keyDocument = ({ name, person, createdAt, revokedAt }: AccessKey) => ({
  name,
  person,
  createdAt,
  revokedAt,
});

function loginOf(login: string): string {
  if (/^[^\s:\p{Cc}]{1,200}$/u.test(login) && !/^[A-Za-z0-9]{20}$/.test(login)) return login;
  throw usageError('--for needs the login of an Okta user.', 'For example --for ann@example.com.');
}

const keyExistsError = (name: string): CliError =>
  new CliError({
    code: 'key_exists',
    message: `The key ${name} already exists.`,
    remedy: 'Choose another name. Names of revoked keys cannot be reused.',
    exit: EXIT.usage,
  });

const unknownKey = (name: string): CliError =>
  new CliError({
    code: 'no_such_key',
    message: `There is no key ${name}.`,
    remedy: 'List the keys with `arx keys list`.',
  });
