import { isGarbled } from '../http.ts';
import type { EmulatedRequest, GuardResult, Route } from '../types.ts';
import { argumentsOf, slackError, slackOk, textArgument } from './answers.ts';
import type { SlackWorkspace } from './workspace.ts';
import { BOT, TEAM } from './workspace.ts';

/** auth.test: the owner of the token. */
export function authRoutes({ settings }: SlackWorkspace): Route[] {
  const route = { path: '/api/auth.test', operation: 'auth:test', redact: ['token'] };
  const handle: Route['handle'] = () =>
    slackOk({
      url: `https://${TEAM.domain}.slack.com/`,
      team: TEAM.name,
      user: BOT.name,
      team_id: TEAM.id,
      user_id: BOT.userId,
      ...(settings.owner !== 'user' && { bot_id: BOT.botId }),
      is_enterprise_install: settings.owner === 'org',
    });
  return [
    { ...route, method: 'GET', handle },
    { ...route, method: 'POST', handle },
  ];
}

/** Checks of token and scopes. Every answer names the token's scopes. */
export function guard(
  { settings }: SlackWorkspace,
  request: EmulatedRequest,
  route: Route | null,
): GuardResult {
  if (route?.open) return { headers: {}, refusal: null };
  const [scheme = '', bearer = ''] = (request.headers.authorization ?? '').split(' ');
  const token = scheme === 'Bearer' ? bearer : (textArgument(argumentsOf(request), 'token') ?? '');
  if (token === '') return { headers: {}, refusal: slackError('not_authed') };
  if (token !== settings.token) return { headers: {}, refusal: slackError('invalid_auth') };
  if (settings.refusal) return { headers: {}, refusal: slackError(settings.refusal) };
  if (settings.owner === 'org' && route?.scope !== undefined)
    return { headers: {}, refusal: slackError('team_access_not_granted') };
  const headers = { 'x-oauth-scopes': settings.scopes.join(',') };
  if (isGarbled(request)) return { headers, refusal: slackError('invalid_json') };
  const needed = route?.scope;
  if (!needed || settings.scopes.includes(needed)) return { headers, refusal: null };
  return {
    headers,
    refusal: slackError('missing_scope', { needed, provided: settings.scopes.join(',') }),
  };
}
