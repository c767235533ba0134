/** Tests credentials before they are stored. */

import { randomUUID } from 'node:crypto';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import type { CallContext } from '../../connectors/types.ts';
import { oktaWith } from '../kit/connectors.ts';
import { CliError, toCliError } from '../kit/errors.ts';
import type { Io } from '../kit/io.ts';
import type { Settings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';

/**
 * Lists one user with these settings, through the governed connector, because calls that cannot be
 * audited are not sent. Throws CliError that names the missing permission (`unauthenticated` if the
 * token itself is refused).
 */
export async function testCredentials(
  io: Io,
  settings: Settings,
  okta: OktaSettings,
): Promise<void> {
  const listed = await withStore(io, (store) => listOne(settings, { store, okta }), {
    create: true,
  });
  if (listed > 0) return;
  throw new CliError({
    code: 'no_users_listed',
    message: `${okta.host} accepts the token but lists no active user (users:read). Nothing was stored.`,
    remedy: PERMISSION,
  });
}

async function listOne(settings: Settings, given: Parameters<typeof oktaWith>[1]): Promise<number> {
  const call = await oktaWith(settings, given);
  try {
    const { output } = await call('users:read', { statuses: ['ACTIVE'], limit: 1 }, context());
    return output.items.length;
  } catch (thrown) {
    throw errorWithRemedy(toCliError(thrown));
  }
}

const context = <Output>(): CallContext<Output> => {
  const run = randomUUID();
  const caller = { principal: 'workflow:doctor', authenticatedBy: 'cli', surface: 'cli' } as const;
  return {
    caller: { ...caller, workflowId: `okta-configure/${run}`, run },
    subject: 'users',
    priority: 'interactive',
  };
};

const PERMISSION =
  'Give the owner of the token the Read-only Administrator role for all users, which users:read needs.';
const REMEDIES: Readonly<Record<string, string>> = {
  unauthenticated:
    'Create a new token in Okta (Security, API, Tokens) as a read-only administrator, and provide only the token.',
  forbidden: PERMISSION,
  policy_denied:
    'Let a policy grant okta users:read to workflow:doctor, as policies/doctor.yaml does.',
  unavailable: 'Check the domain and that this machine can reach it, then try again.',
  malformed: 'Check that the domain belongs to an Okta organisation.',
  not_found: 'Check that the domain belongs to an Okta organisation.',
};

const errorWithRemedy = ({ code, exit, message, remedy }: CliError): CliError =>
  new CliError({
    code,
    exit,
    message: `${message}. Nothing was stored.`,
    remedy: REMEDIES[code] ?? remedy,
  });
