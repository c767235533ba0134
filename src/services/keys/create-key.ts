/** Creates access keys, and decides who may create which. */

import { randomBytes } from 'node:crypto';
import { keyHash } from '../../config/env/identity-keys.ts';
import { PERSONAL_SCOPES, hasScope, keyState } from '../../governance/key-scopes.ts';
import type { KeyScope } from '../../governance/key-scopes.ts';
import { canonicalName } from '../../governance/principal.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import { auditKeys } from '../audit/key-trail.ts';
import type { KeyActor } from '../audit/key-trail.ts';

/** Who creates or revokes a key, as far as it is proven. */
export interface KeyMaker extends KeyActor {
  /** Login of the person that an access key proves; null for services and anonymous callers. */
  person: string | null;
  /** Scopes of that key; null if it has all. */
  scopes: readonly KeyScope[] | null;
  /** The store is that of the caller's own embedded stack, which has no other administrators. */
  isOperator: boolean;
}

/** A key to create. */
export interface KeyRequest {
  name: string;
  /** Login of the owner; null for a service. */
  person: string | null;
  scopes: readonly KeyScope[];
  expiresAt: string;
}

export interface KeyServiceParts {
  store: Store;
  /** Whether this login belongs to an active super administrator of Okta. */
  isSuperAdministrator: (login: string) => Promise<boolean>;
  now: () => Date;
}

/** Thrown if the caller may not create or revoke the key. */
export class KeyRefusedError extends Error {
  override readonly name = 'KeyRefusedError';
  readonly code: 'key_not_allowed' | 'key_exists' | 'key_scopes';
  readonly remedy: string;
  constructor(code: KeyRefusedError['code'], message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** By what right a key is created; recorded with it. */
type Right = 'operator' | 'own' | 'super_administrator' | 'first_key' | 'service';

/**
 * Creates a key and returns its value, which is not stored. Throws KeyRefusedError.
 */
export async function createAccessKey(
  parts: KeyServiceParts,
  maker: KeyMaker,
  request: KeyRequest,
): Promise<{ key: string; createdAt: string }> {
  const { store, now } = parts;
  const { name, person, scopes, expiresAt } = request;
  const known = await store.keys.accessKeys();
  if (known.some((one) => one.name === name)) throw keyExistsError(name);
  const personal = scopes.filter((scope) => PERSONAL_SCOPES.has(scope));
  if (person === null && personal.length > 0) throw scopesError(personal);
  const right = await rightTo(parts, maker, { request, known });
  const key = `arxk_${randomBytes(32).toString('base64url')}`;
  const createdAt = now().toISOString();
  const outcome = { purpose: 'access', person: person !== null, right, scopes: [...scopes] };
  await auditKeys(store, maker, [
    { kind: 'key.created', subject: name, outcome: { ...outcome, expiresAt } },
  ]);
  const stored = { name, hash: keyHash(key), person, createdAt, revokedAt: null };
  await store.keys.addAccessKey({ ...stored, scopes, expiresAt });
  return { key, createdAt };
}

/**
 * Revokes a key at once; false if it already was. On a shared store, a key with the scope `admin`
 * is revoked by its owner or a super administrator only, because the next one could then be created
 * as if it were the first. Throws KeyRefusedError.
 */
export async function revokeAccessKey(
  parts: KeyServiceParts,
  maker: KeyMaker,
  key: AccessKey,
): Promise<boolean> {
  const { store, now } = parts;
  if (key.revokedAt !== null) return false;
  const isOwn = key.person !== null && isSamePerson(key.person, maker.person);
  const mustProve = isAdministrative(key, now()) && !maker.isOperator && !isOwn;
  if (mustProve) await requireAdministrator(parts, maker, 'revoke the key of an administrator');
  await auditKeys(store, maker, [
    { kind: 'key.revoked', subject: key.name, outcome: { purpose: 'access' } },
  ]);
  return store.keys.revokeAccessKey(key.name, now().toISOString());
}

async function rightTo(
  parts: KeyServiceParts,
  maker: KeyMaker,
  { request, known }: { request: KeyRequest; known: readonly AccessKey[] },
): Promise<Right> {
  const { person, scopes } = request;
  if (maker.isOperator) return 'operator';
  if (person === null) return 'service';
  const holdsAll = scopes.every((scope) => hasScope(maker, scope));
  if (isSamePerson(person, maker.person) && holdsAll) return 'own';
  if (await isProvenAdministrator(parts, maker)) return 'super_administrator';
  const isFirst = !known.some((one) => isAdministrative(one, parts.now()));
  if (isFirst && scopes.includes('admin') && (await parts.isSuperAdministrator(person)))
    return 'first_key';
  throw notAllowed('create a key for another person, or with more scopes than your own');
}

/**
 * Throws KeyRefusedError unless the caller is a proven super administrator, or the operator of an
 * embedded stack.
 */
export async function requireAdministrator(
  parts: KeyServiceParts,
  maker: KeyMaker,
  what: string,
): Promise<void> {
  if (maker.isOperator || (await isProvenAdministrator(parts, maker))) return;
  throw notAllowed(what);
}

/** Whether the caller proved, with a key of scope `admin`, to be a super administrator of Okta. */
const isProvenAdministrator = async (
  { isSuperAdministrator }: KeyServiceParts,
  maker: KeyMaker,
): Promise<boolean> =>
  maker.authenticatedBy === 'key' &&
  maker.person !== null &&
  hasScope(maker, 'admin') &&
  (await isSuperAdministrator(maker.person));

const isAdministrative = (key: AccessKey, now: Date): boolean =>
  key.person !== null && keyState(key, now) === 'active' && (key.scopes ?? []).includes('admin');

const isSamePerson = (one: string, other: string | null): boolean =>
  other !== null && canonicalName(one) === canonicalName(other);

const notAllowed = (what: string): KeyRefusedError =>
  new KeyRefusedError(
    'key_not_allowed',
    `Only a super administrator of Okta may ${what}.`,
    'Set ARX_KEY to the key of a super administrator with the scope admin. While nobody has one, ' +
      'the first is created with `arx keys create --name NAME --for LOGIN --scope admin`, for a super administrator.',
  );

const keyExistsError = (name: string): KeyRefusedError =>
  new KeyRefusedError(
    'key_exists',
    `The key ${name} already exists.`,
    'Choose another name. Names of revoked keys cannot be reused.',
  );

const scopesError = (scopes: readonly KeyScope[]): KeyRefusedError =>
  new KeyRefusedError(
    'key_scopes',
    `The key of a service cannot have the scope ${scopes.join(', ')}.`,
    'Name the person that the key is for with --for LOGIN.',
  );
