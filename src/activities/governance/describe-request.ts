import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../connectors/errors.ts';
import type { CallContext, OktaOperations } from '../../connectors/types.ts';
import type { RequestAbout } from '../../governance/request-text.ts';
import type { ActionRequest } from '../../store/governance-types.ts';
import { Context } from '@temporalio/activity';
import type { UsesConnectors } from '../support/parts.ts';
import { readerOf } from './user-reader.ts';

/**
 * Reads the names of the ids in a request, and the person whom it affects, for those who decide. What
 * cannot be read stays unnamed: it does not keep the request from opening. Kept in the store only.
 */
export async function describeRequest(
  { connectors: { okta } }: UsesConnectors<'okta'>,
  request: ActionRequest,
): Promise<RequestAbout> {
  const context = <Output>(subject: string): CallContext<Output> => ({
    caller: readerOf(request),
    subject,
    priority: 'interactive',
    signal: Context.current().cancellationSignal,
  });
  const { args, connector, requesterId, onBehalfOf } = request;
  const idOf = (name: string): string | null => {
    const value = connector === 'okta' ? args[name] : undefined;
    return typeof value === 'string' ? value : null;
  };
  const names: Record<string, string> = {};
  const readUser = async (
    userId: string | null,
  ): Promise<OktaOperations['users:read_detail']['output'] | null> => {
    if (userId === null) return null;
    const user = await orNull(() => okta('users:read_detail', { userId }, context(userId)));
    if (user) names[userId] = user.output.login;
    return user?.output ?? null;
  };
  const [userId, groupId, appId] = [idOf('userId'), idOf('groupId'), idOf('appId')];
  const user = await readUser(userId);
  for (const id of new Set([requesterId, onBehalfOf])) if (id !== userId) await readUser(id);
  if (groupId !== null) {
    const group = await orNull(() => okta('groups:read_detail', { groupId }, context(groupId)));
    if (group) names[groupId] = group.output.name;
  }
  if (appId !== null) {
    const app = await orNull(() => okta('apps:read_detail', { appId }, context(appId)));
    if (app) names[appId] = app.output.label ?? app.output.name ?? appId;
  }
  if (user === null) return { person: null, names };
  const roles = await orNull(() => okta('users:read_roles', { userId: user.id }, context(user.id)));
  const { id, login, name, department, title, status, lastLogin } = user;
  const held = roles?.output.map(({ label, type }) => label ?? type) ?? null;
  return { person: { id, login, name, department, title, status, lastLogin, roles: held }, names };
}

async function orNull<Output>(read: () => Promise<Output>): Promise<Output | null> {
  try {
    return await read();
  } catch (error) {
    const isRefusal = [ConnectorError, InvalidArgumentError, PolicyDeniedError].some(
      (kind) => error instanceof kind,
    );
    if (isRefusal && !(error instanceof ConnectorError && error.code === 'cancelled')) return null;
    throw error;
  }
}
