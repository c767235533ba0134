import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadPolicies } from '../../config/policies/policies.ts';
import { CATALOGUE, CONNECTORS, OPERATIONS } from '../../governance/catalogue.ts';
import { bundleDigest } from '../../governance/digest.ts';
import { evaluate } from '../../governance/evaluate.ts';
import type { OperationRow, PolicyBundle } from '../../governance/types.ts';

const ROOT = new URL('../../../', import.meta.url);
const TARGET = new URL('docs/operations.md', ROOT);
const TITLES = {
  okta: 'Okta',
  jira: 'Jira',
  slack: 'Slack',
  entra: 'Entra ID',
  google: 'Google Workspace',
  salesforce: 'Salesforce',
  email: 'Mail',
} as const satisfies Record<(typeof CONNECTORS)[number], string>;

/**
 * docs/operations.md, derived from the catalogue and the policies shipped: `node
 * src/cli/docs/operations.ts` writes it.
 */
export function operationsDocs(): string {
  const bundle = loadShippedPolicies();
  const principals = [
    ...new Set(bundle.policies.flatMap((policy) => policy.principals)),
  ].toSorted();
  return [
    '# Operations',
    'Made by `node src/cli/docs/operations.ts` from the catalogue (`src/governance/catalogue.ts`) and the policies in `policies/`; ' +
      'do not edit.',
    'Every call to a vendor is one of these operations and goes through the governed pipeline: validate, evaluate the ' +
      'policies, audit the intent of a write, call, validate the answer, audit the outcome. An operation that is not ' +
      'listed does not exist and is denied `fail_closed`; so is one that has no client yet. HIGH and CRITICAL always need ' +
      'a person: see [approvals.md](approvals.md).',
    'The last column says whom the policies shipped in `policies/` let use it; nobody else may, and the files in ' +
      '`policies/examples` are inactive.',
    ...CONNECTORS.flatMap((connector) => [
      `## ${TITLES[connector]}`,
      table([
        ['Operation', 'Risk', 'What is sent', 'What it does', 'Allowed to'],
        ...OPERATIONS.filter((row) => row.connector === connector).map((row) => [
          `\`${row.operation}\``,
          row.risk,
          callsOf(row),
          row.does,
          principalsText(row, bundle, principals),
        ]),
      ]),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

const loadShippedPolicies = (): PolicyBundle & { ok: true } =>
  loadPolicies({
    patterns: ['policies/*.yaml'],
    baseDir: fileURLToPath(ROOT),
    catalogue: CATALOGUE,
    digest: bundleDigest,
  });

const callsOf = ({ method, path, wire }: OperationRow): string =>
  (wire ?? [{ method, path }]).map((call) => `\`${call.method} ${call.path}\``).join(', ');

function principalsText(
  { connector, operation }: OperationRow,
  bundle: PolicyBundle,
  principals: readonly string[],
): string {
  const effects = principals.map((principal) => {
    const { effect } = evaluate(
      { connector, operation, principal },
      bundle,
      { riskMax: {} },
      OPERATIONS,
    );
    return { principal: `\`${principal}\``, effect };
  });
  const allowed = effects.flatMap(({ principal, effect }) => {
    if (effect === 'approval') return [`${principal} with approval`];
    return effect === 'deny' ? [] : [principal];
  });
  return allowed.length > 0 ? allowed.join(', ') : 'nobody';
}

/** A Markdown table with even columns. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const [head = '', ...body] = rows.map((row) =>
    line(row.map((cell, at) => cell.padEnd(widths[at] ?? 0))),
  );
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(TARGET, operationsDocs());
