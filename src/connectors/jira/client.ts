import { exchange } from '../transport/exchange.ts';
import { JIRA_EDITIONS } from './editions.ts';
import { jiraRefusal } from './refusals.ts';
import { editionSource, SERVER_INFO_PATH } from './server-info.ts';
import type * as JiraApi from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import type { Secret } from '../../config/env/secret.ts';
import type { Connection } from '../transport/exchange.ts';
import type { VendorClient } from '../pipeline/call-vendor.ts';
import type { JiraEdition, JiraEditionName } from './editions.ts';

type SendOptions = Parameters<Client['sendRequest']>[0];

/**
 * The handle with which a row sends its request: the vendor's functions, the client of one call, and
 * the edition for which it is written.
 */
export interface JiraHandle {
  api: typeof JiraApi;
  client: Client;
  edition: JiraEdition;
}

interface JiraClientSettings {
  /** `https://x.atlassian.net`, with a path if Jira is served under one. */
  origin: string;
  /** `ask`: Jira is asked once, with the first call. */
  edition: JiraEditionName | 'ask';
  /** Absent: the token is sent as a bearer token. */
  email?: string;
  token: Secret;
  connection: Connection;
}

/**
 * Creates the client of Jira. jira.js builds paths and bodies for Cloud, and the edition's adapter
 * changes what differs; arx sends the requests, applies time-outs and reads the responses. Path
 * parameters arrive encoded.
 */
export function createJiraClient({
  origin,
  edition: given,
  email,
  token,
  connection,
}: JiraClientSettings): VendorClient<JiraHandle> {
  const base = new URL(origin);
  const root = base.origin + base.pathname.replace(/\/+$/, '');
  const headers = {
    Accept: 'application/json',
    'User-Agent': 'arx',
    Authorization: authorization(email, token),
  };
  const editions = editionSource(given, {
    connection,
    request: { method: 'GET', url: root + SERVER_INFO_PATH, headers },
  });
  const pathOf = (path: string): string =>
    editions.known === null ? path : JIRA_EDITIONS[editions.known].pathOf(path);
  return {
    prepare: async (scope) => void (await editions.get(scope)),
    pathOf: (path) => new URL(root + pathOf(path)).pathname,
    refusal: jiraRefusal,
    lend: async (scope, use) => {
      const edition = JIRA_EDITIONS[await editions.get(scope)];
      // The library takes over a second to load, so it is loaded with the first call.
      const api = await import('jira.js/cloud');
      // Its generic return type is that of its schemas; the rows ignore it and read the response.
      const sendRequest = async (options: SendOptions): Promise<never> =>
        exchange(connection, scope, {
          ...requestOf(root, { ...options, url: edition.pathOf(options.url) }),
          headers: headersOf(headers, options),
        }) as Promise<never>;
      return use({ api, client: { sendRequest }, edition });
    },
  };
}

const requestOf = (root: string, { url, method, searchParams, body }: SendOptions) => ({
  method: method ?? 'GET',
  url: root + url + query(searchParams ?? {}),
  body: body === undefined ? undefined : JSON.stringify(body),
});

const headersOf = (own: Record<string, string>, { body }: SendOptions): Record<string, string> =>
  body === undefined ? own : { ...own, 'Content-Type': 'application/json' };

function query(parameters: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null)
      search.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  return search.size > 0 ? `?${search.toString()}` : '';
}

const authorization = (email: string | undefined, token: Secret): string =>
  email
    ? `Basic ${Buffer.from(`${email}:${token.reveal()}`).toString('base64')}`
    : `Bearer ${token.reveal()}`;
