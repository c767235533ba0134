/** Establishes who runs a command, and how that is proven. */

import { ANONYMOUS, nameOf, principalOfKey } from '../../governance/principal.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { accessKey, keyHash } from '../../config/env/identity-keys.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import { authenticationError, usageError } from './errors.ts';
import { printNote } from './io.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';
import { plain } from './text.ts';
import { personOf } from './person.ts';

/** Who runs the command, as far as it is proven. */
interface Identity {
  /** `user:LOGIN-OR-ID`, `agent:ID`, or `user:anonymous`. */
  principal: string;
  authenticatedBy: 'key' | 'cli' | 'none';
  /** Login or id of the user; null for services and for anonymous callers. */
  person: string | null;
}

/** The name given with --as, and what it is checked against. */
interface IdentityClaim {
  settings: Settings;
  store: Store;
  as?: string;
  local?: boolean;
}

/**
 * Identifies the caller: the user or service of ARX_KEY, or the name given with --as. That name
 * counts if the key proves it, if Okta is a local emulator, or if `approvals.require_signed` is
 * false (with a warning). Otherwise the caller is anonymous. Throws CliError `unauthenticated`.
 */
export async function identify(io: Io, claim: IdentityClaim): Promise<Identity> {
  const key = await readKey(claim);
  const name = claim.as === undefined ? null : principalOf(claim.as);
  if (name === null) return key === null ? UNNAMED : ownerOf(key);
  // Policies name the user as the key does, whatever form of the name was given now.
  if (key !== null && (await isOwner(claim, key, name))) return ownerOf(key);
  if (await acceptsAnyName(claim)) {
    printNote(
      io,
      io.colors.err.dim(
        `not authenticated, accepted because Okta is an emulator on this machine: ${plain(name)}`,
      ),
    );
    return { ...identityOf(name), authenticatedBy: 'cli' };
  }
  if (!claim.settings.config.approvals.require_signed) {
    const why = 'approvals.require_signed is false';
    printNote(
      io,
      io.colors.err.yellow(
        `! ${plain(name)} is accepted without authentication because ${why}; use this for tests only`,
      ),
    );
    return { ...identityOf(name), authenticatedBy: 'cli' };
  }
  throw authenticationError(
    key === null
      ? '--as is not proven: ARX_KEY is not set.'
      : `--as is not proven: ARX_KEY is the key ${key.name}, which belongs to another user.`,
    'Set ARX_KEY to an access key of that user. Create one with `arx keys create --name NAME --for LOGIN`.',
  );
}

/** Like `identify`, but requires a user. */
export async function identifyPerson(
  io: Io,
  claimed: IdentityClaim,
): Promise<Identity & { person: string }> {
  const identity = await identify(io, claimed);
  const { person } = identity;
  if (person !== null) return { ...identity, person };
  throw authenticationError(
    identity.authenticatedBy === 'none'
      ? 'You are not authenticated.'
      : 'A service cannot decide approvals.',
    'Set ARX_KEY to your own access key (`arx keys create --name NAME --for LOGIN`).',
  );
}

const UNNAMED: Identity = { principal: ANONYMOUS, authenticatedBy: 'none', person: null };

const ownerOf = (key: AccessKey): Identity => ({
  ...identityOf(principalOfKey(key)),
  authenticatedBy: 'key',
});

function identityOf(principal: string): Omit<Identity, 'authenticatedBy'> {
  return { principal, person: nameOf('user', principal) };
}

/** `--as` as a principal. A bare name is a user; jobs and flows cannot be named. */
function principalOf(as: string): string {
  const [, kind = 'user', name = ''] = /^(?:(user|agent):)?([^\s:\p{Cc}]{1,200})$/u.exec(as) ?? [];
  if (name !== '' && name !== 'anonymous') return `${kind}:${name}`;
  throw usageError(
    '--as needs the login or id of an Okta user.',
    'For example --as ann@example.com, or --as agent:ID for a service.',
  );
}

async function readKey({ settings, store }: IdentityClaim): Promise<AccessKey | null> {
  const key = accessKey(settings.arx);
  if (key === null) return null;
  const known = await store.keys.accessKey(keyHash(key.reveal()));
  if (known !== null && known.revokedAt === null) return known;
  throw authenticationError(
    known === null
      ? 'ARX_KEY is not a key of this store.'
      : `ARX_KEY, the key ${known.name}, is revoked.`,
    'Create a new key with `arx keys create` and set ARX_KEY to it.',
  );
}

const USER_ID = /^[A-Za-z0-9]{20}$/;

async function isOwner(
  { settings, store }: IdentityClaim,
  key: AccessKey,
  principal: string,
): Promise<boolean> {
  if (principal.toLowerCase() === principalOfKey(key).toLowerCase()) return true;
  const { person } = identityOf(principal);
  if (person === null || key.person === null || !USER_ID.test(person)) return false;
  return (await personOf(settings, store, key.person)).id === person;
}

/**
 * An emulated organisation has no real users to protect, so with --local any name is accepted
 * there.
 */
async function acceptsAnyName({ settings, local }: IdentityClaim): Promise<boolean> {
  if (!local) return false;
  const { arx, config, baseDir } = settings;
  const { origin } = await oktaSettings({ env: arx, config, baseDir });
  const database = arx.databaseUrl === null ? '' : new URL(arx.databaseUrl.reveal()).hostname;
  return isLoopback(new URL(origin).hostname) && (database === '' || isLoopback(database));
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
