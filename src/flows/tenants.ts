/** Decides whether an account belongs to one of the configured tenants. */

import { productOf } from './products.ts';
import { comparable } from './comparable.ts';
import type { IssueAccount, Product } from './types.ts';

/** The user's own tenants by product, in the form of `tenantName`. */
export type OwnTenants = Readonly<Record<Product, readonly string[]>>;

/**
 * A tenant in the form used for comparison: lower case, without scheme and without slashes or dots
 * at the end.
 */
export const tenantName = (text: string): string =>
  comparable(text)
    .replace(/^https?:\/\//, '')
    .replace(/[/.]+$/, '');

/**
 * The user's own tenants. For Okta this is only the host of OKTA_DOMAIN (as stated, or as a URL;
 * null if it is not set), for other products the list in `remediation.tenants`.
 */
export function ownTenants(stated: {
  oktaDomain: string | null;
  tenants: Readonly<Partial<Record<string, readonly string[]>>>;
}): OwnTenants {
  const listed = (product: Product): string[] =>
    Object.entries(stated.tenants).flatMap(([name, tenants]) =>
      productOf(name) === product
        ? (tenants ?? []).map(tenantName).filter((tenant) => tenant !== '')
        : [],
    );
  return {
    Okta: stated.oktaDomain === null ? [] : hostNames(stated.oktaDomain),
    AAD: listed('AAD'),
    'Google Workspace': listed('Google Workspace'),
    'Salesforce.com': listed('Salesforce.com'),
  };
}

// With and without its port, because an event contains only a host.
function hostNames(domain: string): string[] {
  const [host = ''] = tenantName(domain).split('/');
  const bare = host.replace(/:\d{1,5}$/, '');
  return [...new Set([host, bare])].filter((name) => name !== '');
}

/** Whether the account is in one of the user's own tenants; never for an unknown product. */
export function isOwnTenant(
  { product, tenant }: Pick<IssueAccount, 'product' | 'tenant'>,
  own: OwnTenants,
): boolean {
  const known = productOf(product);
  const name = tenantName(tenant);
  return known !== null && name !== '' && own[known].includes(name);
}
