import type { AddressInfo } from 'node:net';
import { keyHash } from '../../../src/config/env/identity-keys.ts';
import { KEY_SCOPES } from '../../../src/governance/key-scopes.ts';
import type { KeyScope } from '../../../src/governance/key-scopes.ts';
import { createHttpServer } from '../../../src/server/http-server.ts';
import type { ServerParts } from '../../../src/server/types.ts';
import type { Store } from '../../../src/store/types.ts';
import { ANN, appOver } from './support.ts';

/** A request; without `as`, the key of Ann with all scopes; null: no key. */
interface Sent {
  as?: KeyScope | 'all' | null;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A server on this machine over a store that has one key of Ann per scope, and one with all. */
export interface ServedApi extends AsyncDisposable {
  send(path: string, sent?: Sent): Promise<Response>;
  /** Status and document of an answer. */
  get<Document = Record<string, unknown>>(path: string, sent?: Sent): Promise<[number, Document]>;
  url: string;
}

const NAMES = [...KEY_SCOPES, 'all'] as const;
const keyOf = (name: (typeof NAMES)[number]): string =>
  `arxk_${name.replaceAll(/\W/g, '').padEnd(43, 'x')}`;

export async function serveApi(store: Store, over: Partial<ServerParts> = {}): Promise<ServedApi> {
  const known = new Set((await store.keys.accessKeys()).map(({ name }) => name));
  for (const name of NAMES.filter((one) => !known.has(one)))
    await store.keys.addAccessKey({
      name,
      hash: keyHash(keyOf(name)),
      person: ANN.login,
      scopes: name === 'all' ? [...KEY_SCOPES] : [name],
      expiresAt: '2027-01-01T00:00:00.000Z',
      createdAt: '2026-01-01T00:00:00.000Z',
      revokedAt: null,
    });
  const server = createHttpServer(appOver(store, over).app.fetch);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send: ServedApi['send'] = (path, { as = 'all', method, body, headers = {} } = {}) =>
    fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(as !== null && { authorization: `Bearer ${keyOf(as)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    url,
    send,
    get: async <Document>(path: string, sent?: Sent) => {
      const answer = await send(path, sent);
      return [answer.status, (await answer.json()) as Document];
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
