import { exchange } from '../transport/exchange.ts';
import { slackRefusal } from './refusals.ts';
import type { FetchFunction, WebClient, WebClientOptions } from '@slack/web-api';
import type { Secret } from '../../config/env/secret.ts';
import type { Scope, Wire } from '../transport/exchange.ts';
import type { VendorClient } from '../pipeline/perform.ts';

interface SlackClientSettings {
  /** `https://slack.com/api/`. */
  apiUrl: string;
  token: Secret;
  wire: Wire;
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
  wire,
}: SlackClientSettings): VendorClient<WebClient> {
  const base = apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`;
  return {
    pathOf: (path) => new URL(path.replace(/^\/api\//, ''), base).pathname,
    refusal: slackRefusal,
    lend: async (scope, use) => {
      const sdk = await import('@slack/web-api');
      const client = new sdk.WebClient(token.reveal(), {
        slackApiUrl: base,
        fetch: fetchOf(wire, scope),
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
  (wire: Wire, scope: Scope): FetchFunction =>
  async (url, { method = 'POST', headers = {}, body } = {}) => {
    const address = String(url);
    const answer = await exchange(wire, scope, {
      method,
      url: address,
      headers,
      body: typeof body === 'string' ? body : undefined,
    });
    return {
      ok: answer.status >= 200 && answer.status < 300,
      status: answer.status,
      statusText: '',
      url: address,
      headers: new Headers([...answer.headers]),
      text: async () => Promise.resolve(answer.text),
      json: async () => Promise.resolve(JSON.parse(answer.text) as unknown),
      arrayBuffer: async () =>
        Promise.resolve(new TextEncoder().encode(answer.text).buffer as ArrayBuffer),
    };
  };
