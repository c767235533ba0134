import { z } from 'zod';
import type { Flow, Route } from '../../flows/types.ts';
import { collect } from '../yaml/collect.ts';
import type { ConfigError } from '../errors.ts';
import { list, text, word } from '../schema/fields.ts';
import { didYouMean, error } from './flow-error.ts';
import { besideConfig, readListFile } from './flow-lists.ts';
import { FLOW_PRODUCTS, flowName, scalar } from './flow-schema.ts';
import { flowBase } from './flows.ts';
import type { FlowCatalogue } from './flows.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

const row = z.strictObject({
  product: word(FLOW_PRODUCTS),
  titles: list(text('the title of an issue'), 'a list of titles').min(1, {
    error: 'at least one title',
  }),
  flow: flowName,
  inputs: z.record(z.string(), scalar, { error: 'a mapping of inputs to values' }).prefault({}),
});

const FILE = 'routing.yaml';

/**
 * The routing table: routing.yaml beside arx.yaml. If there is none, the table shipped with arx
 * applies, without rows for flows that do not exist. Invalid rows are skipped. Never throws.
 */
export function loadRoutes(
  baseDir: string,
  { flows, catalogue }: { flows: readonly Flow[]; catalogue: FlowCatalogue },
): { routes: Route[]; problems: ConfigError[] } {
  const own = besideConfig(baseDir, FILE);
  const path = own ?? besideConfig(SHIPPED, FILE);
  if (path === null) return { routes: [], problems: [] };
  const { value, errors } = collect(() =>
    readListFile(
      { path, shown: FILE },
      { key: 'routing', item: row, expected: 'a list of routes (- product: …)' },
    ),
  );
  if (!value) return { routes: [], problems: errors };
  const checked = value.rows.map((route, at) => ({
    route,
    errors: rowErrors({ route, at, source: value.source }, { flows, catalogue }),
  }));
  const problems = [
    ...checked.flatMap(({ errors: found }) => found),
    ...duplicateTitles(value, catalogue),
  ];
  return {
    routes: checked.filter(({ errors: found }) => found.length === 0).map(({ route }) => route),
    problems: own === null ? [] : problems,
  };
}

// For a folder without flows/, `flowBase` returns the directory of the shipped files.
const SHIPPED = flowBase('/nowhere/at/all');

interface Row {
  route: z.output<typeof row>;
  at: number;
  source: YamlSource;
}

function rowErrors(
  { route, at, source }: Row,
  known: { flows: readonly Flow[]; catalogue: FlowCatalogue },
): ConfigError[] {
  const flow = known.flows.find(({ name }) => name === route.flow);
  if (!flow) {
    const remedy = didYouMean(
      route.flow,
      known.flows.map(({ name }) => name),
      'Flows',
    );
    return [error({ source }, [at, 'flow'], 'unknown_flow', `${at}.flow: unknown flow`, remedy)];
  }
  if (flow.kind === 'routes')
    return [
      error(
        { source },
        [at, 'flow'],
        'routes_to_router',
        `${at}.flow: a flow of kind routes has no steps`,
        'Name a flow with steps.',
      ),
    ];
  if (flow.product !== null && flow.product !== route.product)
    return [
      error(
        { source },
        [at, 'flow'],
        'wrong_product',
        `${at}.flow: this flow is for ${flow.product}`,
        'Name a flow for the product of this row.',
      ),
    ];
  return Object.entries(route.inputs).flatMap(([name, value]) =>
    inputErrors({ route, at, source }, { flow, name, value, catalogue: known.catalogue }),
  );
}

function inputErrors(
  { at, source }: Row,
  {
    flow,
    name,
    value,
    catalogue,
  }: { flow: Flow; name: string; value: unknown; catalogue: FlowCatalogue },
): ConfigError[] {
  const path = [at, 'inputs', name];
  const shown = path.join('.');
  const input = Object.hasOwn(flow.inputs, name) ? flow.inputs[name] : undefined;
  if (!input) {
    const remedy = didYouMean(name, Object.keys(flow.inputs), 'Inputs');
    return [
      error({ source }, path, 'unknown_input', `${shown}: unknown input of ${flow.name}`, remedy),
    ];
  }
  if (input.from === catalogue.account)
    return [
      error(
        { source },
        path,
        'contradiction',
        `${shown}: the account comes from the issue`,
        'Remove it.',
      ),
    ];
  if (catalogue.readInput(input.type, value) !== null) return [];
  const expected = catalogue.describeInput(input.type);
  return [
    error({ source }, path, 'wrong_value', `${shown}: expected ${expected}`, `Write ${expected}.`),
  ];
}

/** Titles that a product has twice; only the first would apply. */
function duplicateTitles(
  { rows, source }: { rows: readonly z.output<typeof row>[]; source: YamlSource },
  { comparable }: FlowCatalogue,
): ConfigError[] {
  const seen = new Set<string>();
  return rows.flatMap(({ product, titles }, at) =>
    titles.flatMap((title, index) => {
      const key = `${product}\n${comparable(title)}`;
      if (!seen.has(key)) {
        seen.add(key);
        return [];
      }
      const path = [at, 'titles', index];
      return [
        error(
          { source },
          path,
          'duplicate_title',
          `${path.join('.')}: ${product} already has this title`,
          'Remove one of them.',
        ),
      ];
    }),
  );
}
