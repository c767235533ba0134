import { unsentError } from '../transport/failure.ts';
import type { VendorClient } from './perform.ts';

const MESSAGE =
  'not configured here; nothing was sent (docs/configuration.md names the variables that it needs)';

/**
 * Stands in for a vendor without an address: its calls are decided and audited as ever, and end as
 * `invalid`, unsent.
 */
export const placeholderClient = (): VendorClient<never> => ({
  place: (path) => path,
  refusal: () => null,
  lend: async (scope) => {
    scope.failure = unsentError(scope.called, MESSAGE);
    return Promise.reject(scope.failure);
  },
});
