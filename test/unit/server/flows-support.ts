import { keyHash } from '../../../src/config/env/identity-keys.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import type { ServerFlows, ServerParts } from '../../../src/server/types.ts';
import type { FlowRunRecord } from '../../../src/store/flow-types.ts';
import type { Store } from '../../../src/store/types.ts';
import { createTestFlowService, ROUTES } from '../services/flows/support.ts';
import { appOver } from './support.ts';

/** Keys of people and of services, by name; `gone` is revoked. */
const PERSONS = ['ann', 'bo', 'vic', 'sue', 'cus', 'out'] as const;
const SERVICES = ['soc', 'reader', 'nobody', 'gone'] as const;
export type KeyName = (typeof PERSONS)[number] | (typeof SERVICES)[number];

export const keyOf = (name: KeyName): string => `arxk_${name.padEnd(43, 'x')}`;

interface FlowServer {
  app: ReturnType<typeof appOver>['app'];
  parts: ServerParts;
  service: ServerFlows['service'];
  /** Runs whose workflow was started, in order. */
  started: string[];
  /** Whether Temporal answers. */
  temporal: { away: boolean };
  send(event: unknown, options?: Sending): Promise<Response>;
  call(method: string, path: string, options?: Sending): Promise<Response>;
}

interface Sending {
  as?: KeyName | null;
  query?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The server over a store and an emulated organisation that `populate` filled. */
export async function serveFlows(
  emulators: RunningEmulators,
  store: Store,
  over: Partial<ServerParts> & { perMinute?: number } = {},
): Promise<FlowServer> {
  const { perMinute = 1_000_000, ...parts } = over;
  await addKeys(store);
  const service = createTestFlowService(emulators, store);
  const started: string[] = [];
  const temporal = { away: false };
  const start = async ({ run, state }: FlowRunRecord): Promise<void> => {
    if (temporal.away) throw Object.assign(new Error('14 UNAVAILABLE'), { name: 'ServiceError' });
    if (state !== 'ended') started.push(run);
  };
  const flows: ServerFlows = {
    service,
    routes: () => ROUTES,
    start,
    requestsPerMinute: () => perMinute,
  };
  const served = appOver(store, { flows, ...parts });
  const call: FlowServer['call'] = async (
    method,
    path,
    { as = 'soc', query = '', headers = {}, body } = {},
  ) => {
    const key: Record<string, string> = as === null ? {} : { authorization: `Bearer ${keyOf(as)}` };
    const sent: Record<string, string> =
      body === undefined ? {} : { 'content-type': 'application/json' };
    const text =
      body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    return served.app.request(`${path}${query}`, {
      method,
      headers: { ...key, ...sent, ...headers },
      ...text,
    });
  };
  return {
    app: served.app,
    parts: served.parts,
    service,
    started,
    temporal,
    call,
    send: (event, options = {}) => call('POST', '/v1/ispm/events', { ...options, body: event }),
  };
}

async function addKeys(store: Store): Promise<void> {
  const at = { createdAt: '2026-01-01T00:00:00.000Z', revokedAt: null };
  for (const name of PERSONS)
    await store.keys.addAccessKey({
      name,
      hash: keyHash(keyOf(name)),
      person: `${name}@example.com`,
      ...at,
    });
  for (const name of SERVICES)
    await store.keys.addAccessKey({ name, hash: keyHash(keyOf(name)), person: null, ...at });
  await store.keys.revokeAccessKey('gone', '2026-01-02T00:00:00.000Z');
}

export interface Told {
  schema: string;
  run: string;
  code: string | null;
  outcome: string | null;
  where?: { path: string };
}

/** Status and document of an answer. */
export async function told(
  answer: Response | Promise<Response>,
): Promise<[status: number, document: Told]> {
  const response = await answer;
  return [response.status, (await response.json()) as Told];
}
