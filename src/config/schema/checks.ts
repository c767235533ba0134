import { ConfigError } from '../errors.ts';
import { nearest } from '../yaml/nearest.ts';
import type { ArxConfig } from './schema.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/** What the configuration must know of the operations; the governance room's CATALOGUE fits. */
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

/** Everything that contradicts itself although each key is right on its own. */
export const crossChecks = (checked: Checked): ConfigError[] => [
  ...scheduleErrors(checked),
  ...exemptionErrors(checked),
  ...operationErrors(checked),
  ...duplicateErrors(checked),
  ...ruleErrors(checked),
  ...deltaErrors(checked),
];

/** A delta scan asks the System Log who changed; without that it would be a full one each time. */
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
      `scan.mode is delta, and connectors.okta.operations lacks ${LOGS}`,
      ADD_LOGS,
    ),
  ];
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
          'Keep one of the two.',
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
          `exemptions.${at} names both a user and a group`,
          'Write one entry for each.',
        ),
      ];
    }
    if (user !== undefined || group !== undefined) return [];
    return [
      contradiction(
        source,
        path,
        `exemptions.${at} names neither a user nor a group`,
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
          `${path.join('.')}: ${connector} has no such operation`,
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
            `${path.join('.')} names the same twice`,
            'Take one of them out.',
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
          'Keep one of the two: they mean the same.',
        ),
      ]
    : [];
}

const contradiction = (source: YamlSource, path: Path, says: string, remedy: string): ConfigError =>
  new ConfigError('contradiction', says, remedy, source.keyPlace(path));
