import type { FlowInput, FlowStep } from '../../flows/types.ts';
import type { ConfigError } from '../errors.ts';
import { didYouMean, error } from './flow-error.ts';
import type { FlowCatalogue, SourcedFlow } from './flows.ts';

/**
 * Names in the parameters of a step that are neither an input nor, within a text, a field of the
 * issue.
 */
export function nameErrors(
  one: SourcedFlow,
  { params }: FlowStep,
  { path, catalogue }: { path: readonly PropertyKey[]; catalogue: FlowCatalogue },
): ConfigError[] {
  const inputs = Object.keys(one.flow.inputs);
  return catalogue.namesIn(params).flatMap(({ name, whole, path: inner }) => {
    const known = whole ? inputs : [...inputs, ...catalogue.texts];
    if (known.includes(name)) return [];
    const where = [...path, 'params', ...inner];
    const says = `${where.join('.')}: ${whole ? `$${name}` : `{{${name}}}`} is no input${whole ? '' : ' and no field of an issue'}`;
    return [error(one, where, 'unknown_input', says, didYouMean(name, known, 'Known'))];
  });
}

/** Inputs that are taken from nowhere, are no id of an account, or whose default does not fit. */
export const inputErrors = (one: SourcedFlow, catalogue: FlowCatalogue): ConfigError[] =>
  Object.entries(one.flow.inputs).flatMap(([name, input]) => [
    ...fromErrors(one, name, { input, catalogue }),
    ...defaultErrors(one, name, { input, catalogue }),
  ]);

interface OneInput {
  input: FlowInput;
  catalogue: FlowCatalogue;
}

function fromErrors(one: SourcedFlow, name: string, { input, catalogue }: OneInput): ConfigError[] {
  const { account, texts } = catalogue;
  const { from, type } = input;
  if (from === undefined) return [];
  const path = ['inputs', name, 'from'];
  if (from !== account && !texts.includes(from)) {
    const remedy = didYouMean(from, [account, ...texts], 'Known');
    return [
      error(one, path, 'unknown_field', `${path.join('.')}: issues have no such field`, remedy),
    ];
  }
  if (from !== account || (type === 'id' && input.default === undefined)) return [];
  const says = `inputs.${name}: the account of the issue is an id, without a default`;
  return [error(one, path, 'contradiction', says, 'Take type and default out.')];
}

function defaultErrors(
  one: SourcedFlow,
  name: string,
  { input, catalogue }: OneInput,
): ConfigError[] {
  if (input.default === undefined || catalogue.readInput(input.type, input.default) !== null)
    return [];
  const path = ['inputs', name, 'default'];
  const expected = catalogue.describeInput(input.type);
  return [
    error(
      one,
      path,
      'wrong_value',
      `${path.join('.')}: expected ${expected}`,
      `Write ${expected}.`,
    ),
  ];
}
