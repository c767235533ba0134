/** The actions of `arx keys`. */

import { isOktaId } from '../../governance/authority.ts';
import { durationMs } from '../../config/yaml/durations.ts';
import { DEFAULT_SCOPES } from '../../governance/key-scopes.ts';
import {
  createAccessKey,
  requireAdministrator,
  revokeAccessKey,
} from '../../services/keys/create-key.ts';
import type { KeyMaker, KeyServiceParts } from '../../services/keys/create-key.ts';
import { listKeys as listKeyDocuments } from '../../services/keys/key-document.ts';
import { isEnrolled, rotateSigningKey, signingKey } from '../../services/approvals/signing-key.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { identify, isOwnStack } from '../kit/identity.ts';
import { isActiveSuperAdministrator } from '../kit/active-user.ts';
import type { CreateOptions } from './command.ts';

interface KeyOptions {
  config?: string;
  json?: boolean;
  local?: boolean;
}

/** `arx keys create`: creates an access key and prints it once. */
export async function createKey(
  io: Io,
  { name, for: login, json, scope, expiresIn, ...options }: KeyOptions & CreateOptions,
): Promise<ExitCode> {
  const person = login === undefined ? null : loginOf(login);
  const scopes = scope ?? DEFAULT_SCOPES[person === null ? 'service' : 'person'];
  const expiresAt = new Date(Date.now() + durationMs(expiresIn)).toISOString();
  const { key, createdAt } = await withKeyStore(io, options, (parts, maker) =>
    createAccessKey(parts, maker, { name, person, scopes, expiresAt }),
  );
  if (json)
    await writeJson(io, {
      schema: 'arx.access-key/v1',
      name,
      person,
      key,
      createdAt,
      scopes,
      expiresAt,
    });
  else {
    await print(io, key);
    printNote(
      io,
      `Key ${name} for ${person ?? `the service agent:${name}`}, valid until ${expiresAt.slice(0, 10)}, for ${scopes.join(', ')}. It is shown only this time: set ARX_KEY to it.`,
    );
  }
  return EXIT.ok;
}

/** `arx keys list`: lists the access keys, without their values. */
export async function listKeys(io: Io, { json }: KeyOptions): Promise<ExitCode> {
  const items = await withStore(io, (store) => listKeyDocuments(store, new Date()));
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
  await withKeyStore(io, options, async (parts, maker) => {
    const known = (await parts.store.keys.accessKeys()).find((key) => key.name === name);
    if (!known) throw unknownKey(name);
    await revokeAccessKey(parts, maker, known);
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
  const { kid, publicKey, replaced } = await withKeyStore(io, options, async (service, actor) => {
    const { store } = service;
    const parts = { env, store, actor };
    // Who enrols a key here can sign decisions for everyone.
    const isKnown = rotate ? false : await isEnrolled(env, store);
    if (!isKnown) await requireAdministrator(service, actor, 'enrol a key that signs decisions');
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
  change: (parts: KeyServiceParts, maker: KeyMaker) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(io, options);
  const isOperator = await isOwnStack({ settings, local: options.local });
  return withStore(io, async (store) => {
    const identity = await identify(io, { settings, store });
    const parts: KeyServiceParts = {
      store,
      isSuperAdministrator: (login) => isActiveSuperAdministrator(settings, store, login),
      now: () => new Date(),
    };
    return change(parts, { ...identity, isOperator });
  });
}

function loginOf(login: string): string {
  if (/^[^\s:\p{Cc}]{1,200}$/u.test(login) && !isOktaId(login)) return login;
  throw usageError('--for needs the login of an Okta user.', 'For example --for ann@example.com.');
}

const unknownKey = (name: string): CliError =>
  new CliError({
    code: 'no_such_key',
    message: `There is no key ${name}.`,
    remedy: 'List the keys with `arx keys list`.',
  });
