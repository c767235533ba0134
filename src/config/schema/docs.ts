import { configJsonSchema } from './json-schema.ts';
import { VARIABLES } from '../env/variables.ts';
import type { Variable } from '../env/variables.ts';

/** The part of a JSON Schema that the page reads. */
interface Node {
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: readonly unknown[];
  type?: string | readonly string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  anyOf?: readonly Node[];
  items?: Node;
  properties?: Readonly<Record<string, Node>>;
  additionalProperties?: boolean | Node;
}

const VENDORS = {
  okta: 'Okta',
  jira: 'Jira',
  slack: 'Slack',
  entra: 'Entra ID',
  google: 'Google Workspace',
  salesforce: 'Salesforce',
  email: 'Mail',
  arx: 'arx itself',
  server: 'The HTTP server',
  cli: 'The person at the command line',
  temporal: 'Temporal',
  vault: 'HashiCorp Vault',
} as const satisfies Record<Variable['usedBy'], string>;

/**
 * docs/configuration.md from the schema of arx.yaml and the table of variables: `node
 * src/config/schema/docs.ts > docs/configuration.md`.
 */
export function configurationDocs(): string {
  const keys = Object.entries((configJsonSchema() as Node).properties ?? {});
  return [
    '# Configuration',
    'Made by `node src/config/schema/docs.ts` from the schema of arx.yaml and the table of variables; do not edit.',
    '## arx.yaml',
    'Found by `--config`, else `ARX_CONFIG`, else `./arx.yaml`; where there is none, the defaults below apply. A key that is ' +
      'not listed here is an error, and every error names file, line, column, the path of the key and what was expected. ' +
      'A file is at most 64 KB. Durations are a whole number and one of s, m, h, d. `arx.schema.json` is the same for ' +
      'editors; `arx config check` reads a file as a run would.',
    ...keys.flatMap(([key, node]) => section(key, node)),
    '## Environment',
    'The environment wins over `.env` in the working directory; a name that it sets to nothing hides the one in the file. ' +
      'Any `NAME` may be given as `NAME_FILE` instead, which names a file that holds the value; both at once are an error. ' +
      "Values of variables marked _secret_ are never printed. Temporal's names are read by its own library, which also " +
      'reads `temporal.toml`.',
    ...Object.entries(VENDORS).flatMap(([vendor, title]) => [`### ${title}`, variables(vendor)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(key: string, node: Node): string[] {
  const leaves = leavesOf(key, node);
  const alone = leaves.length === 1 && leaves[0]?.path === key;
  return [
    `### ${key}`,
    ...(node.description && !alone ? [`${node.description}.`] : []),
    list(leaves.map(lineOf)),
  ];
}

interface Leaf {
  path: string;
  node: Node;
}

/**
 * Every key below a node that holds a value; `[]` stands for the entries of a list, `*` for any
 * key.
 */
function leavesOf(path: string, node: Node): Leaf[] {
  if (node.properties)
    return Object.entries(node.properties).flatMap(([key, value]) =>
      leavesOf(`${path}.${key}`, { default: defaultFor(node.default, key), ...value }),
    );
  const entries = [node, ...(node.anyOf ?? [])].find(({ items }) => items?.properties)?.items;
  if (!entries) return [{ path, node }];
  return [{ path, node }, ...leavesOf(`${path}[]`, entries)];
}

// What a group of keys has by default says what each of them has.
const defaultFor = (value: unknown, key: string): unknown =>
  (value as Readonly<Record<string, unknown>> | undefined)?.[key];

function lineOf({ path, node }: Leaf): string {
  const standard = node.default !== undefined ? `; default ${code(node.default)}` : '';
  return `\`${path}\` (${formOf(node)}${standard}): ${node.description ?? 'see above'}`;
}

function formOf(node: Node): string {
  if (node.anyOf) return [...new Set(node.anyOf.map(formOf))].join(' or ');
  if (node.const !== undefined) return code(node.const);
  if (node.enum)
    return node.enum.length > 1 ? `one of ${node.enum.map(code).join(', ')}` : code(node.enum[0]);
  if (node.items) return `list of ${entriesOf(node.items)}`;
  if (node.pattern) return 'duration';
  if (typeof node.additionalProperties === 'object')
    return `map of names to ${formOf(node.additionalProperties)}`;
  return (typeof node.type === 'string' ? [node.type] : (node.type ?? ['any']))
    .map((type) => typeName(type, node))
    .join(' or ');
}

const entriesOf = (items: Node): string =>
  items.properties ? 'entries' : items.enum ? items.enum.map(code).join(', ') : formOf(items);

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  null: '`null`',
};

function typeName(type: string, { minimum, maximum }: Node): string {
  if (type !== 'integer' && type !== 'number') return NAMES[type] ?? type;
  const kind = type === 'integer' ? 'whole number' : 'number';
  return minimum === undefined || maximum === undefined
    ? kind
    : `${kind} from ${minimum} to ${maximum}`;
}

function variables(vendor: string): string {
  return list(
    VARIABLES.filter(({ usedBy }) => usedBy === vendor).map(
      ({ name, does, secret, default: usual, example }) => {
        const hint =
          usual === undefined ? example && `such as \`${example}\`` : `default \`${usual}\``;
        const notes = [secret ? '_secret_' : '', hint ?? ''].filter(Boolean).join('; ');
        return `\`${name}\`${notes === '' ? '' : ` (${notes})`}: ${does}`;
      },
    ),
  );
}

const code = (value: unknown): string =>
  `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

if (import.meta.main) process.stdout.write(configurationDocs());
