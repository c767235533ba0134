import type { Answer, EmulatedRequest, Route } from '../types.ts';
import { argumentsOf, slackError, slackOk, textArgument } from './answers.ts';
import type { SlackWorkspace } from './workspace.ts';
import { TEAM } from './workspace.ts';

/** users.lookupByEmail: the person with exactly this address. */
export function memberRoutes(workspace: SlackWorkspace): Route[] {
  return ['GET', 'POST'].map((method) => ({
    method,
    path: '/api/users.lookupByEmail',
    operation: 'users:lookup',
    scope: 'users:read.email',
    handle: (request) => lookup(workspace, request),
  }));
}

function lookup(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const email = textArgument(argumentsOf(request), 'email');
  const member = email === null ? null : workspace.memberBy(email);
  if (!member || member.deleted) return slackError('users_not_found');
  return slackOk({
    user: {
      id: member.id,
      team_id: TEAM.id,
      name: member.name,
      deleted: false,
      real_name: member.name,
      tz: 'Europe/Amsterdam',
      profile: { email: member.email, real_name: member.name, display_name: member.name, phone: '', team: TEAM.id },
      is_admin: false,
      is_bot: false,
      is_app_user: false,
      updated: 1_700_000_000,
    },
  });
}
