import type { EnrichAccountInput, EnrichAccountResult } from '../../workflows/messages.ts';

/** The activities of `enrichAccount`. */
export interface EnrichActivities {
  /** Looks up the account, in the store or in Okta. Safe to repeat: the result is stored. */
  enrichOne(asked: { run: string; input: EnrichAccountInput }): Promise<EnrichAccountResult>;
}
