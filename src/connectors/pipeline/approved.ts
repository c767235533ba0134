import { findOperation } from '../../governance/catalogue.ts';
import type { Approved } from '../transport/exchange.ts';
import type { Route } from './operation.ts';
import type { ConnectorName } from '../../governance/types.ts';

/**
 * The request that the catalogue approves for an operation, its placeholders filled in and encoded.
 * Throws where the catalogue has no such form of the operation: then a row does not agree with the
 * catalogue.
 */
export function catalogueRequest(
  connector: ConnectorName,
  operation: string,
  route: Route,
): Approved {
  const row = findOperation(connector, operation);
  const forms = row ? (row.wire ?? [{ method: row.method, path: row.path }]) : [];
  if (!forms.some(({ method, path }) => method === route.method && path === route.path)) {
    throw new TypeError(
      `the catalogue does not know ${route.method} ${route.path} as ${connector} ${operation}`,
    );
  }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(route.params[name] ?? ''),
  );
  return { method: route.method, path };
}
