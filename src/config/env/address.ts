/**
 * The result of reading a variable: its value, or what is wrong with the text (and a remedy where
 * that is not obvious). It never quotes the text.
 */
export type ReadResult<T> =
  { ok: true; value: T } | { ok: false; problem: string; remedy?: string };

const bad = (
  problem: string,
  remedy?: string,
): { ok: false; problem: string; remedy?: string } => ({
  ok: false,
  problem,
  remedy,
});

/**
 * Reads the URL of a vendor: a bare host (which means https) or an https URL; http for loopback
 * hosts only. User name, query and fragment are refused; a path is allowed only with `path`.
 */
export function readAddress(
  text: string,
  { path = false }: { path?: boolean } = {},
): ReadResult<URL> {
  if (/[\s"'`\\]/.test(text)) return bad('contains white space, quotes or backslashes');
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (!url || !/^([a-z\d.-]+|\[[\da-f:.]+\])$/.test(url.hostname))
    return bad('is neither a host nor a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return bad('is not an https address');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return bad('uses plain http', 'Use https; http is for loopback hosts only.');
  if (text.includes('@')) return bad('contains a user name', 'Remove everything up to the @.');
  if (/[?#]/.test(text)) return bad('has a query or fragment', 'Remove it.');
  if (!path && url.pathname !== '/') return bad('has a path', 'Remove it.');
  return { ok: true, value: url };
}

/** True for 127.0.0.0/8, localhost and [::1], as written in a parsed URL. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

/**
 * Reads the URL of Okta; refuses the host of the administrator pages, which does not serve the API.
 */
export function readOktaAddress(text: string): ReadResult<URL> {
  const read = readAddress(text);
  if (!read.ok || !/-admin\.(okta[a-z-]*|trexcloud)\.(com|mil)$/.test(read.value.hostname))
    return read;
  return bad(
    'is the address of the administrator pages',
    'Remove -admin: example.okta.com instead of example-admin.okta.com.',
  );
}

/**
 * Reads the base URL of Slack's API; the result ends with a slash. Without a path, `/api/` is used,
 * as on slack.com.
 */
export function readSlackAddress(text: string): ReadResult<string> {
  const read = readAddress(text, { path: true });
  if (!read.ok) return read;
  const { origin, pathname } = read.value;
  return {
    ok: true,
    value: pathname === '/' ? `${origin}/api/` : `${origin}${pathname.replace(/\/*$/, '/')}`,
  };
}

/** The address on which a server listens. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** Reads `host:port`, such as 127.0.0.1:8480 or [::1]:8480; port 0 means any free port. */
export function readListenAddress(text: string): ReadResult<ListenAddress> {
  const [, host, port] = /^(\[[\da-fA-F:.]+\]|[A-Za-z\d.-]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) return bad('is not host:port');
  return { ok: true, value: { host: host.replace(/^\[|\]$/g, ''), port: Number(port) } };
}

/** Reads a URL and returns its origin. */
export function readOrigin(text: string): ReadResult<string> {
  const read = readAddress(text);
  return read.ok ? { ok: true, value: read.value.origin } : read;
}

/** A reader of texts that match a pattern; the value is the text itself. */
export const patternReader =
  (form: RegExp, problem: string) =>
  (text: string): ReadResult<string> =>
    form.test(text) ? { ok: true, value: text } : { ok: false, problem };
