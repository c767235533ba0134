import { comparable } from './titles.ts';
import type { AccountConnector, Product } from './types.ts';

/**
 * The products of which accounts can be changed, as issues name them, and the connector of each.
 */
export const CONNECTOR_OF = {
  Okta: 'okta',
  AAD: 'entra',
  'Google Workspace': 'google',
  'Salesforce.com': 'salesforce',
} as const satisfies Record<Product, AccountConnector>;

export const PRODUCTS = Object.keys(CONNECTOR_OF) as Product[];

/**
 * The product that an issue names, without regard to case and spaces; null for one that arx does
 * not know.
 */
export const productOf = (name: string): Product | null => BY_NAME.get(comparable(name)) ?? null;

const BY_NAME: ReadonlyMap<string, Product> = new Map(
  PRODUCTS.map((product) => [comparable(product), product]),
);

/**
 * The connector that reads and changes accounts of a product; null for one that arx does not know.
 */
export function connectorOf(product: string): AccountConnector | null {
  const known = productOf(product);
  return known === null ? null : CONNECTOR_OF[known];
}
