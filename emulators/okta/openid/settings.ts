import type { TokenName } from '../../options.ts';
import { DEVICE_GRANT } from './model.ts';
import type { OpenIdSettings } from './model.ts';

type ClientTokens = Record<'consoleClientId' | 'consoleClientSecret' | 'cliClientId', string> &
  Partial<Record<TokenName, string>>;

/** The organisation's two applications: the web console, and the command line (public). */
export function openIdSettings(tokens: ClientTokens): OpenIdSettings {
  return {
    clients: [
      {
        id: tokens.consoleClientId,
        name: 'arx console',
        secret: tokens.consoleClientSecret,
        redirectUris: ['http://127.0.0.1/auth/callback', 'http://localhost/auth/callback'],
        grants: ['authorization_code', 'refresh_token'],
      },
      {
        id: tokens.cliClientId,
        name: 'arx command line',
        secret: null,
        redirectUris: ['http://127.0.0.1/callback'],
        grants: [DEVICE_GRANT, 'authorization_code', 'refresh_token'],
      },
    ],
    tokenLifetimeS: 3600,
    deviceIntervalS: 5,
    deviceLifetimeS: 600,
  };
}
