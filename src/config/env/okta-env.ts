import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readOktaAddress } from './address.ts';
import type { ReadResult } from './address.ts';
import { problemsOf, readSecret, requireVariable } from './env.ts';
import type { ArxEnv } from './env.ts';
import { ConfigError } from '../errors.ts';
import { Secret } from './secret.ts';

/** Connection settings of Okta. */
export interface OktaSettings {
  /** `https://x.okta.com`, without a trailing slash. */
  origin: string;
  /** Host of the organisation, with the port if it is not the default one. */
  host: string;
  credential: OktaCredential;
}
type OktaCredential =
  | { kind: 'ssws'; token: Secret }
  /** The key is a JWK (JSON) or PEM. */
  | { kind: 'service_app'; clientId: string; privateKey: Secret };

/**
 * Okta's settings from the environment. Throws ConfigError, which names the missing or invalid
 * variable.
 */
export function requireOkta(env: ArxEnv): OktaSettings {
  refuseSdkSettings(env);
  const url = requireVariable(env.source, 'OKTA_DOMAIN', readOktaAddress);
  return { origin: url.origin, host: url.host, credential: credentialOf(env) };
}

/** The missing or invalid variables of Okta. */
export const oktaProblems = (env: ArxEnv): ConfigError[] =>
  problemsOf([
    () => refuseSdkSettings(env),
    () => requireVariable(env.source, 'OKTA_DOMAIN', readOktaAddress),
    () => credentialOf(env),
  ]);

/** Reads an SSWS token, without the word SSWS. */
export function readOktaToken(text: string): ReadResult<Secret> {
  if (/^SSWS\s/i.test(text))
    return { ok: false, problem: 'begins with SSWS', remedy: 'Set the token alone.' };
  return readSecret(text);
}

function credentialOf({ source }: ArxEnv): OktaCredential {
  const given = ['OKTA_API_TOKEN', 'OKTA_CLIENT_ID', 'OKTA_PRIVATE_KEY'].filter((name) =>
    source.find(name),
  );
  const [token, ...rest] = given;
  if (token === 'OKTA_API_TOKEN' && rest.length > 0) {
    const remedy = 'Keep either the token, or OKTA_CLIENT_ID and OKTA_PRIVATE_KEY.';
    throw new ConfigError(
      'conflicting_variables',
      `OKTA_API_TOKEN and ${rest[0]} are both set`,
      remedy,
      {
        path: rest[0],
      },
    );
  }
  if (given.length === 0 || token === 'OKTA_API_TOKEN') {
    return { kind: 'ssws', token: requireVariable(source, 'OKTA_API_TOKEN', readOktaToken) };
  }
  const clientId = requireVariable(source, 'OKTA_CLIENT_ID', readClientId);
  return {
    kind: 'service_app',
    clientId,
    privateKey: requireVariable(source, 'OKTA_PRIVATE_KEY', readPrivateKey),
  };
}

const readClientId = (text: string): ReadResult<string> =>
  /^[A-Za-z0-9_-]{8,128}$/.test(text)
    ? { ok: true, value: text }
    : { ok: false, problem: 'does not look like a client id: 8 to 128 letters, digits, _ and -' };

// In an environment file, the line breaks of a PEM key are written as \n.
function readPrivateKey(text: string): ReadResult<Secret> {
  const key = text.includes('\n') ? text : text.replaceAll('\\n', '\n');
  if (
    /^\s*-----BEGIN (RSA )?PRIVATE KEY-----[\s\S]+-----END \1?PRIVATE KEY-----\s*$/.test(key) ||
    isPrivateJwk(text)
  ) {
    return { ok: true, value: new Secret(key) };
  }
  const remedy = 'Use an unencrypted private key: a JWK as JSON, or PEM from BEGIN to END.';
  return { ok: false, problem: 'is neither a private JWK nor PEM', remedy };
}

function isPrivateJwk(text: string): boolean {
  try {
    const key = JSON.parse(text) as Record<string, unknown>;
    return typeof key['kty'] === 'string' && typeof key['d'] === 'string';
  } catch {
    return false;
  }
}

// Variables that the Okta SDK reads by itself. OKTA_CLIENT_ID is not one of them; the SDK's name is
// OKTA_CLIENT_CLIENTID.
const SDK_NAMES = [
  'AUTHORIZATIONMODE',
  'ORGURL',
  'TOKEN',
  'CLIENTID',
  'SCOPES',
  'PRIVATEKEY',
  'KEYID',
].map((name) => `OKTA_CLIENT_${name}`);

/**
 * Refuses settings that the Okta SDK would silently merge with arx's: okta.yaml files and
 * OKTA_CLIENT_* variables.
 */
export function refuseSdkSettings({ source, cwd, userHome }: ArxEnv): void {
  const name = SDK_NAMES.find((candidate) => source.inEnvironment(candidate));
  if (name)
    throw sdkError(name, `Unset it; arx reads OKTA_DOMAIN with OKTA_API_TOKEN or OKTA_CLIENT_ID.`, {
      path: name,
    });
  const found = [
    { shown: 'okta.yaml', path: join(cwd, 'okta.yaml') },
    { shown: '~/.okta/okta.yaml', path: join(userHome, '.okta', 'okta.yaml') },
  ].find(({ path }) => existsSync(path));
  if (found)
    throw sdkError(found.shown, 'Move it, or run arx in another directory.', { file: found.shown });
}

const sdkError = (
  what: string,
  remedy: string,
  where: { path?: string; file?: string },
): ConfigError =>
  new ConfigError(
    'okta_sdk_settings',
    `${what} is read by the Okta SDK and would override arx's own settings`,
    remedy,
    where,
  );
