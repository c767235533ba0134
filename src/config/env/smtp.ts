import { isLoopback } from './address.ts';
import type { Read } from './address.ts';
import { Secret } from './secret.ts';

/** A mail server. */
export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte on (smtps); else STARTTLS. */
  secure: boolean;
  /** Without any TLS: on loopback only. */
  plain: boolean;
  /** Null: the server asks for none. */
  login: { user: string; password: Secret } | null;
}

const FORM =
  'Write smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST:587, each part percent-encoded.';

/**
 * Reads the address of a mail server, with the login in it. Nothing of it is repeated in what is
 * wrong.
 */
export function readSmtpUrl(text: string): Read<SmtpServer> {
  const url = /[\s"'`\\]/.test(text) ? null : URL.parse(text);
  const secure = url?.protocol === 'smtps:';
  if (!url || !(secure || url.protocol === 'smtp:'))
    return bad('is not an address that begins with smtp:// or smtps://');
  if (!/^([A-Za-z\d.-]+|\[[\da-fA-F:.]+\])$/.test(url.hostname)) return bad('names no host');
  if (!['', '/'].includes(url.pathname) || /[?#]/.test(text))
    return bad('has a path, query or fragment');
  const login = loginOf(url);
  if (login === undefined)
    return bad(
      'has a user name without a password, a password without a user name, or one badly encoded',
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

const bad = (problem: string): Read<never> => ({ ok: false, problem, remedy: FORM });

/** Null where there is none, undefined where it is not usable. */
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
