import { ConnectorError } from '../../connectors/errors.ts';
import { replacesProfile } from '../../governance/catalogue.ts';
import { readContext } from '../flows/read-target.ts';
import type { FactDeps, RequestedCall } from './facts.ts';
import { readerOf } from './user-reader.ts';

/**
 * The names of the attributes that a call would remove from its target without naming them, sorted.
 * Empty for a call that does not replace a profile, and for a target that does not exist. Throws as
 * the connectors do.
 */
export async function lossOf(
  { connectors }: Pick<FactDeps, 'connectors'>,
  call: RequestedCall,
): Promise<string[]> {
  const { connector, operation, args } = call;
  if (connector !== 'okta' || !replacesProfile(connector, operation, args)) return [];
  const { userId, groupId, profile } = args as {
    userId?: string;
    groupId?: string;
    profile?: Record<string, unknown>;
  };
  const named = new Set(Object.keys(profile ?? args));
  const context = readContext(readerOf(call), userId ?? groupId ?? operation);
  const read =
    userId === undefined
      ? connectors.okta('groups:read_detail', { groupId: `${groupId}` }, context)
      : connectors.okta('users:read_detail', { userId }, context);
  const found = await read.catch(nullIfNotFound);
  return (found?.output.attributes ?? []).filter((name) => !named.has(name));
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof ConnectorError && error.code === 'not_found') return null;
  throw error;
}
