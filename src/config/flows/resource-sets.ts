import { z } from 'zod';
import type { Flow, ResourceSet } from '../../flows/types.ts';
import { collect } from '../yaml/collect.ts';
import type { ConfigError } from '../errors.ts';
import { list, text, word } from '../schema/fields.ts';
import { didYouMean, error } from './flow-error.ts';
import { besideConfig, readListFile } from './flow-lists.ts';
import { flowName } from './flow-schema.ts';
import type { FlowCatalogue } from './flows.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

const member = text('user:LOGIN, group:NAME or key:NAME', (value) =>
  /^(user|group|key):\S[^\p{Cc}]{0,254}$/u.test(value),
);
const EVERY_FLOW = '*';

const setSchema = (permissions: FlowCatalogue['permissions']) =>
  z.strictObject({
    name: text('a name of at most 128 characters', (value) =>
      /^[^\s\p{Cc}][^\p{Cc}]{0,127}$/u.test(value),
    ),
    flows: list(
      z.union([z.literal(EVERY_FLOW), flowName], { error: 'the name of a flow, or "*"' }),
      'a list of flows',
    ),
    members: list(member, 'a list of user:LOGIN, group:NAME or key:NAME'),
    permissions: list(
      word(Object.keys(permissions) as [string, ...string[]]),
      'a list of view, run',
    ).min(1, {
      error: 'at least one of view, run',
    }),
  });
type StatedSet = z.output<ReturnType<typeof setSchema>>;

const FILE = 'resource_sets.yaml';

/**
 * The sets of resource_sets.yaml beside arx.yaml; none if the file does not exist. Invalid sets are
 * skipped. Never throws.
 */
export function loadResourceSets(
  baseDir: string,
  { flows, catalogue }: { flows: readonly Flow[]; catalogue: FlowCatalogue },
): { sets: ResourceSet[]; problems: ConfigError[] } {
  const path = besideConfig(baseDir, FILE);
  if (path === null) return { sets: [], problems: [] };
  const item = setSchema(catalogue.permissions);
  const read = collect(() =>
    readListFile(
      { path, shown: FILE },
      { key: 'resource_sets', item, expected: 'a list of sets (- name: …)' },
    ),
  );
  if (!read.value) return { sets: [], problems: read.errors };
  const { rows, source } = read.value;
  const checked = rows.map((set, at) => ({
    set,
    errors: setErrors({ set, at, source, rows }, flows),
  }));
  return {
    sets: checked
      .filter(({ errors }) => errors.length === 0)
      .map(({ set }) => resourceSet(set, catalogue)),
    problems: checked.flatMap(({ errors }) => errors),
  };
}

const resourceSet = (
  { name, flows, members, permissions }: StatedSet,
  catalogue: FlowCatalogue,
): ResourceSet => ({
  name,
  flows: [...new Set(flows)],
  members: [...new Set(members)],
  permissions: (['view', 'run'] as const).filter((one) =>
    permissions.some((name) => catalogue.permissions[name] === one),
  ),
});

interface OneSet {
  set: StatedSet;
  at: number;
  source: YamlSource;
  rows: readonly StatedSet[];
}

function setErrors({ set, at, source, rows }: OneSet, flows: readonly Flow[]): ConfigError[] {
  const names = flows.map(({ name }) => name);
  const isDuplicate = rows.findIndex(({ name }) => name === set.name) < at;
  const unknown = set.flows.flatMap((flow, index) => {
    if (flow === EVERY_FLOW || names.includes(flow)) return [];
    const path = [at, 'flows', index];
    return [
      error(
        { source },
        path,
        'unknown_flow',
        `${path.join('.')}: unknown flow`,
        didYouMean(flow, names, 'Flows'),
      ),
    ];
  });
  if (!isDuplicate) return unknown;
  return [
    error(
      { source },
      [at, 'name'],
      'duplicate_set',
      `set ${set.name} already exists`,
      'Rename one of them.',
    ),
    ...unknown,
  ];
}
