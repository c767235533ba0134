/**
 * The audience of access tokens: the organisation itself, the resource that a client names (RFC
 * 8707), or that of the authorisation server.
 */
export function audienceOf(origin: string, server: string | null, resource: unknown): string {
  if (server === null) return origin;
  return typeof resource === 'string' && resource !== '' ? resource : `api://${server}`;
}
