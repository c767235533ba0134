import { fakeToken } from '../ids.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { oktaError } from './errors.ts';
import type { UserRecord } from './model.ts';
import type { OktaOrg } from './org.ts';
import { renderUserDetail } from './render.ts';
import { withUser } from './writes.ts';

interface Changed {
  org: OktaOrg;
  user: UserRecord;
  request: EmulatedRequest;
}

/** A life-cycle operation: the allowed statuses, the next status, Okta's refusal and its answer. */
interface Verb {
  operation: string;
  from: readonly string[];
  to: string | ((user: UserRecord) => string);
  /** Refuses users whose password is elsewhere. */
  elsewhere?: () => Answer;
  refused: () => Answer;
  body?: (changed: Changed) => Json;
}

const invalid = (detail: string) => (): Answer => oktaError('E0000001', detail, [detail]);
const wrongState = (): Answer => oktaError('E0000038');
const isEmailOff = ({ request }: Changed): boolean => request.query.get('sendEmail') === 'false';

/** A user without a password waits for setting one; deactivation has removed it. */
function statusOnceActive({ provider, passwordChanged, status }: UserRecord): string {
  const hasPassword =
    provider !== undefined || (passwordChanged !== null && status !== 'DEPROVISIONED');
  return hasPassword ? 'ACTIVE' : 'PROVISIONED';
}

const secret = ({ org, user }: Changed): string =>
  org.canaries.link ?? fakeToken('', org.seed ^ user.index, 20);

const VERBS: Readonly<Record<string, Verb>> = {
  activate: {
    operation: 'users:activate',
    from: ['STAGED', 'DEPROVISIONED'],
    to: statusOnceActive,
    refused: () => oktaError('E0000016'),
    // This must not leave the connector.
    body: (changed) =>
      isEmailOff(changed)
        ? {
            activationUrl: `${changed.request.origin}/welcome/${secret(changed)}`,
            activationToken: secret(changed),
          }
        : {},
  },
  deactivate: {
    operation: 'users:deactivate',
    from: [
      'STAGED',
      'PROVISIONED',
      'ACTIVE',
      'RECOVERY',
      'LOCKED_OUT',
      'PASSWORD_EXPIRED',
      'SUSPENDED',
    ],
    to: 'DEPROVISIONED',
    refused: wrongState,
  },
  suspend: {
    operation: 'users:suspend',
    from: ['ACTIVE'],
    to: 'SUSPENDED',
    refused: invalid('Cannot suspend a user that is not active'),
  },
  unsuspend: {
    operation: 'users:unsuspend',
    from: ['SUSPENDED'],
    to: 'ACTIVE',
    refused: invalid('Cannot unsuspend a user that is not suspended'),
  },
  unlock: { operation: 'users:unlock', from: ['LOCKED_OUT'], to: 'ACTIVE', refused: wrongState },
  reset_password: {
    operation: 'users:reset_password',
    from: ['ACTIVE', 'PROVISIONED', 'LOCKED_OUT', 'RECOVERY', 'PASSWORD_EXPIRED'],
    to: 'RECOVERY',
    elsewhere: () => oktaError('E0000017'),
    refused: wrongState,
    body: (changed) =>
      isEmailOff(changed)
        ? { resetPasswordUrl: `${changed.request.origin}/signin/reset-password/${secret(changed)}` }
        : {},
  },
  expire_password: {
    operation: 'users:expire_password',
    from: ['ACTIVE', 'PASSWORD_EXPIRED'],
    to: 'PASSWORD_EXPIRED',
    elsewhere: () => oktaError('E0000014'),
    refused: wrongState,
    body: ({ user, request }) => renderUserDetail(user, request.origin),
  },
};

/** Life-cycle routes, one per operation of the table. */
export function lifecycleRoutes(org: OktaOrg): Route[] {
  return Object.entries(VERBS).map(([name, verb]) => ({
    method: 'POST',
    path: `/api/v1/users/:id/lifecycle/${name}`,
    operation: verb.operation,
    write: true,
    scope: 'okta.users.manage',
    handle: withUser(org, (user, request) => change(verb, { org, user, request })),
  }));
}

function change({ from, to: next, refused, elsewhere, body }: Verb, changed: Changed): Answer {
  const { org, user, request } = changed;
  if (user.provider !== undefined && elsewhere) return elsewhere();
  if (!from.includes(user.status)) return refused();
  const to = typeof next === 'string' ? next : next(user);
  org.setStatus(user, to);
  if (request.query.get('revokeSessions') === 'true') user.sessions = 0;
  return { status: 200, body: body?.(changed) ?? {}, effect: { user: user.id, status: to } };
}
