import type { EnrichmentSettings } from '../../config/schema/enrichment-settings.ts';
import type { Caller, Connectors } from '../../connectors/types.ts';
import type { Value } from '../../governance/operators.ts';
import type { EnrichedAccount, Enriched } from '../../enrichment/types.ts';
import type { EnrichmentRepository } from '../../store/enrichment-types.ts';

/** Dependencies of enrichment. */
export interface EnricherParts {
  connectors: Pick<Connectors, 'okta' | 'decide' | 'oktaHost'>;
  enrichments: EnrichmentRepository;
  /** Read for each look-up. */
  settings: () => EnrichmentSettings;
  now: () => Date;
}

/** One finished call of a look-up, for people who follow it. */
export interface CallStep {
  /** Such as `users:read_factors`. */
  call: string;
  /** Input of the call; never contains secrets. */
  asked: Readonly<Record<string, unknown>>;
  ok: boolean;
  /** HTTP status; null if there was no answer. */
  status: number | null;
  /** Null if it succeeded. */
  code: string | null;
  ms: number;
  /** The listed fields of the answer. */
  extracted: unknown;
}

/** Who looks up accounts, and how. */
export interface EnrichRequest {
  caller: Caller;
  /** Reads Okta even if an answer is cached. */
  refresh?: boolean;
  /** Default: `interactive` for one account, `scan` for several. */
  priority?: 'interactive' | 'scan';
  /** Called for each call that this look-up makes itself. */
  watch?: (step: CallStep) => void;
  /** Called for each account when it is done. */
  done?: (account: EnrichedAccount) => void;
}

/** The result for an account, and the answers behind it for the rules. */
export interface LookedUp {
  result: Enriched;
  raw: Value;
}

/** Looks up accounts, each once for all simultaneous callers. */
export interface Enricher {
  /**
   * The results of these accounts, in their order. A name that cannot be that of an Okta account has
   * a result with `success: false` and `error`, and costs no call. Throws PolicyDeniedError if users
   * may not be read, and the errors of the store.
   */
  enrich(accounts: readonly string[], request: EnrichRequest): Promise<EnrichedAccount[]>;
}
