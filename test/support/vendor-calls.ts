import type { EmulatorDocument } from '../../emulators/start.ts';

/**
 * An answer as seen by a plain HTTP client; `body` is undefined if there is none, text if it is not
 * JSON.
 */
export interface PlainAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}
export type PlainCall = (method: string, path: string, body?: unknown) => Promise<PlainAnswer>;

/** Calls Okta with a plain HTTP client; `path` may be an absolute URL, like next links. */
export function oktaCalls({ okta, tokens }: EmulatorDocument): PlainCall {
  return caller(okta, `SSWS ${tokens.okta}`);
}

/** Calls Jira with basic authentication. */
export function jiraCalls({ jira, tokens }: EmulatorDocument): PlainCall {
  return caller(
    jira,
    `Basic ${Buffer.from(`${tokens.jiraEmail}:${tokens.jira}`).toString('base64')}`,
  );
}

/** Calls a Slack method with JSON arguments; `path` is the method's name. */
export function slackCalls({ slack, tokens }: EmulatorDocument): PlainCall {
  return caller(slack, `Bearer ${tokens.slack}`);
}

/** Calls an origin with one Authorization header (omitted if empty); redirects are not followed. */
export function caller(base: string, authorization: string): PlainCall {
  return async (method, path, body) => {
    const headers: Record<string, string> = authorization === '' ? {} : { authorization };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const sent =
      body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const url = path.startsWith('http') ? path : base + path;
    const answer = await fetch(url, { method, headers, redirect: 'manual', ...sent });
    return { status: answer.status, headers: answer.headers, body: parsed(await answer.text()) };
  };
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The URL of the next page; null at the end. */
export function nextLink({ headers }: PlainAnswer): string | null {
  return /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null;
}

/** A paragraph of plain text in Jira's format. */
export function adf(text: string): Record<string, unknown> {
  return {
    type: 'doc',
    version: 1,
    content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
  };
}
