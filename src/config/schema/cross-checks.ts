import { ConfigError } from '../errors.ts';
import { nearest } from '../yaml/nearest.ts';
import type { ArxConfig } from './schema.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/** What the checks need to know of the operations; CATALOGUE of `governance` implements it. */
export interface OperationCatalogue {
  matching(connector: string, glob: string): readonly string[];
  operations(connector: string): readonly string[];
}

interface Checked {
  config: ArxConfig;
  source: YamlSource;
  catalogue: OperationCatalogue;
}
type Path = readonly PropertyKey[];

/** Contradictions between keys that are each valid on their own. */
export const crossChecks = (checked: Checked): ConfigError[] => [
  ...scheduleErrors(checked),
  ...exemptionErrors(checked),
  ...operationErrors(checked),
  ...duplicateErrors(checked),
  ...ruleErrors(checked),
  ...deltaErrors(checked),
  ...templateErrors(checked),
  ...sinkErrors(checked),
];

/**
 * A delta scan reads the changed users from the System Log; without it every scan would be a full
 * one.
 */
function deltaErrors({ config, source, catalogue }: Checked): ConfigError[] {
  const { operations } = config.connectors.okta;
  if (
    config.scan.mode === 'full' ||
    operations.some((glob) => catalogue.matching('okta', glob).includes(LOGS))
  )
    return [];
  const listed: Path = ['connectors', 'okta', 'operations'];
  const path = source.has(listed) ? listed : ['scan', 'mode'];
  return [
    contradiction(
      source,
      path,
      `scan.mode is delta, but connectors.okta.operations does not list ${LOGS}`,
      ADD_LOGS,
    ),
  ];
}

/** A bulk ticket is about no single user, so its templates have nothing to insert. */
function templateErrors({ config: { tickets }, source }: Checked): ConfigError[] {
  if (tickets.mode !== 'bulk') return [];
  const inFields = (path: Path, fields: Readonly<Record<string, unknown>>): [Path, unknown][] =>
    Object.entries(fields).map(([id, value]) => [[...path, id], value]);
  const values: [Path, unknown][] = [
    ...inFields(['tickets', 'fields'], tickets.fields),
    ...(['close', 'reopen'] as const).flatMap((part): [Path, unknown][] => [
      ...inFields(['tickets', part, 'fields'], tickets[part].fields),
      [['tickets', part, 'comment'], tickets[part].comment],
    ]),
  ];
  return values
    .filter(([, value]) => [value].flat().some((one) => /\{\{/.test(String(one))))
    .map(([path]) =>
      contradiction(
        source,
        path,
        `${path.join('.')} inserts data of a user, but tickets.mode is bulk`,
        'Write the text without {{…}}, or use tickets.mode: per_user.',
      ),
    );
}

const LOGS = 'logs:read';
const ADD_LOGS = `Add ${LOGS} to connectors.okta.operations, or use scan.mode: full.`;

function scheduleErrors({ source }: Checked): ConfigError[] {
  const both =
    source.has(['schedule', 'cron']) &&
    (source.value as { schedule?: { calendar?: unknown } }).schedule?.calendar;
  return both
    ? [
        contradiction(
          source,
          ['schedule', 'calendar'],
          'schedule has both cron and calendar',
          'Remove one of them.',
        ),
      ]
    : [];
}

function exemptionErrors({ config, source }: Checked): ConfigError[] {
  return config.exemptions.flatMap(({ user, group }, at) => {
    const path = ['exemptions', at];
    if (user !== undefined && group !== undefined) {
      return [
        contradiction(
          source,
          path,
          `exemptions.${at} has both a user and a group`,
          'Write a separate entry for each.',
        ),
      ];
    }
    if (user !== undefined || group !== undefined) return [];
    return [
      contradiction(
        source,
        path,
        `exemptions.${at} has neither a user nor a group`,
        'Add user: or group:.',
      ),
    ];
  });
}

function operationErrors({ config, source, catalogue }: Checked): ConfigError[] {
  return Object.entries(config.connectors).flatMap(([connector, { operations }]) =>
    operations.flatMap((glob, at) => {
      if (catalogue.matching(connector, glob).length > 0) return [];
      const near = nearest(glob, catalogue.operations(connector));
      const path = ['connectors', connector, 'operations', at];
      const remedy = near
        ? `Did you mean ${near}?`
        : `Operations of ${connector}: ${catalogue.operations(connector).join(', ')}.`;
      return [
        new ConfigError(
          'unknown_operation',
          `${path.join('.')}: ${JSON.stringify(glob)} is no operation of ${connector}`,
          remedy,
          source.valuePlace(path),
        ),
      ];
    }),
  );
}

const LISTS: readonly Path[] = [
  ['allowed_factor_types'],
  ['scope', 'statuses'],
  ['scope', 'groups'],
  ['policies'],
  ['tickets', 'labels'],
];

function duplicateErrors({ source }: Checked): ConfigError[] {
  return LISTS.flatMap((path) => {
    const list = path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      source.value,
    );
    if (!Array.isArray(list)) return [];
    const at = list.findIndex((item, index) => list.indexOf(item) < index);
    return at < 0
      ? []
      : [
          contradiction(
            source,
            [...path, at],
            `${path.join('.')} lists the same value twice`,
            'Remove one of them.',
          ),
        ];
  });
}

function ruleErrors({ config, source }: Checked): ConfigError[] {
  const { conditions, rules } = config.enrichment.malice_rules;
  const path = ['enrichment', 'malice_rules'];
  return conditions && rules
    ? [
        contradiction(
          source,
          path,
          'malice_rules has both conditions and rules',
          'Remove one of them; they mean the same.',
        ),
      ]
    : [];
}

function sinkErrors({ config, source }: Checked): ConfigError[] {
  const { sink } = config.audit;
  if (sink === null || (sink.file === undefined) !== (sink.s3 === undefined)) return [];
  const path = ['audit', 'sink'];
  return [
    sink.file === undefined
      ? contradiction(
          source,
          path,
          'audit.sink has neither file nor s3',
          'Add file: or s3:, or set audit.sink to null.',
        )
      : contradiction(source, path, 'audit.sink has both file and s3', 'Remove one of them.'),
  ];
}

const contradiction = (source: YamlSource, path: Path, says: string, remedy: string): ConfigError =>
  new ConfigError('contradiction', says, remedy, source.keyPlace(path));
