import { exchange } from '../transport/exchange.ts';
import { emailRefusal } from './refusals.ts';
import type { Wire } from '../transport/exchange.ts';
import type { VendorClient } from '../pipeline/perform.ts';
import type { Message } from './inputs.ts';

/** What the row sends with. */
export interface EmailHandle {
  send(message: Message): Promise<unknown>;
}

/** One message a call, over a transport that speaks SMTP: `address` is `smtp://host:port`. */
export const createEmailClient = ({
  address,
  wire,
}: {
  address: string;
  wire: Wire;
}): VendorClient<EmailHandle> => ({
  place: (path) => path,
  refusal: emailRefusal,
  lend: async (scope, use) =>
    use({
      send: async (message) =>
        exchange(wire, scope, {
          method: 'POST',
          url: `${address}/`,
          headers: {},
          body: JSON.stringify(message),
        }),
    }),
});
