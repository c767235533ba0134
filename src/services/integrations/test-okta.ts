import type { OktaSettings } from '../../config/env/okta-env.ts';
import type { CallEvent } from '../../connectors/transport/exchange.ts';
import type { Call, OktaOperations } from '../../connectors/types.ts';
import { tryCapabilities } from './capabilities.ts';
import type { Capability, Tester } from './capabilities.ts';

/** The result of trying every permission: `arx.permissions/v1`. */
export interface PermissionsDocument {
  schema: 'arx.permissions/v1';
  org: string;
  credential: OktaSettings['credential']['kind'];
  capabilities: Capability[];
}

/**
 * Tries the connection, and every permission that a sync needs, through the governed connector,
 * because calls that cannot be audited are not sent. Never writes to Okta.
 */
export async function testOktaPermissions(
  { host, credential }: OktaSettings,
  connect: (observe: (event: CallEvent) => void) => Promise<Call<OktaOperations>>,
  tester: Tester,
): Promise<PermissionsDocument> {
  let last: CallEvent | null = null;
  const okta = await connect((event) => (last = event));
  const capabilities = await tryCapabilities({ okta, lastExchange: () => last }, tester);
  return { schema: 'arx.permissions/v1', org: host, credential: credential.kind, capabilities };
}
