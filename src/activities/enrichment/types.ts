import type { EnrichAccountInput, EnrichAccountResult } from '../../workflows/messages.ts';

/** The activities of `enrichAccount`. */
export interface EnrichActivities {
  /**
   * Looks the account up, from what is kept or in Okta. Safe to repeat: what was found out is kept.
   */
  enrichOne(asked: { run: string; input: EnrichAccountInput }): Promise<EnrichAccountResult>;
}
