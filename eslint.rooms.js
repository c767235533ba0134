/**
 * The rooms, and who may import values from whom: docs/design.md as a rule. Types are free. A room
 * is a folder of src/ or a file right in it, or `emulators`; `a/b` opens the one module, `*` stands
 * for one folder.
 */
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';

const PURE = ['mfa', 'governance', 'audit', 'twin', 'enrichment', 'flows'];
const PURE_PACKAGES = ['@noble/curves', '@noble/hashes', 'canonicalize'];
const VENDOR_PACKAGES = ['@okta/okta-sdk-nodejs', 'jira.js', '@slack/web-api', 'nodemailer'];
// How a run lists and counts: an estimate goes by the same rules.
const ESTIMATED_BY = [
  'mfa/estimate',
  'mfa/identity',
  'mfa/scan-plan',
  'mfa/scan-text',
  'connectors/okta/scope',
  'connectors/pages',
  'connectors/rate-limit/buckets',
  'connectors/rate-limit/usable',
];
// How a stored twin is read: what is listed, and its profile, follow from it by the same rules as
// in a sync.
const TWIN_LISTED_BY = ['types', 'context', 'tally', 'gaps', 'facts'].map((name) => `twin/${name}`);
const TWIN_SHOWN_BY = [
  'types',
  'tally',
  'privileged',
  'profile',
  'markdown',
  'profile-markdown',
].map((name) => `twin/${name}`);
// What flows are called, how events are named and where they lead: the files are checked by it, and
// suggestions made.
const FLOWS_READ_BY = [
  'catalogue',
  'names',
  'outcome',
  'permissions',
  'products',
  'routing',
  'suggest',
  'tenants',
  'comparable',
].map((name) => `flows/${name}`);
// What people should do about a refusal of a vendor.
const REFUSALS_EXPLAINED_BY = ['mfa/refusal-words'];
// How a run fills in tickets: the doctor tries the same.
const TICKETS_FILLED_BY = [
  'mfa/screen-fields',
  'mfa/ticket-form',
  'mfa/transitions',
  'connectors/jira/screens',
];
// One rounding and one wording on every surface.
const COVERAGE_SHOWN_BY = ['mfa/coverage', 'mfa/short-names'];
// The words that requests may name.
const ASKED_BY = ['mfa/types', 'mfa/strength', 'twin/types'];
const SERVED_BY = ['config', 'store', 'governance'];

/**
 * imports: rooms open to it; lazily: those open to `await import()` only; packages: absent for any
 * but the vendors'.
 */
export const ROOMS = {
  mfa: {
    holds: 'the rules of the main job: factors, verdicts, exemptions, ticket and message texts',
    imports: [],
    packages: PURE_PACKAGES,
    builtins: false,
  },
  governance: {
    holds: 'the catalogue of operations, the policy evaluator, approvals as a state machine',
    imports: [],
    packages: PURE_PACKAGES,
    builtins: false,
  },
  audit: {
    holds: 'entries of the audit trail, the hash chain, proofs, checkpoints, OCSF export',
    imports: [],
    packages: PURE_PACKAGES,
    builtins: false,
  },
  twin: {
    holds:
      'what follows from a synced organisation: MFA, privileges, gaps, facts, drift, profile, security events',
    imports: ['mfa'],
    packages: PURE_PACKAGES,
    builtins: false,
  },
  enrichment: {
    holds: 'names of accounts, matching, extraction, rules for verdicts',
    imports: ['mfa', 'governance'],
    packages: PURE_PACKAGES,
    builtins: false,
  },
  flows: {
    holds: 'delegated flows: issues, routing, conditions, permissions, plans, undo',
    imports: ['governance'],
    packages: PURE_PACKAGES,
    builtins: false,
  },
  workflows: {
    holds: 'the deterministic stories, and the names that callers use (`messages`)',
    imports: ['mfa'],
    packages: [...PURE_PACKAGES, '@temporalio/workflow', '@temporalio/common'],
    builtins: false,
  },
  activities: {
    holds: 'the steps of the workflows, a folder per feature',
    imports: [...PURE.filter((room) => room !== 'enrichment'), 'connectors', 'store'],
  },
  connectors: {
    holds: 'the governed pipeline, the transport, the rate governor, and a folder per vendor',
    imports: ['governance', 'audit'],
    vendors: true,
  },
  store: {
    holds:
      'one PostgreSQL database: migrations, journal, a repository per subject, backup, retention; the sink of the trail',
    imports: ['audit', 'config/folder'],
  },
  config: {
    holds: 'arx.yaml, policies, flows, rules, environment; the only room that reads `process.env`',
    imports: [],
    packages: ['zod', 'yaml'],
  },
  client: { holds: 'typed calls to Temporal, and nothing else', imports: ['workflows/messages'] },
  services: {
    holds: 'what the command line, server and worker share, over store, client and rules',
    imports: [
      ...[...SERVED_BY, 'workflows/messages', 'audit', 'client', 'enrichment', 'flows'],
      'mfa/strength',
      ...TWIN_LISTED_BY,
      'connectors/pages',
    ],
    // Loaded late: most commands call no vendor.
    lazily: ['connectors/create'],
  },
  server: {
    holds: 'the HTTP API, Slack buttons, health and metrics',
    imports: [...SERVED_BY, 'services', 'client', 'parent', ...ASKED_BY],
  },
  cli: {
    holds: 'the `arx` command, a folder per verb',
    imports: [
      ...SERVED_BY,
      ...['workflows/messages', 'audit', 'services', 'client', 'parent'],
      ...ESTIMATED_BY,
      ...REFUSALS_EXPLAINED_BY,
      ...TICKETS_FILLED_BY,
      ...COVERAGE_SHOWN_BY,
      ...TWIN_SHOWN_BY,
      ...FLOWS_READ_BY,
    ],
    lazily: ['local', 'emulators'],
  },
  local: {
    holds: 'the embedded stack: Temporal, store and worker on this machine',
    imports: ['config'],
  },
  worker: {
    holds: 'the composition of the worker process',
    imports: [
      ...['governance', 'audit', 'config', 'store', 'connectors', 'activities'],
      ...['services', 'client', 'parent', 'workflows/messages'],
    ],
  },
  parent: {
    holds: 'one function: a process ends with the process that started it',
    imports: [],
    packages: [],
  },
  emulators: {
    holds:
      'Okta, Jira, Slack, Entra ID, Google Workspace, Salesforce and an S3 store as HTTP servers with state',
    imports: ['parent'],
  },
};

