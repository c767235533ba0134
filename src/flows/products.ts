/** Products whose accounts flows can change. */

import { comparable } from './comparable.ts';
import type { AccountConnector, Product } from './types.ts';

/**
 * The products whose accounts can be changed, with the names used in issues, and their connectors.
 */
export const CONNECTOR_OF = {
  Okta: 'okta',
  AAD: 'entra',
  'Google Workspace': 'google',
  'Salesforce.com': 'salesforce',
} as const satisfies Record<Product, AccountConnector>;

export const PRODUCTS = Object.keys(CONNECTOR_OF) as Product[];

/** The product with this name, ignoring case and spaces; null if unknown. */
export const productOf = (name: string): Product | null => BY_NAME.get(comparable(name)) ?? null;

const BY_NAME: ReadonlyMap<string, Product> = new Map(
  PRODUCTS.map((product) => [comparable(product), product]),
);

/** The connector for accounts of a product; null if unknown. */
export function connectorOf(product: string): AccountConnector | null {
  const known = productOf(product);
  return known === null ? null : CONNECTOR_OF[known];
}
