import { productOf } from './products.ts';
import { comparable } from './titles.ts';
import type { IssueAccount, Product } from './types.ts';

/** Which tenants are ours, by product, as `tenantName` has them. */
export type OwnTenants = Readonly<Record<Product, readonly string[]>>;

/** A tenant as it is compared: lower case, without scheme, slashes and dots at the end. */
export const tenantName = (text: string): string =>
  comparable(text)
    .replace(/^https?:\/\//, '')
    .replace(/[/.]+$/, '');

/**
 * Our tenants: of Okta the host of OKTA_DOMAIN (as stated, or as a URL; null where it is not set)
 * and nothing else, of the others what `remediation.tenants` lists.
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

// With its port, and without: an event names a host.
function hostNames(domain: string): string[] {
  const [host = ''] = tenantName(domain).split('/');
  const bare = host.replace(/:\d{1,5}$/, '');
  return [...new Set([host, bare])].filter((name) => name !== '');
}

/** True where the account's tenant is one of ours; never for a product that arx does not know. */
export function isOurs(
  { product, tenant }: Pick<IssueAccount, 'product' | 'tenant'>,
  own: OwnTenants,
): boolean {
  const known = productOf(product);
  const name = tenantName(tenant);
  return known !== null && name !== '' && own[known].includes(name);
}
