/** Turns logins, e-mail addresses and names in the arguments of a call into ids. */

import type { JsonObject } from '../../audit/types.ts';
import { isOktaId } from '../../governance/authority.ts';
import type { NamedThing } from '../../store/name-types.ts';
import type { Store } from '../../store/types.ts';
import { findOktaUser } from '../kit/active-user.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import { printNote } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import type { Settings } from '../kit/settings.ts';
import { plain } from '../kit/text.ts';

/** What the parameters of Okta's operations name. */
const NAMED: Readonly<Record<string, NamedThing['kind']>> = {
  userId: 'user',
  groupId: 'group',
  appId: 'app',
};

interface Naming {
  settings: Settings;
  store: Store;
  vendor: string;
}

/**
 * The arguments with ids in place of names. A user is asked for at Okta by login or address; groups
 * and apps are those of the last sync. Names are compared as a whole, never by their beginning, and
 * the ids are printed. Throws CliError `unknown_name` and `ambiguous`.
 */
export async function withIds(io: Io, naming: Naming, args: JsonObject): Promise<JsonObject> {
  if (naming.vendor !== 'okta') return args;
  const resolved: Record<string, JsonObject[string]> = { ...args };
  for (const [parameter, kind] of Object.entries(NAMED)) {
    const value = args[parameter];
    if (typeof value !== 'string' || isOktaId(value)) continue;
    if (kind === 'user' && !mayBeLogin(value)) continue;
    const id = await idOf(naming, kind, value);
    printNote(io, io.colors.err.dim(`${parameter}: ${plain(value)} is ${id}`));
    resolved[parameter] = id;
  }
  return resolved;
}

/**
 * Whether a text may be the login or address of a user. Anything else stays as it is, and the
 * operation refuses it.
 */
const mayBeLogin = (text: string): boolean =>
  /^[^\s/%]+$/.test(text) && !/^\.+$/.test(text) && text !== 'me';

async function idOf(
  { settings, store }: Naming,
  kind: NamedThing['kind'],
  name: string,
): Promise<string> {
  if (kind === 'user') {
    const user = await findOktaUser(settings, store, name);
    if (user !== null) return user.id;
    throw unknownName(kind, name);
  }
  const found = (await store.names.find(name)).filter((thing) => thing.kind === kind);
  const [only, ...others] = found;
  if (only === undefined) throw unknownName(kind, name);
  if (others.length === 0) return only.id;
  throw new CliError({
    code: 'ambiguous',
    message: `Several ${kind}s are named ${name}: ${found.map(({ id }) => id).join(', ')}.`,
    remedy: 'Give the id.',
    exit: EXIT.usage,
  });
}

const unknownName = (kind: NamedThing['kind'], name: string): CliError =>
  new CliError({
    code: 'unknown_name',
    message:
      kind === 'user'
        ? `Okta has no user, or several, with the login, id or e-mail address ${name}.`
        : `No ${kind} with the name ${name} is known from a sync.`,
    remedy:
      kind === 'user'
        ? 'Correct it, or give the id of the user.'
        : `Give its id, or read the names with \`arx okta sync\`. \`arx twin search TEXT\` finds it.`,
    exit: EXIT.usage,
  });
