import { findOperation } from '../../governance/catalogue.ts';
import type { Approved } from '../transport/exchange.ts';
import type { Route } from './operation.ts';
import type { ConnectorName } from '../../governance/types.ts';

/**
 * The request that the catalogue approves for an operation, with its placeholders filled in and
 * encoded. Throws if the catalogue has no such request, which means that a row contradicts the
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
      `the catalogue does not list ${route.method} ${route.path} for ${connector} ${operation}`,
    );
  }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(route.params[name] ?? ''),
  );
  return { method: route.method, path };
}
