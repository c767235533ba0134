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
import type { Connection } from './transport/exchange.ts';
import type { GoogleAccess } from './google/client.ts';
import type { Transport } from './transport/http.ts';
import type { VendorClient } from './pipeline/call-vendor.ts';
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

/** Creates the connection to an address; `transport` replaces HTTP. */
type ConnectTo = (connector: ConnectorName, address: string, transport?: Transport) => Connection;

/**
 * The operations and clients of these vendors; a placeholder client for each that is not
 * configured.
 */
export function accountParts(
  { entra, google, salesforce, email, timeoutMs }: AccountVendors & { timeoutMs?: number },
  connectTo: ConnectTo,
): Record<'entra' | 'google' | 'salesforce', Parts<BearerHandle>> & { email: Parts<EmailHandle> } {
  return {
    entra: {
      rows: entraOperations(entra ? new URL(entra.graphUrl).origin : ''),
      client: entra
        ? createEntraClient(entra, {
            login: connectTo('entra', entra.loginUrl),
            graph: connectTo('entra', entra.graphUrl),
          })
        : placeholderClient(),
    },
    google: {
      rows: GOOGLE_ROWS,
      client: google
        ? createGoogleClient(google, {
            login: connectTo('google', google.tokenUri),
            admin: connectTo('google', google.adminUrl),
          })
        : placeholderClient(),
    },
    salesforce: {
      rows: SALESFORCE_ROWS,
      client: salesforce
        ? createSalesforceClient(salesforce, {
            login: connectTo('salesforce', salesforce.loginUrl),
            connectTo: (origin) => connectTo('salesforce', origin),
          })
        : placeholderClient(),
    },
    email: {
      rows: EMAIL_ROWS,
      client: email ? mailer(email, { connectTo, timeoutMs }) : placeholderClient(),
    },
  };
}

function mailer(
  access: EmailAccess,
  { connectTo, timeoutMs }: { connectTo: ConnectTo; timeoutMs: number | undefined },
) {
  const address = `smtp://${access.host}:${access.port}`;
  return createEmailClient({
    address,
    connection: connectTo('email', address, smtpTransport(access, timeoutMs)),
  });
}
