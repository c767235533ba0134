import type { JsonObject } from '../../audit/types.ts';
import { errorDetails } from '../../connectors/error-details.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import type { Decision } from '../../governance/types.ts';
import { isTriedOut, limitText, VENDOR_ATTEMPTS } from '../support/failures.ts';
import { NO_FACTS, factsOf } from './facts.ts';
import type { FactDeps, RequestedCall, TargetFacts } from './facts.ts';
import { peopleOf } from './requester.ts';
import type { RequestPeople } from './requester.ts';
import { UserReader } from './user-reader.ts';

/** Why a request is refused before or beside the policies. */
export interface Refused {
  code: 'facts_unreadable' | 'on_behalf_of_unresolved' | 'requester_unresolved';
  hint: string;
  /** Stored with the request. */
  details: JsonObject;
}

/** What is known about a call when it is decided. */
interface RequestContext {
  facts: TargetFacts;
  people: Extract<RequestPeople, { ok: true }>;
  refused: Refused | null;
}

interface Requested {
  principal: string;
  onBehalfOf: string | undefined;
  /** True if the call is denied in any case, so that nothing needs to be read. */
  hopeless: boolean;
}

const NOBODY = { ok: true, requesterId: null, onBehalfOf: null, names: {} } as const;

/**
 * Reads who requests a call and what its target is. What stays unreadable after the tries of
 * docs/decisions/0010 refuses the request. Throws as the connectors do while it is worth trying again.
 */
export async function readContext(
  deps: FactDeps,
  call: RequestedCall,
  { principal, onBehalfOf, hopeless }: Requested,
): Promise<RequestContext> {
  const none = { facts: NO_FACTS, people: NOBODY };
  if (hopeless) return { ...none, refused: null };
  try {
    const people = await peopleOf(new UserReader(deps, call), { principal, onBehalfOf });
    if (!people.ok) {
      const { code, hint } = people;
      return { ...none, refused: { code, hint, details: {} } };
    }
    return { facts: await factsOf(deps, call), people, refused: null };
  } catch (thrown) {
    const refused = refusalIfUnreadable(thrown);
    if (refused === null) throw thrown;
    return { ...none, refused };
  }
}

/** The refusal for facts that cannot be read in so many tries; null while they may be read later. */
export function refusalIfUnreadable(thrown: unknown, tries = VENDOR_ATTEMPTS): Refused | null {
  const code = 'facts_unreadable';
  if (thrown instanceof PolicyDeniedError) {
    const { operation } = thrown.decision;
    const details = {
      operation: `okta:${operation}`,
      status: null,
      expected: 'a policy that grants the read',
    };
    return { code, hint: thrown.message, details };
  }
  if (!(thrown instanceof ConnectorError) || thrown.code === 'cancelled') return null;
  if (thrown.retryable && !isTriedOut(thrown, tries)) return null;
  const { connector, operation, status, message } = thrown.fields;
  const why = limitText(thrown, tries);
  const details = {
    operation: `${connector}:${operation}`,
    status,
    expected: message,
    error: { ...errorDetails(thrown, why) },
  };
  return { code, hint: `${thrown.message}${why}`, details };
}

/** The decision about a refused request: a denial, for the reason of the refusal. */
export const denialFor = (decision: Decision, refused: Refused | null): Decision =>
  refused === null || decision.effect === 'deny'
    ? decision
    : {
        ...decision,
        effect: 'deny',
        code: 'fail_closed',
        hints: [...decision.hints, refused.hint],
      };
