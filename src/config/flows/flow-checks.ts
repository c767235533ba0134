/** Checks of flow files beyond their schema. */

import type { FlowCondition, FlowStep } from '../../flows/types.ts';
import type { ConfigError } from '../errors.ts';
import { didYouMean, error } from './flow-error.ts';
import { inputErrors, nameErrors } from './flow-names.ts';
import type { FlowCatalogue, SourcedFlow } from './flows.ts';

type Path = readonly PropertyKey[];

/** The errors of a flow that its schema does not catch, each with its place. */
export function flowErrors(one: SourcedFlow, catalogue: FlowCatalogue): ConfigError[] {
  return [
    ...kindErrors(one),
    ...inputErrors(one, catalogue),
    ...conditionErrors(one, one.flow.when, { path: ['when'], catalogue }),
    ...one.flow.steps.flatMap((step, at) =>
      stepErrors(one, step, { path: ['steps', at], catalogue }),
    ),
    ...(one.flow.undo ?? []).flatMap((step, at) =>
      stepErrors(one, step, { path: ['undo', at], catalogue }),
    ),
    ...duplicateErrors(one),
    ...verifyErrors(one, catalogue),
  ];
}

/**
 * The errors in the name of each flow, in order: an earlier flow has the same name, or one that
 * gives the same principal.
 */
export function duplicateFlows(
  flows: readonly SourcedFlow[],
  { flowSlug }: FlowCatalogue,
): ConfigError[][] {
  const seen = new Map<string, SourcedFlow>();
  return flows.map((one) => {
    const slug = flowSlug(one.flow.name);
    const earlier = seen.get(slug);
    seen.set(slug, earlier ?? one);
    if (slug === '')
      return [
        error(
          one,
          ['name'],
          'wrong_value',
          'name has neither a letter from a to z nor a digit',
          'Add one.',
        ),
      ];
    if (!earlier) return [];
    const { file, line } = earlier.flow.place;
    const message = `flow ${one.flow.name} is also defined at ${file}:${line} (both are flow:${slug})`;
    return [error(one, ['name'], 'duplicate_flow', message, 'Rename one of them.')];
  });
}

function kindErrors(one: SourcedFlow): ConfigError[] {
  const { kind, steps, enabled, undo, name } = one.flow;
  if (kind === 'acts') {
    if (steps.length > 0 || !enabled) return [];
    const message = `flow ${name} is enabled but has no steps`;
    return [error(one, ['enabled'], 'no_steps', message, 'Add steps:, or write enabled: false.')];
  }
  const [extra] = [steps.length > 0 ? 'steps' : null, undo !== null ? 'undo' : null].filter(
    (key) => key !== null,
  );
  if (extra === undefined) return [];
  return [
    error(
      one,
      [extra],
      'contradiction',
      `a flow of kind routes cannot have ${extra}`,
      `Remove ${extra} or kind.`,
    ),
  ];
}

interface At {
  path: Path;
  catalogue: FlowCatalogue;
}

function stepErrors(one: SourcedFlow, step: FlowStep, { path, catalogue }: At): ConfigError[] {
  const unknown = operationErrors(one, step, { path, catalogue });
  return [
    ...unknown,
    ...nameErrors(one, step, { path, catalogue }),
    ...conditionErrors(one, step.when, { path: [...path, 'when'], catalogue }),
    ...(unknown.length > 0 ? [] : targetErrors(one, step, { path, catalogue })),
  ];
}

function operationErrors(
  one: SourcedFlow,
  { operation }: FlowStep,
  { path, catalogue }: At,
): ConfigError[] {
  const [connector = '', ...rest] = operation.split(':');
  const named = rest.join(':');
  const where = [...path, 'operation'];
  if (!catalogue.connectors.includes(connector)) {
    const remedy = didYouMean(connector, catalogue.connectors, 'Connectors');
    return [
      error(
        one,
        where,
        'unknown_connector',
        `${where.join('.')}: unknown connector ${JSON.stringify(connector)}`,
        remedy,
      ),
    ];
  }
  const known = catalogue.operations(connector);
  if (known.includes(named)) return [];
  const remedy = didYouMean(named, known, `Operations of ${connector}`);
  return [
    error(
      one,
      where,
      'unknown_operation',
      `${where.join('.')}: ${JSON.stringify(named)} is no operation of ${connector}`,
      remedy,
    ),
  ];
}

