import { findUserByEmail } from '../../services/approvals/okta-users.ts';
import type { OktaReader } from '../../services/approvals/okta-users.ts';
import type { Call, SlackOperations } from '../../connectors/types.ts';
import type { Person } from '../types.ts';

/** Reads Slack and Okta as one caller. */
export interface SlackReader extends OktaReader {
  slack: Call<SlackOperations>;
}

/**
 * The active Okta user behind a Slack user. The address must lead back to the same person of this
 * workspace: what another workspace of a shared channel says of an address of its people proves
 * nothing.
 */
export async function personOfSlack(reader: SlackReader, userId: string): Promise<Person | null> {
  const member = await lookUp(reader, { user: userId });
  if (!member?.active || member.email === null || !PLAIN.test(member.email)) return null;
  const back = await lookUp(reader, { email: member.email });
  if (back?.id !== userId || !back.active) return null;
  const user = await findUserByEmail(reader, member.email);
  return user?.status === 'ACTIVE' ? { id: user.id, login: user.login } : null;
}

/** Addresses that can stand in Okta's expressions as they are. */
const PLAIN = /^[^\s@"\\\p{Cc}]{1,64}@[^\s@"\\\p{Cc}]{1,255}$/u;

type Lookup = SlackOperations['users:lookup'];

async function lookUp(
  { slack, context }: SlackReader,
  input: Lookup['input'],
): Promise<Lookup['output'] | null> {
  try {
    return (await slack('users:lookup', input, context('person'))).output;
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'not_found') return null;
    throw thrown;
  }
}
