/** Establishes who runs a command, and how that is proven. */

import { isOktaId } from '../../governance/authority.ts';
import { ANONYMOUS, nameOf, principalOfKey } from '../../governance/principal.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { accessKey } from '../../config/env/identity-keys.ts';
import { hasScope, isUnlimited } from '../../governance/key-scopes.ts';
import type { KeyScope } from '../../governance/key-scopes.ts';
import { findAccessKey } from '../../services/keys/find-key.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import { authenticationError, usageError } from './errors.ts';
import type { CliError } from './errors.ts';
import { printNote } from './io.ts';
import type { Io } from './io.ts';
import { printNoteOnce } from './notes.ts';
import type { Settings } from './settings.ts';
import { plain } from './text.ts';
import { activeUser } from './active-user.ts';

/** Who runs the command, as far as it is proven. */
interface Identity {
  /** `user:LOGIN-OR-ID`, `agent:ID`, or `user:anonymous`. */
  principal: string;
  authenticatedBy: 'key' | 'cli' | 'none';
  /** Login or id of the user; null for services and for anonymous callers. */
  person: string | null;
  /** Scopes of the access key; null if it has all, and without a key. */
  scopes: readonly KeyScope[] | null;
}

/** The name given with --as, and what it is checked against. */
interface IdentityClaim {
  settings: Settings;
  store: Store;
  as?: string;
  local?: boolean;
  /** What the access key must be made for, if there is one. */
  scope?: KeyScope;
}

/**
 * Identifies the caller: the user or service of ARX_KEY, or the name given with --as. That name
 * counts if the key proves it, if Okta is a local emulator, or if `approvals.require_signed` is
 * false (with a warning). Otherwise the caller is anonymous. Throws CliError `unauthenticated`.
 */
export async function identify(io: Io, claim: IdentityClaim): Promise<Identity> {
  const key = await readKey(io, claim);
  const name = claim.as === undefined ? null : principalOf(claim.as);
  if (name === null) return key === null ? UNNAMED : ownerOf(key);
  // Policies name the user as the key does, whatever form of the name was given now.
  if (key !== null && (await isOwner(claim, key, name))) return ownerOf(key);
  if (await acceptsAnyName(claim)) {
    printNoteOnce(io, claim.settings.arx.home, {
      name: 'emulated-identity',
      line: `not authenticated, accepted because Okta is an emulator on this machine: ${plain(name)}`,
    });
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

const UNNAMED: Identity = {
  principal: ANONYMOUS,
  authenticatedBy: 'none',
  person: null,
  scopes: null,
};

const ownerOf = (key: AccessKey): Identity => ({
  ...identityOf(principalOfKey(key)),
  authenticatedBy: 'key',
  scopes: key.scopes,
});

function identityOf(principal: string): Omit<Identity, 'authenticatedBy'> {
  return { principal, person: nameOf('user', principal), scopes: null };
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

async function readKey(
  io: Io,
  { settings, store, scope }: IdentityClaim,
): Promise<AccessKey | null> {
  const text = accessKey(settings.arx);
  if (text === null) return null;
  const found = await findAccessKey(store, text.reveal(), new Date());
  if (found?.state !== 'active')
    throw authenticationError(
      found === null
        ? 'ARX_KEY is not a key of this store.'
        : `ARX_KEY, the key ${found.key.name}, ${found.state === 'revoked' ? 'is revoked' : 'has expired'}.`,
      'Create a new key with `arx keys create` and set ARX_KEY to it.',
    );
  const { key } = found;
  if (scope !== undefined && !hasScope(key, scope)) throw scopeError(key, scope);
  if (isUnlimited(key)) warnAboutUnlimited(io, key);
  return key;
}

const scopeError = ({ name }: AccessKey, scope: KeyScope): CliError =>
  authenticationError(
    `ARX_KEY, the key ${name}, does not have the scope ${scope}.`,
    `Create a key with it: \`arx keys create --name NAME --for LOGIN --scope ${scope}\`.`,
  );

const warnAboutUnlimited = (io: Io, { name }: AccessKey): void =>
  printNote(
    io,
    io.colors.err.yellow(
      `! the key ${name} has no scopes or no expiry, because it was created by an earlier version; replace it with \`arx keys create\``,
    ),
  );

async function isOwner(
  { settings, store }: IdentityClaim,
  key: AccessKey,
  principal: string,
): Promise<boolean> {
  if (principal.toLowerCase() === principalOfKey(key).toLowerCase()) return true;
  const { person } = identityOf(principal);
  if (person === null || key.person === null || !isOktaId(person)) return false;
  return (await activeUser(settings, store, key.person)).id === person;
}

/**
 * Whether the store is that of an embedded stack, where the local user is the operator: the one of
 * ARX_HOME, or with --local one on this machine beside an emulated organisation.
 */
export const isOwnStack = async (
  claim: Pick<IdentityClaim, 'settings' | 'local'>,
): Promise<boolean> => claim.settings.arx.databaseUrl === null || acceptsAnyName(claim);

/**
 * An emulated organisation has no real users to protect, so with --local any name is accepted
 * there.
 */
async function acceptsAnyName({
  settings,
  local,
}: Pick<IdentityClaim, 'settings' | 'local'>): Promise<boolean> {
  if (!local) return false;
  const { arx, config, baseDir } = settings;
  const { origin } = await oktaSettings({ env: arx, config, baseDir });
  const database = arx.databaseUrl === null ? '' : new URL(arx.databaseUrl.reveal()).hostname;
  return isLoopback(new URL(origin).hostname) && (database === '' || isLoopback(database));
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