/** Parameters that name an account. */
const ACCOUNT_PARAMS = ['userId', 'user'] as const;

/**
 * A step may change only the account of the issue: the checks that protect the caller's own
 * account, protected accounts and the last super administrator apply to that account, and its id is
 * meaningless in another product.
 */
function targetErrors(one: SourcedFlow, step: FlowStep, { path, catalogue }: At): ConfigError[] {
  const [connector = ''] = step.operation.split(':');
  if (!Object.values(catalogue.connectorOf).includes(connector)) return [];
  const { inputs, product } = one.flow;
  const accounts = Object.keys(inputs).filter((name) => inputs[name]?.from === catalogue.account);
  const accountKeys = ACCOUNT_PARAMS.filter((key) => Object.hasOwn(step.params, key));
  const foreign = accountKeys
    .filter((key) => !accounts.some((name) => step.params[key] === `$${name}`))
    .map((key) => {
      const where = [...path, 'params', key];
      const remedy = `Write $account, and under inputs account: { from: ${catalogue.account} }.`;
      return error(
        one,
        where,
        'not_the_account',
        `${where.join('.')}: not the account of the issue`,
        remedy,
      );
    });
  const fits = product !== null && catalogue.connectorOf[product] === connector;
  if (foreign.length > 0 || accountKeys.length === 0 || fits) return foreign;
  const products = Object.keys(catalogue.connectorOf).filter(
    (name) => catalogue.connectorOf[name] === connector,
  );
  const message = `${path.join('.')}: ${connector} cannot change an account of ${product ?? 'any product'}`;
  return [
    error(
      one,
      [...path, 'operation'],
      'wrong_connector',
      message,
      `Write product: ${products.join(', ')}, or use another operation.`,
    ),
  ];
}

function conditionErrors(
  one: SourcedFlow,
  conditions: readonly FlowCondition[],
  { path, catalogue }: At,
): ConfigError[] {
  const known = [...Object.keys(one.flow.inputs), ...catalogue.texts];
  return conditions.flatMap(({ input }, index) => {
    if (known.includes(input)) return [];
    const where = [...path, index, 'input'];
    const message = `${where.join('.')}: neither an input of the flow nor a field of an issue`;
    return [error(one, where, 'unknown_input', message, didYouMean(input, known, 'Known'))];
  });
}

function duplicateErrors(one: SourcedFlow): ConfigError[] {
  const ids = one.flow.steps.map(({ id }) => id);
  const verified = one.flow.verify.map(({ step }) => step);
  return [
    ...repeatIndexes(ids).map((index) => duplicate(one, ['steps', index, 'id'], 'duplicate_step')),
    ...repeatIndexes(verified).map((index) =>
      duplicate(one, ['verify', index, 'step'], 'duplicate_step'),
    ),
  ];
}

const repeatIndexes = (names: readonly string[]): number[] =>
  names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
const duplicate = (one: SourcedFlow, path: Path, code: string): ConfigError =>
  error(
    one,
    path,
    code,
    `${path.join('.')}: this name is already used`,
    'Remove one of them, or rename it.',
  );

function verifyErrors(one: SourcedFlow, catalogue: FlowCatalogue): ConfigError[] {
  const { steps, verify } = one.flow;
  return verify.flatMap(({ step: id }, index) => {
    const where = ['verify', index, 'step'];
    const step = steps.find((candidate) => candidate.id === id);
    if (!step) {
      const remedy = didYouMean(
        id,
        steps.map((candidate) => candidate.id),
        'Steps',
      );
      return [
        error(
          one,
          where,
          'unknown_step',
          `${where.join('.')}: unknown step ${JSON.stringify(id)}`,
          remedy,
        ),
      ];
    }
    if (catalogue.canVerify(step.operation)) return [];
    const message = `${where.join('.')}: the effect of ${step.operation} cannot be verified`;
    return [error(one, where, 'not_verifiable', message, 'Remove it from verify.')];
  });
}
