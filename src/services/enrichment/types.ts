import type { EnrichmentSettings } from '../../config/schema/enrichment-settings.ts';
import type { Caller, Connectors } from '../../connectors/types.ts';
import type { Value } from '../../enrichment/operators.ts';
import type { EnrichedAccount, Enriched } from '../../enrichment/types.ts';
import type { EnrichmentRepository } from '../../store/enrichment-types.ts';

/** What enrichment works with. */
export interface EnricherParts {
  connectors: Pick<Connectors, 'okta' | 'decide' | 'oktaHost'>;
  enrichments: EnrichmentRepository;
  /** Asked for each look-up. */
  settings: () => EnrichmentSettings;
  now: () => Date;
}

/** One call of a look-up as it ended, for people who watch. */
export interface CallStep {
  /** Such as `users:read_factors`. */
  call: string;
  /** What was asked for; nothing secret is ever part of it. */
  asked: Readonly<Record<string, unknown>>;
  ok: boolean;
  /** HTTP status; null where no answer came. */
  status: number | null;
  /** Null where it succeeded. */
  code: string | null;
  ms: number;
  /** What was taken from the answer: listed fields only. */
  extracted: unknown;
}

/** How accounts are asked for. */
export interface EnrichRequest {
  caller: Caller;
  /** Asks Okta anew, whatever is kept. */
  refresh?: boolean;
  /** Default: `interactive` for one account, `scan` for several. */
  priority?: 'interactive' | 'scan';
  /** Told of each call that this look-up makes itself. */
  watch?: (step: CallStep) => void;
  /** Told of each account when it is done. */
  done?: (account: EnrichedAccount) => void;
}

/** What was found out about an account, and the answers behind it for rules to look at. */
export interface LookedUp {
  result: Enriched;
  raw: Value;
}

/** Looks up accounts, each once for all who ask at the same time. */
export interface Enricher {
  /**
   * Everything about these accounts, in their order. Throws InvalidAccountError before any call
   * where one of them cannot be an account, PolicyDeniedError where users may not be read, and what
   * the store throws.
   */
  enrich(accounts: readonly string[], asking: EnrichRequest): Promise<EnrichedAccount[]>;
}

/** Thrown for text that no account has for a name; `index` is its place among those asked for. */
export class InvalidAccountError extends Error {
  override readonly name = 'InvalidAccountError';
  readonly code = 'invalid_argument';
  readonly remedy =
    'Give an e-mail address, a user name (DOMAIN\\ may stand before it) or an Okta user id.';
  readonly index: number;
  constructor(index: number, problem: string) {
    super(`account ${index + 1} ${problem}`);
    this.index = index;
  }
}