/** The rooms as a table of Markdown, for docs/design.md. */
export function roomTable() {
  const code = (names) => names.map((name) => `\`${name}\``).join(', ');
  const rows = Object.entries(ROOMS).map(([room, { holds, imports, lazily = [] }]) => {
    const open = [
      ...(imports.length > 0 ? [code(imports)] : []),
      ...(lazily.length > 0 ? [`by \`await import()\` ${code(lazily)}`] : []),
    ];
    return `| \`${room}\` | ${holds} | ${open.join('; ') || 'none'} |`;
  });
  return ['| room | holds | may import values from |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Rooms that a workflow may replay: neither clock nor chance nor anything outside. */
export const PURE_ROOMS = PURE;

const builtins = new Set(builtinModules);
const isPackage = (specifier, names) =>
  names.some((name) => specifier === name || specifier.startsWith(`${name}/`));

/**
 * The room of a file and its module path there: connectors, connectors/okta/client; null outside of
 * all rooms.
 */
export function placeOf(file, root) {
  const path = relative(root, file).split(sep).join('/').replace(/\.ts$/, '');
  const module = path.startsWith('src/') ? path.slice('src/'.length) : path;
  return module === path && !path.startsWith('emulators/')
    ? null
    : { room: module.split('/')[0], module };
}

export function opens(entry, { room, module }) {
  if (!entry.includes('/')) return entry === room;
  return new RegExp(`^${entry.replaceAll('*', '[^/]+')}$`).test(module);
}

function refusal(from, rules, { specifier, file, root, lazy }) {
  if (specifier.startsWith('.')) {
    const target = placeOf(join(dirname(file), specifier), root);
    if (target === null)
      return specifier.endsWith('.json')
        ? null
        : `the product imports nothing from outside: ${specifier}`;
    const open = [from, ...rules.imports, ...(lazy ? (rules.lazily ?? []) : [])];
    if (open.some((entry) => opens(entry, target))) return null;
    const later = (rules.lazily ?? []).includes(target.room) ? ' but by await import()' : '';
    return `${from} may not import values from ${target.module}${later}`;
  }
  if (specifier.startsWith('node:') || builtins.has(specifier)) {
    return rules.builtins === false ? `${from} is pure: no ${specifier}` : null;
  }
  if (rules.packages !== undefined)
    return isPackage(specifier, rules.packages) ? null : `${from} may not use ${specifier}`;
  return isPackage(specifier, VENDOR_PACKAGES) && !rules.vendors
    ? `only connectors use ${specifier}`
    : null;
}

const onlyTypes = (node, kind) =>
  node[kind] === 'type' ||
  (node.specifiers?.length > 0 && node.specifiers.every((specifier) => specifier[kind] === 'type'));

/** ESLint rule `rooms/arrows`. */
export const arrows = {
  meta: { type: 'problem', schema: [], messages: { refused: '{{why}}' } },
  create(context) {
    const root = context.cwd;
    const own = placeOf(context.filename, root);
    if (own === null) return {};
    const rules = ROOMS[own.room];
    const check = (node, lazy) => {
      if (node.source?.type !== 'Literal') return;
      const specifier = node.source.value;
      const why = rules
        ? refusal(own.room, rules, { specifier, file: context.filename, root, lazy })
        : `eslint.rooms.js does not know the room ${own.room}`;
      if (why !== null) context.report({ node: node.source, messageId: 'refused', data: { why } });
    };
    return {
      ImportDeclaration: (node) => onlyTypes(node, 'importKind') || check(node, false),
      ExportNamedDeclaration: (node) => onlyTypes(node, 'exportKind') || check(node, false),
      ExportAllDeclaration: (node) => onlyTypes(node, 'exportKind') || check(node, false),
      ImportExpression: (node) => check(node, true),
    };
  },
};
