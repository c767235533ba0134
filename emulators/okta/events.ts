import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import type { OktaOrg } from './org.ts';
import type { LogParty } from './system-log.ts';

/** The event that each write adds to the System Log. (developer.okta.com, event types) */
const EVENTS: Readonly<Record<string, string>> = {
  'users:create': 'user.lifecycle.create',
  'users:update': 'user.account.update_profile',
  'users:delete': 'user.lifecycle.delete.initiated',
  'users:activate': 'user.lifecycle.activate',
  'users:deactivate': 'user.lifecycle.deactivate',
  'users:suspend': 'user.lifecycle.suspend',
  'users:unsuspend': 'user.lifecycle.unsuspend',
  'users:unlock': 'user.account.unlock',
  'users:reset_password': 'user.account.reset_password',
  'users:expire_password': 'user.account.expire_password',
  'users:clear_sessions': 'user.session.clear',
  'groups:create': 'group.lifecycle.create',
  'groups:update': 'group.profile.update',
  'groups:delete': 'group.lifecycle.delete',
  'groups:add_member': 'group.user_membership.add',
  'groups:remove_member': 'group.user_membership.remove',
  'apps:assign_user': 'application.user_membership.add',
  'apps:remove_user': 'application.user_membership.remove',
};

/** The same routes, whose successful writes add an event to the System Log. */
export function withLogging(org: OktaOrg, routes: readonly Route[]): Route[] {
  return routes.map((route) => {
    const eventType = EVENTS[route.operation];
    if (!route.write || eventType === undefined) return route;
    return { ...route, handle: (request) => withEvent(org, eventType, { route, request }) };
  });
}

function withEvent(
  org: OktaOrg,
  eventType: string,
  { route, request }: { route: Route; request: EmulatedRequest },
): Answer {
  const answer = route.handle(request);
  if (answer.status < 400) org.log.add({ eventType, targets: targetsOf(org, answer.effect ?? {}) });
  return answer;
}

function targetsOf(org: OktaOrg, { user, group, app }: Json): LogParty[] {
  const login = org.view(String(user))?.profile.login ?? 'unknown';
  const label = org.apps.get(String(app))?.label ?? 'unknown';
  const parties: readonly [unknown, string, string][] = [
    [user, 'User', login],
    [group, 'UserGroup', org.group(String(group))?.name ?? 'unknown'],
    [app, 'AppInstance', label],
  ];
  return parties.flatMap(([id, type, name]) =>
    typeof id === 'string' ? [{ id, type, alternateId: name, displayName: name }] : [],
  );
}
