import { canonicalDigest } from '../../../../src/governance/digest.ts';
import type { ConnectorName } from '../../../../src/governance/types.ts';
import type { GrantStore, GrantUse } from '../../../../src/connectors/types.ts';

/** Grants in memory; each can be used once, by exactly its call. */
export class MemoryGrants implements GrantStore {
  readonly open = new Map<string, string>();
  readonly asked: { requestId: string; use: GrantUse }[] = [];

  /** Issues a grant for a call; the context of the call contains its id. */
  give(call: { connector: ConnectorName; operation: string; input: unknown; principal: string }): {
    requestId: string;
  } {
    const requestId = `req-${this.asked.length}-${this.open.size}`;
    this.open.set(requestId, keyOf({ ...call, argsDigest: canonicalDigest(call.input) }));
    return { requestId };
  }

  async useUp(requestId: string, use: GrantUse): Promise<boolean> {
    this.asked.push({ requestId, use });
    return this.open.get(requestId) === keyOf(use) && this.open.delete(requestId);
  }
}

const keyOf = ({ connector, operation, argsDigest, principal }: Omit<GrantUse, 'at'>): string =>
  [connector, operation, argsDigest, principal].join(' ');
