import { isLoopback } from './address.ts';
import type { ReadResult } from './address.ts';
import { Secret } from './secret.ts';

/** A mail server. */
export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the start (smtps); otherwise STARTTLS. */
  secure: boolean;
  /** Without TLS; on loopback only. */
  plain: boolean;
  /** Null: the server requires none. */
  login: { user: string; password: Secret } | null;
}

const REMEDY =
  'Write smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST:587, each part percent-encoded.';

/** Reads the URL of a mail server, including the login. Errors do not quote it. */
export function readSmtpUrl(text: string): ReadResult<SmtpServer> {
  const url = /[\s"'`\\]/.test(text) ? null : URL.parse(text);
  const secure = url?.protocol === 'smtps:';
  if (!url || !(secure || url.protocol === 'smtp:'))
    return bad('does not begin with smtp:// or smtps://');
  if (!/^([A-Za-z\d.-]+|\[[\da-fA-F:.]+\])$/.test(url.hostname)) return bad('has no valid host');
  if (!['', '/'].includes(url.pathname) || /[?#]/.test(text))
    return bad('has a path, query or fragment');
  const login = loginOf(url);
  if (login === undefined)
    return bad(
      'has a user name without a password, a password without a user name, or an invalid encoding',
    );
  const host = url.hostname.toLowerCase();
  const port = url.port === '' ? (secure ? 465 : 587) : Number(url.port);
  return {
    ok: true,
    value: {
      host: host.replace(/^\[|\]$/g, ''),
      port,
      secure,
      plain: !secure && isLoopback(host),
      login,
    },
  };
}

const bad = (problem: string): ReadResult<never> => ({ ok: false, problem, remedy: REMEDY });

/** Null if there is none, undefined if it is invalid. */
function loginOf({ username, password }: URL): SmtpServer['login'] | undefined {
  if (username === '' && password === '') return null;
  if (username === '' || password === '') return undefined;
  try {
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    return /\p{Cc}/u.test(user + secret) ? undefined : { user, password: new Secret(secret) };
  } catch {
    return undefined;
  }
}
