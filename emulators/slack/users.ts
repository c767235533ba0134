import type { Answer, EmulatedRequest, Route } from '../types.ts';
import { argumentsOf, slackError, slackOk, textArgument } from './answers.ts';
import type { SlackMember, SlackWorkspace } from './workspace.ts';
import { TEAM } from './workspace.ts';

/**
 * users.lookupByEmail: the member with exactly this address; users.info: the member with this id.
 */
export function memberRoutes(workspace: SlackWorkspace): Route[] {
  return ['GET', 'POST'].flatMap((method) => [
    {
      method,
      path: '/api/users.lookupByEmail',
      operation: 'users:lookup',
      scope: 'users:read.email',
      handle: (request: EmulatedRequest) => lookup(workspace, request),
    },
    {
      method,
      path: '/api/users.info',
      operation: 'users:lookup',
      scope: 'users:read',
      handle: (request: EmulatedRequest) => info(workspace, request),
    },
  ]);
}

function lookup(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const email = textArgument(argumentsOf(request), 'email');
  const member = email === null ? null : workspace.memberBy(email);
  return member && !member.deleted ? answerOf(member) : slackError('users_not_found');
}

/** Unlike users.lookupByEmail, this also finds deactivated members. */
function info(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const id = textArgument(argumentsOf(request), 'user');
  const member = workspace.members.find((one) => one.id === id);
  return member ? answerOf(member) : slackError('user_not_found');
}

function answerOf(member: SlackMember): Answer {
  return slackOk({
    user: {
      id: member.id,
      team_id: TEAM.id,
      name: member.name,
      deleted: member.deleted,
      real_name: member.name,
      tz: 'Europe/Amsterdam',
      profile: {
        email: member.email,
        real_name: member.name,
        display_name: member.name,
        phone: '',
        team: TEAM.id,
      },
      is_admin: false,
      is_bot: false,
      is_app_user: false,
      updated: 1_700_000_000,
    },
  });
}
