/** Operations and clients of Entra ID, Google Workspace, Salesforce and mail. */

import { createEmailClient } from './email/client.ts';
import { EMAIL_ROWS } from './email/operations.ts';
import { smtpTransport } from './email/transport.ts';
import { createEntraClient } from './entra/client.ts';
import { entraOperations } from './entra/operations.ts';
import { createGoogleClient } from './google/client.ts';
import { GOOGLE_ROWS } from './google/operations.ts';
import { createSalesforceClient } from './salesforce/client.ts';
import { SALESFORCE_ROWS } from './salesforce/operations.ts';
import { placeholderClient } from './pipeline/placeholder-client.ts';
import type { ConnectorName } from '../governance/types.ts';
import type { BearerHandle } from './transport/bearer.ts';
import type { EmailHandle } from './email/client.ts';
import type { EmailAccess } from './email/transport.ts';
import type { EntraAccess } from './entra/client.ts';
import type { Wire } from './transport/exchange.ts';
import type { GoogleAccess } from './google/client.ts';
import type { Transport } from './transport/http.ts';
import type { VendorClient } from './pipeline/perform.ts';
import type { SalesforceAccess } from './salesforce/client.ts';

/**
 * Connection settings of the vendors other than Okta, Jira and Slack; an absent vendor is not
 * configured.
 */
export interface AccountVendors {
  entra?: EntraAccess;
  google?: GoogleAccess;
  salesforce?: SalesforceAccess;
  email?: EmailAccess;
}

/** A vendor's operations, and the client that sends them. */
interface Parts<Handle> {
  rows: Readonly<Record<string, unknown>>;
  client: VendorClient<Handle>;
}

/** Creates the wire to an address; `transport` replaces HTTP. */
type WireTo = (connector: ConnectorName, address: string, transport?: Transport) => Wire;

/**
 * The operations and clients of these vendors; a placeholder client for each that is not
 * configured.
 */
export function accountParts(
  { entra, google, salesforce, email, timeoutMs }: AccountVendors & { timeoutMs?: number },
  wireTo: WireTo,
): Record<'entra' | 'google' | 'salesforce', Parts<BearerHandle>> & { email: Parts<EmailHandle> } {
  return {
    entra: {
      rows: entraOperations(entra ? new URL(entra.graphUrl).origin : ''),
      client: entra
        ? createEntraClient(entra, {
            login: wireTo('entra', entra.loginUrl),
            graph: wireTo('entra', entra.graphUrl),
          })
        : placeholderClient(),
    },
    google: {
      rows: GOOGLE_ROWS,
      client: google
        ? createGoogleClient(google, {
            login: wireTo('google', google.tokenUri),
            admin: wireTo('google', google.adminUrl),
          })
        : placeholderClient(),
    },
    salesforce: {
      rows: SALESFORCE_ROWS,
      client: salesforce
        ? createSalesforceClient(salesforce, {
            login: wireTo('salesforce', salesforce.loginUrl),
            wireTo: (origin) => wireTo('salesforce', origin),
          })
        : placeholderClient(),
    },
    email: {
      rows: EMAIL_ROWS,
      client: email ? mailer(email, { wireTo, timeoutMs }) : placeholderClient(),
    },
  };
}

function mailer(
  access: EmailAccess,
  { wireTo, timeoutMs }: { wireTo: WireTo; timeoutMs: number | undefined },
) {
  const address = `smtp://${access.host}:${access.port}`;
  return createEmailClient({
    address,
    wire: wireTo('email', address, smtpTransport(access, timeoutMs)),
  });
}
