import { isObject } from '../http.ts';
import type { Answer, FaultAnswers, FaultRule, Vendor } from '../types.ts';
import { slackError } from './answers.ts';
import { authRoutes, guard } from './auth.ts';
import { chatRoutes } from './chat.ts';
import { conversationRoutes, emptyConversationsPage } from './conversations.ts';
import { pageRoutes } from './pages.ts';
import { memberRoutes } from './users.ts';
import type { SlackWorkspace } from './workspace.ts';

/** The emulated Slack Web API: its route table, combined from the families of routes. */
export function slackVendor(workspace: SlackWorkspace): Vendor {
  return {
    name: 'slack',
    routes: [
      ...authRoutes(workspace),
      ...chatRoutes(workspace),
      ...conversationRoutes(workspace),
      ...memberRoutes(workspace),
      ...pageRoutes(workspace),
    ],
    guard: (request, route) => guard(workspace, request, route),
    unknownRoute: ({ path }) =>
      slackError('unknown_method', { req_method: path.replace('/api/', '') }),
    faults: FAULTS,
    isAccepted: (answer) =>
      answer.status < 400 && !(isObject(answer.body) && answer.body.ok === false),
  };
}

const FAULTS: FaultAnswers = {
  status: (status) => ({ ...slackError('internal_error'), status }),
  rateLimited,
  unauthorized: () => slackError('invalid_auth'),
  expiredCursor: () => slackError('invalid_cursor'),
  emptyPage: emptyConversationsPage,
  foreignNextLink: (answer) => answer,
};

function rateLimited({ retryAfter = 1 }: FaultRule): Answer {
  const headers: Record<string, string> =
    retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  return { ...slackError('ratelimited'), status: 429, headers };
}
