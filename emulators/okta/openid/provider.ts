import { randomBytes } from 'node:crypto';
import type { UserRecord } from '../model.ts';
import type { OktaOrg } from '../org.ts';
import type { Json } from '../../types.ts';
import { halfHash, SigningKeys } from './keys.ts';
import { levelOf, METHODS } from './model.ts';
import type { Method, OpenIdClient, OpenIdSettings, Request, SignIn } from './model.ts';

const CODE_LIFETIME_MS = 60_000;
const REFRESH_LIFETIME_MS = 24 * 3_600_000;

const NO_CLIENTS: OpenIdSettings = {
  clients: [],
  tokenLifetimeS: 3600,
  deviceIntervalS: 5,
  deviceLifetimeS: 600,
};

/** A request that waits for its person on the sign-in page. */
export interface Pending extends Request {
  redirectUri: string;
  state: string | null;
  challenge: string | null;
}

interface Code {
  request: Pending;
  signIn: SignIn;
  expiresAt: number;
  used: boolean;
}

interface Device {
  request: Request;
  userCode: string;
  expiresAt: number;
  intervalS: number;
  nextPollAt: number;
  /** Null while nobody decided; false if the person refused. */
  signIn: SignIn | false | null;
}

interface Refresh {
  request: Request;
  signIn: SignIn;
  expiresAt: number;
}

/** The state of sign-in: sessions of browsers, codes, devices and refresh tokens. */
export class OpenIdProvider {
  readonly org: OktaOrg;
  readonly keys = new SigningKeys();
  readonly pending = new Map<string, Pending>();
  readonly #sessions = new Map<string, SignIn>();
  readonly #codes = new Map<string, Code>();
  readonly #devices = new Map<string, Device>();
  readonly #refresh = new Map<string, Refresh>();

  constructor(org: OktaOrg) {
    this.org = org;
  }

  get settings(): OpenIdSettings {
    return this.org.settings.openid ?? NO_CLIENTS;
  }

  client(id: unknown): OpenIdClient | null {
    return this.settings.clients.find((client) => client.id === id) ?? null;
  }

  /** An ACTIVE user by login or id; others cannot sign in. */
  person(reference: string): UserRecord | null {
    const user = this.org.view(reference);
    return user?.status === 'ACTIVE' ? user : null;
  }

  /** Remembers a request until its person has signed in; returns its id for the page. */
  wait(request: Pending): string {
    const id = secret();
    this.pending.set(id, request);
    return id;
  }

  /** The session of a browser; null if there is none or its person may not sign in any more. */
  session(id: string | undefined): SignIn | null {
    const found = this.#sessions.get(id ?? '');
    return found && this.person(found.userId) ? found : null;
  }

  openSession(signIn: SignIn): string {
    const id = secret();
    this.#sessions.set(id, signIn);
    return id;
  }

  closeSession(id: string | undefined): void {
    this.#sessions.delete(id ?? '');
  }

  /** What somebody proves with a method on the page, now. */
  signIn(user: UserRecord, method: Method): SignIn {
    const { amr, acr } = METHODS[method];
    return { userId: user.id, authTime: seconds(), amr, acr };
  }

  /** Whether a sign-in reaches what the request asks for. */
  reaches(signIn: SignIn, request: Request): boolean {
    if (this.settings.ignoreAcr === true) return true;
    return levelOf([signIn.acr]) >= levelOf(request.acrValues);
  }

