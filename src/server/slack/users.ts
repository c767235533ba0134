import { findUser } from '../../services/approvals/okta-users.ts';
import type { OktaReader } from '../../services/approvals/okta-users.ts';
import type { Call, SlackOperations } from '../../connectors/types.ts';
import type { ActiveUser } from '../types.ts';

/** Reads Slack and Okta as one caller. */
export interface SlackReader extends OktaReader {
  slack: Call<SlackOperations>;
}

/**
 * The active Okta user behind a Slack user. Looking up the e-mail address must lead back to the
 * same user of this workspace: in a shared channel, addresses set by another workspace prove
 * nothing.
 */
export async function findUserBySlackId(
  reader: SlackReader,
  userId: string,
): Promise<ActiveUser | null> {
  const member = await lookUp(reader, { user: userId });
  if (!member?.active || member.email === null || !PLAIN.test(member.email)) return null;
  const back = await lookUp(reader, { email: member.email });
  if (back?.id !== userId || !back.active) return null;
  const user = await findUser(reader, member.email);
  return user?.status === 'ACTIVE' ? { id: user.id, login: user.login } : null;
}

/** Addresses that need no escaping in Okta's expressions. */
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
