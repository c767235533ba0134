import type { JsonObject } from '../../audit/types.ts';
import type { Flow, FlowCondition, FlowInput, FlowInputType, FlowStep } from '../../flows/types.ts';
import { collect } from '../yaml/collect.ts';
import { durationMs } from '../yaml/durations.ts';
import type { ConfigError } from '../errors.ts';
import { checkSource } from '../yaml/check-source.ts';
import { findFiles } from '../yaml/files.ts';
import type { FoundFile } from '../yaml/files.ts';
import { duplicateFlows, flowErrors } from './flow-checks.ts';
import { flowFileSchema } from './flow-schema.ts';
import type { StatedFlow } from './flow-schema.ts';
import { configDigest, firstOf, readConfigFile } from '../yaml/load.ts';
import { baseOf } from '../yaml/shipped.ts';
import { parseYaml } from '../yaml/yaml-source.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/**
 * What the checks need to know of operations, inputs and texts; FLOW_CATALOGUE of `flows`
 * implements it.
 */
export interface FlowCatalogue {
  connectors: readonly string[];
  operations(connector: string): readonly string[];
  connectorOf: Readonly<Record<string, string>>;
  /** The `from` value that means the account itself, and the names of an issue's fields. */
  account: string;
  texts: readonly string[];
  permissions: Readonly<Record<string, 'view' | 'run'>>;
  canVerify(operation: string): boolean;
  comparable(text: string): string;
  flowSlug(name: string): string;
  namesIn(params: JsonObject): { name: string; whole: boolean; path: readonly PropertyKey[] }[];
  readInput(type: FlowInputType, value: unknown): string | number | boolean | null;
  describeInput(type: FlowInputType): string;
}

const PATTERNS = ['flows/*.yaml'] as const;

/**
 * The directory that contains flows/: that of arx.yaml, or that of the flows shipped with arx if
 * there is none.
 */
export const flowBase = (baseDir: string): string => baseOf('flows', PATTERNS, baseDir);

/**
 * The valid flows of flows/*.yaml beside arx.yaml (or those shipped with arx), and the problems of
 * the others. Never throws.
 */
export function loadFlows(
  baseDir: string,
  catalogue: FlowCatalogue,
): { flows: Flow[]; problems: ConfigError[] } {
  const read = findFiles(PATTERNS, flowBase(baseDir)).map((file) =>
    collect(() => readFlowFile(file)),
  );
  const sourced = read.flatMap(({ value }) => value ?? []);
  const duplicates = duplicateFlows(sourced, catalogue);
  const checked = sourced.map((one, at) => ({
    one,
    errors: [...flowErrors(one, catalogue), ...(duplicates[at] ?? [])],
  }));
  return {
    flows: checked.filter(({ errors }) => errors.length === 0).map(({ one }) => one.flow),
    problems: [...read.flatMap(({ errors }) => errors), ...checked.flatMap(({ errors }) => errors)],
  };
}

/** A flow with its source, for errors that give a place in it. */
export interface SourcedFlow {
  flow: Flow;
  stated: StatedFlow;
  source: YamlSource;
}

function readFlowFile(file: FoundFile): SourcedFlow {
  const source = parseYaml(readConfigFile(file.path, file.shown), file.shown);
  const checked = checkSource(flowFileSchema, source);
  if (!checked.ok) throw firstOf(checked.errors);
  return { flow: flowOf(checked.value, source), stated: checked.value, source };
}

function flowOf(stated: StatedFlow, source: YamlSource): Flow {
  const { enabled: _enabled, ...rest } = source.value as Record<string, unknown>;
  const undo = stated.undo === undefined || stated.undo === 'none' ? null : stated.undo;
  return {
    name: stated.name,
    version: configDigest(rest).slice(0, 12),
    enabled: stated.enabled,
    description: stated.description ?? null,
    product: stated.product ?? null,
    kind: stated.kind,
    inputs: Object.fromEntries(
      Object.entries(stated.inputs).map(([name, input]) => [name, inputOf(input)]),
    ),
    when: stated.when.map(conditionOf),
    steps: stated.steps.map((step, at) => stepOf(step, { source, path: ['steps', at] })),
    verify: stated.verify.map(({ step, within }) => ({ step, withinMs: durationMs(within) })),
    undo:
      undo &&
      undo.map((step, at) =>
        stepOf({ id: `undo-${at + 1}`, ...step }, { source, path: ['undo', at] }),
      ),
    place: placeOf(source, ['name']),
  };
}

function inputOf(stated: StatedFlow['inputs'][string]): FlowInput {
  const { from, default: usual } = stated;
  return {
    type: stated.type ?? (from === 'account' ? 'id' : 'text'),
    ...(from !== undefined && { from }),
    required: stated.required ?? usual === undefined,
    ...(usual !== undefined && { default: usual }),
    description: stated.description ?? null,
  };
}

const conditionOf = ({ input, is, value }: StatedFlow['when'][number]): FlowCondition => ({
  input,
  is,
  ...(value !== undefined && { value: Array.isArray(value) ? value.map(String) : value }),
});

function stepOf(
  stated: Pick<StatedFlow['steps'][number], 'id' | 'operation' | 'params' | 'when'>,
  { source, path }: { source: YamlSource; path: readonly PropertyKey[] },
): FlowStep {
  return {
    id: stated.id,
    operation: stated.operation,
    params: (stated.params ?? {}) as JsonObject,
    when: (stated.when ?? []).map(conditionOf),
    place: placeOf(source, path),
  };
}

function placeOf(source: YamlSource, path: readonly PropertyKey[]): Flow['place'] {
  const { file = '', line = 1, column = 1 } = source.keyPlace(path);
  return { file, line, column };
}
