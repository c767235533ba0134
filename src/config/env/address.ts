/**
 * Either a value or what is wrong with the text (and what to do, where that is not plain), never
 * quoting it.
 */
export type Read<T> = { ok: true; value: T } | { ok: false; problem: string; remedy?: string };

const bad = (
  problem: string,
  remedy?: string,
): { ok: false; problem: string; remedy?: string } => ({
  ok: false,
  problem,
  remedy,
});

/**
 * Reads the address of a vendor: a bare host (then https) or an https URL; http for loopback hosts
 * only. No user name, query or fragment; a path only where `path` allows it.
 */
export function readAddress(text: string, { path = false }: { path?: boolean } = {}): Read<URL> {
  if (/[\s"'`\\]/.test(text)) return bad('has white space, quotes or backslashes in it');
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (!url || !/^([a-z\d.-]+|\[[\da-f:.]+\])$/.test(url.hostname))
    return bad('is neither a host nor a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return bad('is not an https address');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return bad('is plain http', 'Use https; http is for loopback hosts only.');
  if (text.includes('@')) return bad('has a user name in it', 'Take everything before the @ out.');
  if (/[?#]/.test(text)) return bad('has a query or fragment', 'Keep the address only.');
  if (!path && url.pathname !== '/') return bad('has a path', 'Keep the part before the path.');
  return { ok: true, value: url };
}

/** True for 127.0.0.0/8, localhost and [::1], as a parsed URL names them. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

/** Refuses the host of Okta's administrator pages, which does not serve the API. */
export function readOktaAddress(text: string): Read<URL> {
  const read = readAddress(text);
  if (!read.ok || !/-admin\.(okta[a-z-]*|trexcloud)\.(com|mil)$/.test(read.value.hostname))
    return read;
  return bad(
    'is the address of the administrator pages',
    'Take -admin out: example.okta.com instead of example-admin.okta.com.',
  );
}

/**
 * The base of Slack's API, with a slash at its end; without a path `/api/` is meant, as at
 * slack.com.
 */
export function readSlackAddress(text: string): Read<string> {
  const read = readAddress(text, { path: true });
  if (!read.ok) return read;
  const { origin, pathname } = read.value;
  return {
    ok: true,
    value: pathname === '/' ? `${origin}/api/` : `${origin}${pathname.replace(/\/*$/, '/')}`,
  };
}

/** Where a server listens. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** Reads `host:port`, such as 127.0.0.1:8480 or [::1]:8480; port 0 takes any free one. */
export function readListenAddress(text: string): Read<ListenAddress> {
  const [, host, port] = /^(\[[\da-fA-F:.]+\]|[A-Za-z\d.-]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) return bad('is not host:port');
  return { ok: true, value: { host: host.replace(/^\[|\]$/g, ''), port: Number(port) } };
}

/** The bare origin of an address. */
export function readOrigin(text: string): Read<string> {
  const read = readAddress(text);
  return read.ok ? { ok: true, value: read.value.origin } : read;
}

/** Reads texts of one form as they are. */
export const matching =
  (form: RegExp, problem: string) =>
  (text: string): Read<string> =>
    form.test(text) ? { ok: true, value: text } : { ok: false, problem };
