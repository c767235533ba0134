import { isSuperAdministrator } from '../../flows/refusals.ts';
import { resolvePerson } from '../../governance/person.ts';
import type { Call, CallContext, OktaOperations, OktaUser } from '../../connectors/types.ts';

/** Reads Okta as one caller, on record; only the subject of the entry differs from call to call. */
export interface OktaReader {
  okta: Call<OktaOperations>;
  context: <Output>(subject: string) => CallContext<Output>;
}

/**
 * The Okta user with this id, login or e-mail address; null if there is none, or several. Throws the
 * errors of the connector.
 */
export async function findUser(
  { okta, context }: OktaReader,
  reference: string,
): Promise<OktaUser | null> {
  const found = await resolvePerson<OktaUser>(
    {
      detail: async (userId) =>
        (await okta('users:read_detail', { userId }, context(userId))).output,
      list: async (by) => (await okta('users:read', by, context('person'))).output.items,
    },
    reference,
  );
  return found.ok ? found.person : null;
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
