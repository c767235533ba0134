/**
 * Facts about authority that the pipeline finds out itself, so that no caller can leave them out:
 * whether a call changes who may approve or administer.
 */

import { affectsAuthority, authorityChange, authorityIndex } from '../governance/authority.ts';
import { canonicalName } from '../governance/principal.ts';
import type { AuthorityChange, AuthorityIndex, AuthoritySource } from '../governance/authority.ts';
import type { ContextFacts } from '../governance/context.ts';
import type { ConnectorName } from '../governance/types.ts';
import type { Call, CallContext, Caller, OktaOperations } from './types.ts';

/** Where arx takes authority from, as now in force. */
export interface AuthorityReader {
  sources(): Promise<readonly AuthoritySource[]>;
  /** Ids of groups by name, as far as they were resolved. */
  known(): Promise<ReadonlyMap<string, string>>;
}

/** A call of which the facts are wanted; `facts` are those that its caller states. */
export interface StatedCall {
  connector: ConnectorName;
  operation: string;
  args: Readonly<Record<string, unknown>>;
  caller: Caller;
  signal?: AbortSignal | undefined;
  facts?: ContextFacts | undefined;
}

/** Reads the facts of a call. Throws ConnectorError if Okta does not answer. */
export type OwnFacts = (call: StatedCall) => Promise<ContextFacts>;

/** The principal under which arx reads what a decision depends on. */
const READER = 'workflow:governed-operations';

/**
 * Reads whether a call changes a source of authority, or a group that grants administrator roles.
 * What the policies do not let arx read counts as a change.
 */
export function authorityFacts(authority: AuthorityReader, okta: Call<OktaOperations>): OwnFacts {
  return async (call) => {
    const change = authorityChange(call.connector, call.operation, call.args);
    if (change === null) return {};
    const index = authorityIndex(await authority.sources(), await authority.known());
    const groups = new GroupReader(okta, call);
    return {
      authority: affectsAuthority(change, index) || (await groups.anyNamed(change, index)),
      groupGrantsAdmin: call.facts?.groupGrantsAdmin ?? (await groups.anyGrantsAdmin(change)),
    };
  };
}

/** Reads the groups that a call changes. */
class GroupReader {
  readonly #okta: Call<OktaOperations>;
  readonly #call: StatedCall;

  constructor(okta: Call<OktaOperations>, call: StatedCall) {
    this.#okta = okta;
    this.#call = call;
  }

  /** Whether one of the groups has the name of a source that was not resolved yet. */
  async anyNamed({ groupIds }: AuthorityChange, { unresolved }: AuthorityIndex): Promise<boolean> {
    if (unresolved.size === 0) return false;
    return this.#any(groupIds, async (groupId) => {
      const { output } = await this.#okta('groups:read_detail', { groupId }, this.#on(groupId));
      return unresolved.has(canonicalName(output.name));
    });
  }

  async anyGrantsAdmin({ groupIds }: AuthorityChange): Promise<boolean> {
    return this.#any(groupIds, async (groupId) => {
      const { output } = await this.#okta('groups:read_roles', { groupId }, this.#on(groupId));
      return output.length > 0;
    });
  }

  async #any(ids: readonly string[], test: (id: string) => Promise<boolean>): Promise<boolean> {
    for (const id of ids) if (await test(id).catch(answerFor)) return true;
    return false;
  }

  #on<Output>(subject: string): CallContext<Output> {
    const { caller, signal } = this.#call;
    const reader: Caller = { ...caller, principal: READER };
    delete reader.permitted;
    delete reader.aliases;
    return { caller: reader, subject, priority: 'interactive', ...(signal && { signal }) };
  }
}

/** A group that does not exist gives nothing; one that arx may not read may give anything. */
function answerFor(thrown: unknown): boolean {
  const { name, code } = thrown as { name?: unknown; code?: unknown };
  if (name === 'ConnectorError' && code === 'not_found') return false;
  if (name === 'PolicyDeniedError' || code === 'forbidden') return true;
  throw thrown;
}
