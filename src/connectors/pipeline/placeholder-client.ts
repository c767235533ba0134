import { unsentError } from '../transport/failure.ts';
import type { VendorClient } from './call-vendor.ts';

const MESSAGE =
  'not configured; nothing was sent (docs/configuration.md lists the required variables)';

/**
 * The client of a vendor that is not configured: calls are decided and audited as usual, and fail
 * as `invalid` without being sent.
 */
export const placeholderClient = (): VendorClient<never> => ({
  pathOf: (path) => path,
  refusal: () => null,
  lend: async (scope) => {
    scope.failure = unsentError(scope.called, MESSAGE);
    return Promise.reject(scope.failure);
  },
});