  issueCode(request: Pending, signIn: SignIn): string {
    const code = secret();
    this.#codes.set(code, {
      request,
      signIn,
      expiresAt: Date.now() + CODE_LIFETIME_MS,
      used: false,
    });
    return code;
  }

  /** Takes a code, once; null if it is unknown, expired or used. */
  takeCode(code: string): { request: Pending; signIn: SignIn } | null {
    const found = this.#codes.get(code);
    if (!found || found.used || found.expiresAt < Date.now()) return null;
    found.used = true;
    return found;
  }

  openDevice(request: Request): { deviceCode: string; userCode: string } {
    const { deviceIntervalS, deviceLifetimeS } = this.settings;
    const deviceCode = secret();
    const userCode = randomBytes(5).toString('hex').toUpperCase().slice(0, 8);
    this.#devices.set(deviceCode, {
      request,
      userCode,
      expiresAt: Date.now() + deviceLifetimeS * 1000,
      intervalS: deviceIntervalS,
      nextPollAt: 0,
      signIn: null,
    });
    return { deviceCode, userCode };
  }

  /** Decides on the device with a user code; false if there is none that waits. */
  decideDevice(userCode: string, signIn: SignIn | false): boolean {
    const wanted = userCode.replaceAll(/[^0-9A-Z]/gi, '').toUpperCase();
    for (const device of this.#devices.values()) {
      if (device.userCode !== wanted || device.signIn !== null) continue;
      device.signIn = signIn;
      return true;
    }
    return false;
  }

  /** The answer to a poll for a device code: its tokens' basis, or the error code of RFC 8628. */
  pollDevice(deviceCode: string, client: OpenIdClient): Refresh | string {
    const device = this.#devices.get(deviceCode);
    if (!device || device.request.client.id !== client.id) return 'invalid_grant';
    const now = Date.now();
    if (device.expiresAt <= now) return 'expired_token';
    if (device.signIn === false) return 'access_denied';
    if (device.signIn === null) {
      const early = now < device.nextPollAt;
      if (early) device.intervalS += 5;
      device.nextPollAt = now + device.intervalS * 1000;
      return early ? 'slow_down' : 'authorization_pending';
    }
    this.#devices.delete(deviceCode);
    return { request: device.request, signIn: device.signIn, expiresAt: 0 };
  }

  /** Takes a refresh token, which is replaced at each use; null if it is not valid. */
  takeRefresh(token: string, client: OpenIdClient): Refresh | null {
    const found = this.#refresh.get(token);
    if (!found || found.request.client.id !== client.id) return null;
    this.#refresh.delete(token);
    const valid = found.expiresAt > Date.now() && this.person(found.signIn.userId) !== null;
    return valid ? found : null;
  }

  revoke(token: string): void {
    this.#refresh.delete(token);
  }

  /** The answer of the token endpoint for a person who signed in. */
  tokens(request: Request, signIn: SignIn, origin: string): Json {
    const { tokenLifetimeS } = this.settings;
    const access = this.keys.sign(this.#accessClaims(request, signIn, origin), 'at+jwt');
    const withRefresh =
      request.scopes.includes('offline_access') && request.client.grants.includes('refresh_token');
    return {
      token_type: 'Bearer',
      expires_in: tokenLifetimeS,
      access_token: access,
      scope: request.scopes.join(' '),
      ...(request.scopes.includes('openid') && {
        id_token: this.keys.sign(this.#idClaims(request, signIn, { origin, access })),
      }),
      ...(withRefresh && { refresh_token: this.#issueRefresh(request, signIn) }),
    };
  }

  #issueRefresh(request: Request, signIn: SignIn): string {
    const token = secret();
    this.#refresh.set(token, { request, signIn, expiresAt: Date.now() + REFRESH_LIFETIME_MS });
    return token;
  }

  #accessClaims({ client, scopes, server, audience }: Request, signIn: SignIn, origin: string) {
    const user = this.org.view(signIn.userId);
    const issued = seconds();
    return {
      ver: 1,
      jti: `AT.${secret()}`,
      iss: issuerOf(origin, server),
      aud: audience,
      iat: issued,
      exp: issued + this.settings.tokenLifetimeS,
      cid: client.id,
      uid: signIn.userId,
      scp: scopes,
      auth_time: signIn.authTime,
      sub: user?.profile.login,
    };
  }

  #idClaims(
    { client, scopes, nonce, server }: Request,
    signIn: SignIn,
    { origin, access }: { origin: string; access: string },
  ): Json {
    const issued = seconds();
    return {
      sub: signIn.userId,
      ver: 1,
      iss: issuerOf(origin, server),
      aud: client.id,
      iat: issued,
      exp: issued + this.settings.tokenLifetimeS,
      jti: `ID.${secret()}`,
      amr: signIn.amr,
      acr: signIn.acr,
      auth_time: signIn.authTime,
      at_hash: halfHash(access),
      ...(nonce !== null && { nonce }),
      ...this.profileClaims(signIn.userId, scopes),
      ...this.settings.idTokenClaims,
    };
  }

  /** Claims about a person that the scopes ask for. */
  profileClaims(userId: string, scopes: readonly string[]): Json {
    const user = this.org.view(userId);
    if (!user) return {};
    const { login, firstName, lastName, email } = user.profile;
    const groups = this.org.groups.filter(
      (group) => group && (group.members === null || group.members.has(user.id)),
    );
    return {
      ...(scopes.includes('profile') && {
        name: `${String(firstName)} ${String(lastName)}`,
        preferred_username: login,
      }),
      ...(scopes.includes('email') && { email, email_verified: true }),
      ...(scopes.includes('groups') && { groups: groups.map((group) => group?.name) }),
    };
  }
}

/** The issuer of an authorisation server. */
export const issuerOf = (origin: string, server: string | null): string =>
  server === null ? origin : `${origin}/oauth2/${server}`;

const secret = (): string => randomBytes(32).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1000);
