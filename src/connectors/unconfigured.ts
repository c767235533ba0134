import type { VendorClient } from './perform.ts';

/** Stands in for a vendor without an address: its calls are decided and audited as ever, and end as `invalid`, unsent. */
export const unconfigured = (): VendorClient<never> => ({
  place: (path) => path,
  refusal: () => null,
  lend: async () => Promise.reject(new TypeError('not configured')),
});
