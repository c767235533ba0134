import * as openid from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emulatorControl } from '../../emulators/client.ts';
import type { EmulatorControl } from '../../emulators/client.ts';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';

const ANN = 'ann@example.com';
const CALLBACK = 'http://127.0.0.1:4242/auth/callback';
const SCOPE = 'openid profile email groups';
let emulators: RunningEmulators;
let control: EmulatorControl;
let web: openid.Configuration;
let device: openid.Configuration;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', log: null });
  const { okta, tokens, control: base } = emulators.document;
  control = emulatorControl(base);
  await control.addUsers([{ login: ANN, groups: ['Security'] }]);
  const options = { execute: [openid.allowInsecureRequests] };
  web = await openid.discovery(
    new URL(okta),
    tokens.consoleClientId,
    undefined,
    openid.ClientSecretBasic(tokens.consoleClientSecret),
    options,
  );
  device = await openid.discovery(
    new URL(`${okta}/oauth2/default`),
    tokens.cliClientId,
    undefined,
    openid.None(),
    options,
  );
});
beforeEach(() =>
  control.signInSettings({ ignoreAcr: false, idTokenClaims: {}, deviceIntervalS: 0.01 }),
);
afterAll(() => emulators.close());

/** What the client keeps while its person signs in. */
const started = async (more: Record<string, string> = {}) => {
  const verifier = openid.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier: verifier,
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
  };
  const url = openid.buildAuthorizationUrl(web, {
    redirect_uri: CALLBACK,
    scope: SCOPE,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  });
  return { url, checks };
};

const visit = (url: URL | string, init: RequestInit = {}) =>
  fetch(url, { redirect: 'manual', ...init });

const pendingRequest = (page: string): string => /name="request" value="([^"]+)"/.exec(page)![1]!;

const submit = (form: Record<string, string>, page: string) =>
  visit(`${emulators.document.okta}/login/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ request: pendingRequest(page), ...form }),
  });

const signIn = async (url: URL, form: Record<string, string> = {}) => {
  const page = await (await visit(url)).text();
  return submit({ login: ANN, method: 'phr', choice: 'continue', ...form }, page);
};

const locationOf = (answer: Response): URL => new URL(answer.headers.get('location')!);

describe('sign-in in the browser', () => {
  it('tells who signed in, how and when, to a client that checks everything', async () => {
    const { url, checks } = await started({ acr_values: 'phr' });
    const answer = await signIn(url);
    const tokens = await openid.authorizationCodeGrant(web, locationOf(answer), checks);
    const [user] = (await control.state('users')).users;
    expect(tokens.claims()).toMatchObject({
      sub: user!.id,
      preferred_username: ANN,
      email: ANN,
      groups: ['Everyone', 'Security'],
      acr: 'phr',
      amr: expect.arrayContaining(['phr']) as unknown,
      auth_time: expect.any(Number) as number,
    });
  });

  it('does not accept a code twice, another verifier or another state', async () => {
    const { url, checks } = await started();
    const back = locationOf(await signIn(url));
    await expect(
      openid.authorizationCodeGrant(web, back, { ...checks, expectedState: 'other' }),
    ).rejects.toThrow();
    await openid.authorizationCodeGrant(web, back, checks);
    await expect(openid.authorizationCodeGrant(web, back, checks)).rejects.toThrow();
    const second = await started();
    const again = locationOf(await signIn(second.url));
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    await expect(
      openid.authorizationCodeGrant(web, again, { ...second.checks, pkceCodeVerifier }),
    ).rejects.toThrow();
  });

  it('keeps the session of the browser, unless a fresh sign-in is asked for', async () => {
    const { url } = await started();
    const cookie = (await signIn(url)).headers.get('set-cookie')!.split(';')[0]!;
    const again = await visit((await started()).url, { headers: { cookie } });
    expect(locationOf(again).searchParams.get('code')).not.toBeNull();
    const fresh = await visit((await started({ prompt: 'login' })).url, { headers: { cookie } });
    expect(fresh.status).toBe(200);
    const silent = await visit((await started({ prompt: 'none' })).url);
    expect(locationOf(silent).searchParams.get('error')).toBe('login_required');
  });

  it('asks for more where the client does', async () => {
    const { url } = await started({ acr_values: 'phr' });
    const weak = await signIn(url, { method: 'password' });
    expect(weak.status).toBe(200);
    expect(await weak.text()).toContain('asks for a stronger way');
  });

  it('lets nobody in who is not active', async () => {
    await control.addUsers([{ login: 'gone@example.com', status: 'SUSPENDED' }]);
    const answer = await signIn((await started()).url, { login: 'gone@example.com' });
    expect(await answer.text()).toContain('Nobody with this login');
  });

  it.each([
    ['an unknown client', { client_id: 'other' }],
    ['another address', { redirect_uri: 'https://elsewhere.example/auth/callback' }],
  ])('shows an error and leads nowhere for %s', async (_, more) => {
    const answer = await visit((await started(more)).url);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('shows names as text', async () => {
    const login = 'x@example.com';
    await control.addUsers([{ login, profile: { firstName: '<script>', lastName: '"\'&' } }]);
    const page = await (await visit((await started()).url)).text();
    expect(page).toContain('&lt;script&gt; &quot;&#39;&amp;');
    expect(page).not.toContain('<script>');
  });
});

describe('sign-in on a device', () => {
  const open = () => openid.initiateDeviceAuthorization(device, { scope: 'openid offline_access' });

  it('waits until the person has confirmed, and refreshes each token once', async () => {
    const opened = await open();
    const polling = openid.pollDeviceAuthorizationGrant(device, { ...opened, interval: 0.01 });
    await control.decideDevice({ userCode: opened.user_code, login: ANN });
    const tokens = await polling;
    expect(tokens.claims()).toMatchObject({ aud: emulators.document.tokens.cliClientId });
    const renewed = await openid.refreshTokenGrant(device, tokens.refresh_token!);
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
    await expect(openid.refreshTokenGrant(device, tokens.refresh_token!)).rejects.toThrow();
  });

  it('ends when the person refuses', async () => {
    const opened = await open();
    await control.decideDevice({ userCode: opened.user_code, login: ANN, refuse: true });
    await expect(openid.pollDeviceAuthorizationGrant(device, opened)).rejects.toMatchObject({
      error: 'access_denied',
    });
  });

  it('says how long to wait, that it was too early, and that the code has expired', async () => {
    const poll = async (code: string) => {
      const body = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: emulators.document.tokens.cliClientId,
        device_code: code,
      });
      const answer = await visit(device.serverMetadata().token_endpoint!, { method: 'POST', body });
      return ((await answer.json()) as { error: string }).error;
    };
    await control.signInSettings({ deviceIntervalS: 60 });
    const waiting = await open();
    expect([await poll(waiting.device_code), await poll(waiting.device_code)]).toEqual([
      'authorization_pending',
      'slow_down',
    ]);
    await control.signInSettings({ deviceLifetimeS: 0 });
    expect(await poll((await open()).device_code)).toBe('expired_token');
    await control.signInSettings({ deviceLifetimeS: 600 });
  });
});

it('publishes the old key beside the new one, until it is dropped', async () => {
  const keys = async () => {
    const answer = await fetch(web.serverMetadata().jwks_uri!);
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  };
  const [old] = await keys();
  await control.rotateSignInKeys();
  const both = await keys();
  expect(both).toHaveLength(2);
  expect(both[1]).toBe(old);
  await control.rotateSignInKeys({ drop: true });
  expect(await keys()).not.toContain(old);
});
