import { objectBody } from '../../http.ts';
import type { Answer, EmulatedRequest } from '../../types.ts';
import { audienceOf } from './audience.ts';
import { METHODS } from './model.ts';
import type { Method, OpenIdClient, SignIn } from './model.ts';
import { errorPage, signInPage } from './page.ts';
import type { OpenIdProvider, Pending } from './provider.ts';

const COOKIE = 'sid';

/** The authorize endpoint: a redirect with a code, the sign-in page, or an error. */
export function authorize(provider: OpenIdProvider, request: EmulatedRequest): Answer {
  const { query } = request;
  const client = provider.client(query.get('client_id'));
  if (!client) return errorPage('The client_id is not known.');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!client.redirectUris.some((uri) => isSameAddress(uri, redirectUri)))
    return errorPage("The 'redirect_uri' parameter must be a Login redirect URI of the client.");
  const asked = { ...requestOf(request, client), redirectUri };
  const problem = requestProblem(query, client);
  if (problem !== null) return sendBack(asked, { error: problem });
  const session = currentSession(provider, request);
  const fresh = session !== null && isFresh(session, query) && provider.reaches(session, asked);
  if (fresh) return sendBack(asked, { code: provider.issueCode(asked, session) });
  if (query.get('prompt') === 'none') return sendBack(asked, { error: 'login_required' });
  return signInPage(provider, { id: provider.wait(asked), about: asked });
}

/** What somebody chose on the sign-in page. */
export function finishSignIn(provider: OpenIdProvider, request: EmulatedRequest): Answer {
  const { request: id, login, method, choice } = objectBody(request);
  const asked = provider.pending.get(String(id));
  if (!asked) return errorPage('This sign-in has ended. Start again from the application.');
  if (choice === 'cancel') {
    provider.pending.delete(String(id));
    return sendBack(asked, { error: 'access_denied' });
  }
  const user = provider.person(String(login));
  if (!user) {
    const problem = 'Nobody with this login may sign in.';
    return signInPage(provider, { id: String(id), about: asked, problem });
  }
  const signIn = provider.signIn(user, methodOf(method));
  if (!provider.reaches(signIn, asked)) {
    const problem = 'The application asks for a stronger way to sign in.';
    return signInPage(provider, { id: String(id), about: asked, problem });
  }
  provider.pending.delete(String(id));
  const cookie = `${COOKIE}=${provider.openSession(signIn)}; Path=/; HttpOnly; SameSite=Lax`;
  const back = sendBack(asked, { code: provider.issueCode(asked, signIn) });
  return { ...back, headers: { ...back.headers, 'set-cookie': cookie } };
}

/** Ends the session of the browser, and leads back to the application. */
export function signOut(provider: OpenIdProvider, request: EmulatedRequest): Answer {
  provider.closeSession(cookieOf(request));
  const back = request.query.get('post_logout_redirect_uri');
  const gone = { 'set-cookie': `${COOKIE}=; Path=/; Max-Age=0` };
  return back === null
    ? { status: 200, text: '<p>Signed out.</p>', headers: gone }
    : { status: 302, headers: { ...gone, location: back } };
}

/** A known way to sign in; the strongest if nothing is named. */
export const methodOf = (value: unknown): Method =>
  typeof value === 'string' && Object.hasOwn(METHODS, value) ? (value as Method) : 'phr';

/** The session of the browser that sent a request; null if there is none. */
export const currentSession = (provider: OpenIdProvider, request: EmulatedRequest) =>
  provider.session(cookieOf(request));

const cookieOf = ({ headers }: EmulatedRequest): string | undefined =>
  /(?:^|;\s*)sid=([\w-]+)/.exec(headers.cookie ?? '')?.[1];

function requestOf(request: EmulatedRequest, client: OpenIdClient): Omit<Pending, 'redirectUri'> {
  const { query, params } = request;
  const server = params.server ?? null;
  return {
    client,
    scopes: words(query.get('scope')),
    nonce: query.get('nonce'),
    acrValues: words(query.get('acr_values')),
    server,
    audience: audienceOf(request.origin, server, query.get('resource')),
    state: query.get('state'),
    challenge: query.get('code_challenge'),
  };
}

/** A list of words separated by blanks. */
export const words = (text: unknown): string[] =>
  typeof text === 'string' ? text.split(' ').filter(Boolean) : [];

/** The error code for a request that cannot be served; null if it can. */
function requestProblem(query: URLSearchParams, client: OpenIdClient): string | null {
  if (query.get('response_type') !== 'code') return 'unsupported_response_type';
  if (!client.grants.includes('authorization_code')) return 'unauthorized_client';
  if (!query.get('state')) return 'invalid_request';
  const challenge = query.get('code_challenge');
  if (challenge === null) return client.secret === null ? 'invalid_request' : null;
  return query.get('code_challenge_method') === 'S256' ? null : 'invalid_request';
}

function isFresh({ authTime }: SignIn, query: URLSearchParams): boolean {
  if (query.get('prompt') === 'login') return false;
  const maxAge = query.get('max_age');
  return maxAge === null || Date.now() / 1000 - authTime <= Number(maxAge);
}

function sendBack(asked: Pending, answer: Record<string, string>): Answer {
  const target = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  if (asked.state !== null) target.searchParams.set('state', asked.state);
  return { status: 302, headers: { location: target.href, 'cache-control': 'no-store' } };
}

/** On loopback, the port is free: RFC 8252 section 7.3. */
function isSameAddress(registered: string, given: string): boolean {
  if (registered === given) return true;
  const [one, other] = [parse(registered), parse(given)];
  if (!one || !other || !['127.0.0.1', 'localhost'].includes(one.hostname)) return false;
  return one.hostname === other.hostname && one.pathname === other.pathname && !other.search;
}

const parse = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);
