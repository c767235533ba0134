import type { Answer, EmulatedRequest, Route } from '../types.ts';
import { notFound, oktaError } from './errors.ts';
import { factorRows } from './factor-rows.ts';
import type { OktaOrg } from './org.ts';

/** GET routes of the factors family. */
export function factorRoutes(org: OktaOrg): Route[] {
  const common = { method: 'GET', operation: 'users:read_factors', scope: 'okta.users.read' };
  return [
    { ...common, path: '/api/v1/users/:id/factors', handle: (request) => list(org, request) },
    {
      ...common,
      path: '/api/v1/users/:id/factors/:factorId',
      handle: (request) => one(org, request),
    },
  ];
}

function list(org: OktaOrg, { params, origin }: EmulatedRequest): Answer {
  const user = org.view(params.id ?? '');
  if (!user || user.vanish) return notFound(params.id ?? '', 'User');
  if (user.denyFactors) return oktaError('E0000006');
  return { status: 200, body: factorRows(org, user, origin) };
}

function one(org: OktaOrg, request: EmulatedRequest): Answer {
  const answer = list(org, request);
  if (answer.status !== 200) return answer;
  const row = (answer.body as { id: string }[]).find(({ id }) => id === request.params.factorId);
  return row ? { status: 200, body: row } : notFound(request.params.factorId ?? '', 'UserFactor');
}
