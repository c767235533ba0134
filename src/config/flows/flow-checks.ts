import type { FlowCondition, FlowStep } from '../../flows/types.ts';
import type { ConfigError } from '../errors.ts';
import { didYouMean, error } from './flow-error.ts';
import { inputErrors, nameErrors } from './flow-names.ts';
import type { FlowCatalogue, SourcedFlow } from './flows.ts';

type Path = readonly PropertyKey[];

/** What is wrong with a flow that the schema of its file lets pass, each with its place. */
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
    ...twiceErrors(one),
    ...verifyErrors(one, catalogue),
  ];
}

/**
 * For each flow in its turn, what is wrong with its name: the one of an earlier flow, or one that
 * makes the same principal.
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
          'name has no letter of a to z and no digit',
          'Add one.',
        ),
      ];
    if (!earlier) return [];
    const { file, line } = earlier.flow.place;
    const says = `flow ${one.flow.name} exists already, at ${file}:${line} (both are flow:${slug})`;
    return [error(one, ['name'], 'duplicate_flow', says, 'Give one of the two another name.')];
  });
}

function kindErrors(one: SourcedFlow): ConfigError[] {
  const { kind, steps, enabled, undo, name } = one.flow;
  if (kind === 'acts') {
    if (steps.length > 0 || !enabled) return [];
    const says = `flow ${name} is enabled and has no steps`;
    return [error(one, ['enabled'], 'no_steps', says, 'Add steps:, or write enabled: false.')];
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
      `a flow of kind routes has no ${extra}`,
      `Take ${extra} out, or the kind.`,
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
        `${where.join('.')}: there is no such connector`,
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
      `${where.join('.')}: ${connector} has no such operation`,
      remedy,
    ),
  ];
}

/** Parameters that say whose account is meant. */
const WHOSE = ['userId', 'user'] as const;

/**
 * An account can be changed only as the account of the issue: what keeps the caller's own,
 * protected ones and the last super administrator from being touched looks at that one, and its id
 * means nothing to another product.
 */
function targetErrors(one: SourcedFlow, step: FlowStep, { path, catalogue }: At): ConfigError[] {
  const [connector = ''] = step.operation.split(':');
  if (!Object.values(catalogue.connectorOf).includes(connector)) return [];
  const { inputs, product } = one.flow;
  const accounts = Object.keys(inputs).filter((name) => inputs[name]?.from === catalogue.account);
  const whose = WHOSE.filter((key) => Object.hasOwn(step.params, key));
  const strange = whose
    .filter((key) => !accounts.some((name) => step.params[key] === `$${name}`))
    .map((key) => {
      const where = [...path, 'params', key];
      const remedy = `Write $account, and account: { from: ${catalogue.account} } under inputs.`;
      return error(
        one,
        where,
        'not_the_account',
        `${where.join('.')}: not the account of the issue`,
        remedy,
      );
    });
  const fits = product !== null && catalogue.connectorOf[product] === connector;
  if (strange.length > 0 || whose.length === 0 || fits) return strange;
  const products = Object.keys(catalogue.connectorOf).filter(
    (name) => catalogue.connectorOf[name] === connector,
  );
  const says = `${path.join('.')}: ${connector} cannot change an account of ${product ?? 'any product'}`;
  return [
    error(
      one,
      [...path, 'operation'],
      'wrong_connector',
      says,
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
    const says = `${where.join('.')}: the flow has no such input, nor an issue such a field`;
    return [error(one, where, 'unknown_input', says, didYouMean(input, known, 'Known'))];
  });
}

function twiceErrors(one: SourcedFlow): ConfigError[] {
  const ids = one.flow.steps.map(({ id }) => id);
  const verified = one.flow.verify.map(({ step }) => step);
  return [
    ...repeatIndexes(ids).map((index) => twice(one, ['steps', index, 'id'], 'duplicate_step')),
    ...repeatIndexes(verified).map((index) =>
      twice(one, ['verify', index, 'step'], 'duplicate_step'),
    ),
  ];
}

const repeatIndexes = (names: readonly string[]): number[] =>
  names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
const twice = (one: SourcedFlow, path: Path, code: string): ConfigError =>
  error(
    one,
    path,
    code,
    `${path.join('.')}: named before`,
    'Keep one of the two, or give it another name.',
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
        error(one, where, 'unknown_step', `${where.join('.')}: there is no such step`, remedy),
      ];
    }
    if (catalogue.canVerify(step.operation)) return [];
    const says = `${where.join('.')}: what ${step.operation} does cannot be read back`;
    return [error(one, where, 'not_verifiable', says, 'Take it out of verify.')];
  });
}
