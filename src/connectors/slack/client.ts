import { exchange } from '../transport/exchange.ts';
import { slackRefusal } from './refusals.ts';
import type { FetchFunction, WebClient, WebClientOptions } from '@slack/web-api';
import type { Secret } from '../../config/env/secret.ts';
import type { Scope, Connection } from '../transport/exchange.ts';
import type { VendorClient } from '../pipeline/call-vendor.ts';

interface SlackClientSettings {
  /** `https://slack.com/api/`. */
  apiUrl: string;
  token: Secret;
  connection: Connection;
}

// The SDK would log arguments and headers of requests, and texts of responses.
const SILENT: WebClientOptions['logger'] = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => 'error' as never,
  setName: () => undefined,
};

/**
 * Creates the client of Slack. The SDK provides methods and encodings; it neither sends nor retries
 * requests itself. Each call has its own small SDK client.
 */
export function createSlackClient({
  apiUrl,
  token,
  connection,
}: SlackClientSettings): VendorClient<WebClient> {
  const base = apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`;
  return {
    pathOf: (path) => new URL(path.replace(/^\/api\//, ''), base).pathname,
    refusal: slackRefusal,
    lend: async (scope, use) => {
      const sdk = await import('@slack/web-api');
      const client = new sdk.WebClient(token.reveal(), {
        slackApiUrl: base,
        fetch: fetchOf(connection, scope),
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        allowAbsoluteUrls: false,
        logger: SILENT,
      });
      return use(client);
    },
  };
}

const fetchOf =
  (connection: Connection, scope: Scope): FetchFunction =>
  async (url, { method = 'POST', headers = {}, body } = {}) => {
    const address = String(url);
    const response = await exchange(connection, scope, {
      method,
      url: address,
      headers,
      body: typeof body === 'string' ? body : undefined,
    });
    return {
      ok: response.status >= 200 && response.status < 300,
      status: response.status,
      statusText: '',
      url: address,
      headers: new Headers([...response.headers]),
      text: async () => Promise.resolve(response.text),
      json: async () => Promise.resolve(JSON.parse(response.text) as unknown),
      arrayBuffer: async () =>
        Promise.resolve(new TextEncoder().encode(response.text).buffer as ArrayBuffer),
    };
  };
