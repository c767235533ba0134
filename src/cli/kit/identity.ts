import { oktaSettings } from '../../config/env/credentials.ts';
import { accessKey, keyHash } from '../../config/env/identity-keys.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';
import { authenticationError, usageError } from './errors.ts';
import { say } from './io.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';
import { plain } from './text.ts';
import { personOf } from './person.ts';

/** Who is at the command line, as far as it is proven. */
export interface Identity {
  /** `user:LOGIN-OR-ID`, `agent:ID`, or `user:anonymous`. */
  principal: string;
  authenticatedBy: 'key' | 'cli' | 'none';
  /** Login or id of the person; null for services and for nobody. */
  person: string | null;
}

/** Where a name has to be proven, and the name that was given. */
export interface Claimed {
  settings: Settings;
  store: Store;
  as?: string;
  local?: boolean;
}

/**
 * Who acts: the person or service of ARX_KEY; whoever --as names, if the key proves it, a local emulator takes anybody or
 * `approvals.require_signed: false` does (said aloud); else nobody. Throws CliError `unauthenticated`.
 */
export async function identify(io: Io, claimed: Claimed): Promise<Identity> {
  const key = await provenKey(claimed);
  const name = claimed.as === undefined ? null : principalOf(claimed.as);
  if (name === null) return key === null ? NOBODY : ownerOf(key);
  // The key's own name for the person stands in policies, whatever they call themselves now.
  if (key !== null && (await isOwner(claimed, key, name))) return ownerOf(key);
  if (await takesAnybody(claimed)) {
    say(
      io,
      io.colors.err.dim(
        `taken at their word, as Okta is an emulator on this machine: ${plain(name)}`,
      ),
    );
    return { ...identityOf(name), authenticatedBy: 'cli' };
  }
  if (!claimed.settings.config.approvals.require_signed) {
    const why = 'approvals.require_signed is false';
    say(
      io,
      io.colors.err.yellow(
        `! ${plain(name)} is believed without proof, as ${why}: use it for tests only`,
      ),
    );
    return { ...identityOf(name), authenticatedBy: 'cli' };
  }
  throw authenticationError(
    key === null
      ? '--as is not proven: ARX_KEY is not set.'
      : `--as is not proven: ARX_KEY is the key ${key.name}, of somebody else.`,
    'Set ARX_KEY to an access key of that user: `arx keys create --name NAME --for LOGIN` makes one.',
  );
}

/** As `identify`, and it must be a person. */
export async function identifyPerson(
  io: Io,
  claimed: Claimed,
): Promise<Identity & { person: string }> {
  const identity = await identify(io, claimed);
  const { person } = identity;
  if (person !== null) return { ...identity, person };
  throw authenticationError(
    identity.authenticatedBy === 'none'
      ? 'It is not known who you are.'
      : 'A service cannot decide about approvals.',
    'Set ARX_KEY to your own access key (`arx keys create --name NAME --for LOGIN`).',
  );
}

const NOBODY: Identity = { principal: 'user:anonymous', authenticatedBy: 'none', person: null };

const ownerOf = (key: AccessKey): Identity => ({
  ...identityOf(principalOfKey(key)),
  authenticatedBy: 'key',
});

const principalOfKey = ({ person, name }: AccessKey): string =>
  person === null ? `agent:${name}` : `user:${person}`;

function identityOf(principal: string): Omit<Identity, 'authenticatedBy'> {
  const isPerson = principal.startsWith('user:');
  return { principal, person: isPerson ? principal.slice('user:'.length) : null };
}

/** `--as` as a principal: a bare name is a user; jobs and flows are nobody's to name. */
function principalOf(as: string): string {
  const [, kind = 'user', name = ''] = /^(?:(user|agent):)?([^\s:\p{Cc}]{1,200})$/u.exec(as) ?? [];
  if (name !== '' && name !== 'anonymous') return `${kind}:${name}`;
  throw usageError(
    '--as wants the login or id of an Okta user.',
    'Such as --as ann@example.com, or agent:ID for a service.',
  );
}

async function provenKey({ settings, store }: Claimed): Promise<AccessKey | null> {
  const key = accessKey(settings.arx);
  if (key === null) return null;
  const known = await store.keys.accessKey(keyHash(key.reveal()));
  if (known !== null && known.revokedAt === null) return known;
  throw authenticationError(
    known === null
      ? 'ARX_KEY is no key that this store knows.'
      : `ARX_KEY, the key ${known.name}, is revoked.`,
    'Make another with `arx keys create`, and set ARX_KEY to it.',
  );
}

const USER_ID = /^[A-Za-z0-9]{20}$/;

async function isOwner(
  { settings, store }: Claimed,
  key: AccessKey,
  principal: string,
): Promise<boolean> {
  if (principal.toLowerCase() === principalOfKey(key).toLowerCase()) return true;
  const { person } = identityOf(principal);
  if (person === null || key.person === null || !USER_ID.test(person)) return false;
  return (await personOf(settings, store, key.person)).id === person;
}

/**
 * Emulated organisations have no people to protect: with --local, a name is as good as a proof
 * there.
 */
async function takesAnybody({ settings, local }: Claimed): Promise<boolean> {
  if (!local) return false;
  const { arx, config, baseDir } = settings;
  const { origin } = await oktaSettings({ env: arx, config, baseDir });
  const database = arx.databaseUrl === null ? '' : new URL(arx.databaseUrl.reveal()).hostname;
  return isLoopback(new URL(origin).hostname) && (database === '' || isLoopback(database));
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
