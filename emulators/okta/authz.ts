import { oktaId } from '../ids.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { notFound } from './errors.ts';
import type { OktaOrg } from './org.ts';
import { answerPage, links } from './paging.ts';
import { renderPolicy } from './policies.ts';

const CREATED = '2022-06-02T09:00:00.000Z';
const SERVERS = [
  {
    name: 'default',
    description: 'Default Authorization Server for your Applications',
    audience: 'api://default',
  },
  { name: 'Partner API', description: 'Tokens for partners', audience: 'api://partners' },
] as const;

interface Server {
  index: number;
  /** The default server's id is the word itself. */
  id: string;
  row: (typeof SERVERS)[number];
}

/** Authorization servers and their policies. */
export function authzRoutes(org: OktaOrg): Route[] {
  const servers = SERVERS.map((row, index): Server => ({
    index,
    id: index === 0 ? 'default' : oktaId('aus', index, org.seed),
    row,
  }));
  const get = { method: 'GET', scope: 'okta.authorizationServers.read' };
  return [
    {
      ...get,
      path: '/api/v1/authorizationServers',
      operation: 'authz:read',
      handle: (request) => list(servers, request),
    },
    {
      ...get,
      path: '/api/v1/authorizationServers/:id/policies',
      operation: 'authz:read_policies',
      handle: (request) => policies(org, servers, request),
    },
  ];
}

function list(servers: readonly Server[], request: EmulatedRequest): Answer {
  const q = request.query.get('q')?.toLowerCase();
  return answerPage<Server>(request, {
    all: servers,
    wanted: ({ row }) => q === undefined || row.name.toLowerCase().includes(q),
    cursor: ({ id }) => id,
    place: (cursor) => servers.find(({ id }) => id === cursor)?.index ?? null,
    render: render,
    maxLimit: 200,
  });
}

function policies(org: OktaOrg, servers: readonly Server[], request: EmulatedRequest): Answer {
  const server = servers.find(({ id }) => id === request.params.id);
  if (!server) return notFound(request.params.id ?? '', 'AuthorizationServer');
  const policy = {
    id: oktaId('00p', 100 + server.index, org.seed),
    type: 'OAUTH_AUTHORIZATION_POLICY',
    name: 'Default Policy',
    system: false,
    conditions: { clients: { include: ['ALL_CLIENTS'] } },
    rules: [],
  };
  const base = `${request.origin}/api/v1/authorizationServers/${server.id}/policies`;
  return {
    status: 200,
    headers: { link: links(request, null) },
    body: [renderPolicy(policy, base)],
  };
}

function render({ id, row }: Server, { origin }: EmulatedRequest): Json {
  const self = `${origin}/api/v1/authorizationServers/${id}`;
  return {
    id,
    name: row.name,
    description: row.description,
    audiences: [row.audience],
    issuer: `${origin}/oauth2/${id}`,
    issuerMode: 'ORG_URL',
    status: 'ACTIVE',
    created: CREATED,
    lastUpdated: CREATED,
    credentials: {
      signing: {
        kid: 'emulated',
        rotationMode: 'AUTO',
        lastRotated: CREATED,
        nextRotation: CREATED,
      },
    },
    default: id === 'default',
    _links: {
      self: { href: self, hints: { allow: ['GET', 'DELETE', 'PUT'] } },
      policies: { href: `${self}/policies`, hints: { allow: ['GET', 'POST'] } },
    },
  };
}
