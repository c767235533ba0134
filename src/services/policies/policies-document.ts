import { guardrailsOf } from '../../config/schema/guardrails.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';
import { OPERATIONS } from '../../governance/catalogue.ts';
import { evaluate } from '../../governance/evaluate.ts';
import { principalClasses } from '../../governance/principals.ts';
import type { Decision, Policy, PolicyBundle, Risk } from '../../governance/types.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { Store } from '../../store/types.ts';

/** The policies: `arx.policies/v1`. */
export interface PoliciesDocument {
  schema: 'arx.policies/v1';
  /** Whether the files can be loaded now, and if not, why and where. */
  ok: boolean;
  reason: string | null;
  /** The digest of the files as they are; null if they cannot be loaded. */
  digest: string | null;
  /** What the worker last loaded, and since when it is in force; null: nothing is recorded. */
  inForce: { digest: string | null; since: string } | null;
  /** When the worker last refused a change, if that is newer; null otherwise. */
  refusedAt: string | null;
  items: (Pick<Policy, 'name' | 'connector' | 'principals' | 'operations' | 'deny' | 'riskMax'> & {
    approval: Policy['approval'];
    file: string;
    line: number;
  })[];
}

/** The policies of the files, and what the worker has in force by the audit trail. */
export async function policiesDocument(
  bundle: PolicyBundle,
  { audit }: Pick<Store, 'audit'>,
): Promise<PoliciesDocument> {
  const [loaded, rejected] = await Promise.all([
    audit.list({ kind: 'policy.loaded' }),
    audit.list({ kind: 'policy.rejected' }),
  ]);
  const newest = loaded.at(-1)?.entry;
  const refused = rejected.at(-1)?.entry;
  const isNewer = refused !== undefined && (newest === undefined || refused.at > newest.at);
  return {
    schema: 'arx.policies/v1',
    ok: bundle.ok,
    reason: bundle.ok ? null : bundle.reason,
    digest: bundle.digest,
    inForce: newest === undefined ? null : inForceSince(newest, loaded),
    refusedAt: isNewer ? refused.at : null,
    items: bundle.ok ? bundle.policies.map(policyItem) : [],
  };
}

/** Each worker records what it loads at its start, so the oldest entry of the digest counts. */
function inForceSince(newest: AuditEntry, loaded: readonly { entry: AuditEntry }[]) {
  const digest = digestOf(newest);
  const before = loaded.findLastIndex(({ entry }) => digestOf(entry) !== digest);
  return { digest, since: loaded[before + 1]?.entry.at ?? newest.at };
}

const digestOf = ({ outcome }: AuditEntry): string | null =>
  typeof outcome?.['digest'] === 'string' ? outcome['digest'] : null;

const policyItem = (policy: Policy): PoliciesDocument['items'][number] => {
  const { name, connector, principals, operations, deny, riskMax, approval, place } = policy;
  const { file, line } = place;
  return { name, connector, principals, operations, deny, riskMax, approval, file, line };
};

/** One operation in the matrix: what is decided for each class of principals. */
export interface MatrixRow {
  connector: string;
  operation: string;
  risk: Risk;
  /** In the order of the principals of the document. */
  decisions: Pick<Decision, 'effect' | 'code' | 'risk'>[];
}

/** What the policies decide, operation by class of principals: `arx.matrix/v1`. */
export interface MatrixDocument {
  schema: 'arx.matrix/v1';
  bundleDigest: string;
  /** The classes that the policies distinguish, each with one of its principals. */
  principals: { name: string; example: string }[];
  items: MatrixRow[];
}

/**
 * The matrix of the operations of one connector, or of all. Arguments and facts are unknown, as
 * with `arx policy explain` without files.
 */
export function matrixDocument(
  bundle: PolicyBundle & { ok: true },
  config: ArxConfig,
  connector?: string,
): MatrixDocument {
  const principals = principalClasses(bundle.policies);
  const guardrails = guardrailsOf(config);
  const rows = OPERATIONS.filter((row) => connector === undefined || row.connector === connector);
  const decide = (row: (typeof rows)[number], principal: string) => {
    const { effect, code, risk } = evaluate(
      { connector: row.connector, operation: row.operation, principal, about: {}, now: Date.now() },
      bundle,
      guardrails,
      OPERATIONS,
    );
    return { effect, code, risk };
  };
  return {
    schema: 'arx.matrix/v1',
    bundleDigest: bundle.digest,
    principals,
    items: rows.map((row) => ({
      connector: row.connector,
      operation: row.operation,
      risk: row.risk,
      decisions: principals.map(({ example }) => decide(row, example)),
    })),
  };
}
