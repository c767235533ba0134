import { exchange } from '../transport/exchange.ts';
import { emailRefusal } from './refusals.ts';
import type { Connection } from '../transport/exchange.ts';
import type { VendorClient } from '../pipeline/call-vendor.ts';
import type { Message } from './inputs.ts';

/** The handle with which the row sends a message. */
export interface EmailHandle {
  send(message: Message): Promise<unknown>;
}

/**
 * Creates the client of mail: one message per call, over an SMTP transport. `address` is
 * `smtp://host:port`.
 */
export const createEmailClient = ({
  address,
  connection,
}: {
  address: string;
  connection: Connection;
}): VendorClient<EmailHandle> => ({
  pathOf: (path) => path,
  refusal: emailRefusal,
  lend: async (scope, use) =>
    use({
      send: async (message) =>
        exchange(connection, scope, {
          method: 'POST',
          url: `${address}/`,
          headers: {},
          body: JSON.stringify(message),
        }),
    }),
});
