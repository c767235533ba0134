import { accountVendor } from '../../config/env/account-vendors.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { CONNECTOR_OF, PRODUCTS } from '../../flows/products.ts';
import { ownTenants, tenantName } from '../../flows/tenants.ts';
import type { AccountConnector, Product } from '../../flows/types.ts';
import type { Settings } from '../kit/settings.ts';
import { bad, fine } from './check.ts';
import type { CheckResult } from './check.ts';
import type { FlowSetup } from './flows.ts';
import type { Bench } from './vendors.ts';

/**
 * What the connection to a product itself says of its tenant; null where it names none, or is not
 * set up.
 */
const CONNECTED: Readonly<
  Record<Exclude<AccountConnector, 'okta'>, (settings: Settings) => string | null>
> = {
  entra: ({ arx }) => accountVendor(arx, 'entra')?.tenantId ?? null,
  google: ({ arx }) => accountVendor(arx, 'google')?.subject.split('@')[1] ?? null,
  salesforce: ({ arx }) => {
    const login = accountVendor(arx, 'salesforce')?.loginUrl;
    const host = login === undefined ? null : new URL(login).host;
    // These sign in to any organisation.
    return host === null || ['login.salesforce.com', 'test.salesforce.com'].includes(host)
      ? null
      : host;
  },
};

/**
 * Of each product that an enabled flow in use is for: which tenants' events are taken, and whether
 * that is the connected one.
 */
export async function* tenantChecks(bench: Bench, setup: FlowSetup): AsyncGenerator<CheckResult> {
  const { settings } = bench;
  const { arx: env, config, baseDir } = settings;
  const okta = await oktaSettings({ env, config, baseDir }).catch(() => null);
  const own = ownTenants({ oktaDomain: okta?.host ?? null, tenants: config.remediation.tenants });
  for (const product of PRODUCTS) {
    const inUse = setup.flows.some(
      (flow) => flow.product === product && setup.enabled(flow) && setup.used(flow.name),
    );
    const connector = CONNECTOR_OF[product];
    if (connector === 'okta') yield await oktaTenant(bench, own.Okta, inUse);
    else if (inUse || own[product].length > 0)
      yield tenantCheck({ product, tenants: own[product], inUse }, read(connector, settings));
  }
}

/** A vendor whose settings are wrong is told of elsewhere. */
function read(connector: Exclude<AccountConnector, 'okta'>, settings: Settings): string | null {
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
    const remedy = `Name the tenant as events have it: remediation: { tenants: { ${product}: [${connected ?? '…'}] } }.`;
    // Whoever has not set the product up does without its flows.
    if (connected === null) return { ...fine(name, 'not taken: no tenant is ours'), remedy };
    return inUse
      ? bad(name, 'refused: no tenant is ours', remedy)
      : { ...fine(name, 'not taken: no tenant is ours'), remedy };
  }
  const told = `of ${tenants.join(', ')}`;
  if (connected === null || tenants.includes(tenantName(connected))) return fine(name, told);
  const comparable = ID.test(connected) ? tenants.every((tenant) => ID.test(tenant)) : true;
  const remedy = `Add ${connected} to remediation.tenants, or connect the tenant that is meant.`;
  if (comparable) return bad(name, `${told}, but connected is ${connected}`, remedy);
  return {
    ...fine(name, `${told}; connected is ${connected}`),
    remedy: 'Make sure that these are the same tenant.',
  };
}

const OWN_DOMAIN = /^[a-z0-9-]+\.(okta|oktapreview|okta-emea|okta-gov)\.com$/;

/** Events name the organisation by its own host, also where people sign in at another. */
async function oktaTenant(
  { connectors, about }: Bench,
  tenants: readonly string[],
  inUse: boolean,
): Promise<CheckResult> {
  const name = 'flow events Okta';
  const [host] = tenants;
  if (host === undefined) return bad(name, 'refused: OKTA_DOMAIN is not known', 'Set OKTA_DOMAIN.');
  if (OWN_DOMAIN.test(host)) return fine(name, `of ${host}`);
  const subdomain = await connectors.okta('org:read', {}, about('org')).then(
    ({ output }) => output.subdomain,
    () => null,
  );
  const isLoopback = /^(127\.|localhost|\[::1\])/.test(host);
  if (isLoopback || subdomain === null) return fine(name, `of ${host}`);
  const told = `of ${host}, while the organisation is ${subdomain}.okta.com or the like`;
  const remedy = `Set OKTA_DOMAIN to the host by which events name it: events of another are refused as foreign_tenant.`;
  return inUse ? bad(name, told, remedy) : { ...fine(name, told), remedy };
}
