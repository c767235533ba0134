/** Checks from which tenants the events of delegated flows are accepted. */

import { accountVendor } from '../../config/env/account-vendors.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { CONNECTOR_OF, PRODUCTS } from '../../flows/products.ts';
import { ownTenants, tenantName } from '../../flows/tenants.ts';
import type { AccountConnector, Product } from '../../flows/types.ts';
import type { Settings } from '../kit/settings.ts';
import { fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import type { FlowSetup } from './flows.ts';
import type { VendorCheckContext } from './vendors.ts';

/**
 * The tenant that a product's connection settings name; null if they name none, or the product is
 * not configured.
 */
const CONNECTED: Readonly<
  Record<Exclude<AccountConnector, 'okta'>, (settings: Settings) => string | null>
> = {
  entra: ({ arx }) => accountVendor(arx, 'entra')?.tenantId ?? null,
  google: ({ arx }) => accountVendor(arx, 'google')?.subject.split('@')[1] ?? null,
  salesforce: ({ arx }) => {
    const login = accountVendor(arx, 'salesforce')?.loginUrl;
    const host = login === undefined ? null : new URL(login).host;
    // These hosts sign in to any organisation.
    return host === null || ['login.salesforce.com', 'test.salesforce.com'].includes(host)
      ? null
      : host;
  },
};

/**
 * For each product of an enabled flow in use: the tenants whose events are accepted, and whether
 * the connected tenant is among them.
 */
export async function* tenantChecks(
  context: VendorCheckContext,
  setup: FlowSetup,
): AsyncGenerator<CheckResult> {
  const { settings } = context;
  const { arx: env, config, baseDir } = settings;
  const okta = await oktaSettings({ env, config, baseDir }).catch(() => null);
  const own = ownTenants({ oktaDomain: okta?.host ?? null, tenants: config.remediation.tenants });
  for (const product of PRODUCTS) {
    const inUse = setup.flows.some(
      (flow) => flow.product === product && setup.enabled(flow) && setup.used(flow.name),
    );
    const connector = CONNECTOR_OF[product];
    if (connector === 'okta') yield await oktaTenant(context, own.Okta, inUse);
    else if (inUse || own[product].length > 0)
      yield tenantCheck({ product, tenants: own[product], inUse }, readTenant(connector, settings));
  }
}

/** Null for a vendor with wrong settings, which another check reports. */
function readTenant(
  connector: Exclude<AccountConnector, 'okta'>,
  settings: Settings,
): string | null {
  try {
    return CONNECTED[connector](settings);
  } catch {
    return null;
  }
}

interface Tenants {
  product: Product;
  tenants: readonly string[];
  inUse: boolean;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function tenantCheck({ product, tenants, inUse }: Tenants, connected: string | null): CheckResult {
  const name = `flow events ${product}`;
  if (tenants.length === 0) {
    const remedy = `Name the tenant as events do: remediation: { tenants: { ${product}: [${connected ?? '…'}] } }.`;
    // A product that is not configured needs no tenant.
    if (connected === null)
      return { ...pass(name, 'not accepted: no tenant is configured'), remedy };
    return inUse
      ? fail(name, 'refused: no tenant is configured', remedy)
      : { ...pass(name, 'not accepted: no tenant is configured'), remedy };
  }
  const detail = `from ${tenants.join(', ')}`;
  if (connected === null || tenants.includes(tenantName(connected))) return pass(name, detail);
  const comparable = ID.test(connected) ? tenants.every((tenant) => ID.test(tenant)) : true;
  const remedy = `Add ${connected} to remediation.tenants, or connect one of the tenants listed there.`;
  if (comparable) return fail(name, `${detail}, but the connected tenant is ${connected}`, remedy);
  return {
    ...pass(name, `${detail}; the connected tenant is ${connected}`),
    remedy: 'Make sure that these names refer to the same tenant.',
  };
}

const OWN_DOMAIN = /^[a-z0-9-]+\.(okta|oktapreview|okta-emea|okta-gov)\.com$/;

/** Events name the organisation by its Okta host, even if users sign in at a custom domain. */
async function oktaTenant(
  { connectors, callContext }: VendorCheckContext,
  tenants: readonly string[],
  inUse: boolean,
): Promise<CheckResult> {
  const name = 'flow events Okta';
  const [host] = tenants;
  if (host === undefined)
    return fail(name, 'refused: OKTA_DOMAIN is not known', 'Set OKTA_DOMAIN.');
  if (OWN_DOMAIN.test(host)) return pass(name, `from ${host}`);
  const subdomain = await connectors.okta('org:read', {}, callContext('org')).then(
    ({ output }) => output.subdomain,
    () => null,
  );
  const isLoopback = /^(127\.|localhost|\[::1\])/.test(host);
  if (isLoopback || subdomain === null) return pass(name, `from ${host}`);
  const detail = `from ${host}, but the host of the organisation is ${subdomain}.okta.com or a variant of it`;
  const remedy =
    'Set OKTA_DOMAIN to the host that events name: events from another host are refused as foreign_tenant.';
  return inUse ? fail(name, detail, remedy) : { ...pass(name, detail), remedy };
}
