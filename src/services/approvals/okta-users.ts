import { isSuperAdministrator } from '../../flows/refusals.ts';
import type { Call, CallContext, OktaOperations, OktaUser } from '../../connectors/types.ts';

const USER_ID = /^[A-Za-z0-9]{20}$/;

/** Reads Okta as one caller, on record; only the subject of the entry differs from call to call. */
export interface OktaReader {
  okta: Call<OktaOperations>;
  context: <Output>(subject: string) => CallContext<Output>;
}

/**
 * The Okta user with this login (in any case) or id; null if there is none. Throws the errors of
 * the connector.
 */
export async function findUser(
  { okta, context }: OktaReader,
  reference: string,
): Promise<OktaUser | null> {
  try {
    if (USER_ID.test(reference)) {
      return (await okta('users:read_detail', { userId: reference }, context(reference))).output;
    }
    const { output } = await okta('users:read', { login: reference }, context('person'));
    return only(
      output.items.filter(({ login }) => login.toLowerCase() === reference.toLowerCase()),
    );
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'not_found') return null;
    throw thrown;
  }
}

/**
 * The Okta user with this login or, failing that, this e-mail address; null for none and for
 * several.
 */
export async function findUserByEmail(reader: OktaReader, email: string): Promise<OktaUser | null> {
  const byLogin = await findUser(reader, email);
  if (byLogin !== null) return byLogin;
  const search = `profile.email eq ${JSON.stringify(email)}`;
  const { output } = await reader.okta('users:read', { search }, reader.context('person'));
  const found = output.items.filter((user) => user.email?.toLowerCase() === email.toLowerCase());
  return output.next === null ? only(found) : null;
}

/** Whether this login or id belongs to an active Okta user who holds SUPER_ADMIN now. */
export async function isSuperAdministratorNow(
  reader: OktaReader,
  reference: string,
): Promise<boolean> {
  const user = await findUser(reader, reference);
  if (user?.status !== 'ACTIVE') return false;
  const input = { userId: user.id };
  const { output } = await reader.okta('users:read_roles', input, reader.context(user.id));
  return isSuperAdministrator(output);
}

const only = <Item>(items: readonly Item[]): Item | null =>
  items.length === 1 ? (items[0] ?? null) : null;
