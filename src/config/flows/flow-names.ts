/** Checks of the names in a flow: parameters of its steps, and its inputs. */

import type { FlowInput, FlowStep } from '../../flows/types.ts';
import type { ConfigError } from '../errors.ts';
import { didYouMean, error } from './flow-error.ts';
import type { FlowCatalogue, SourcedFlow } from './flows.ts';

/**
 * Errors for names in the parameters of a step that are neither an input nor, inside a text, a
 * field of the issue.
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
    const message = `${where.join('.')}: ${whole ? `$${name} is not an input` : `{{${name}}} is neither an input nor a field of an issue`}`;
    return [error(one, where, 'unknown_input', message, didYouMean(name, known, 'Known'))];
  });
}

/**
 * Errors for inputs with an unknown source, a type that does not fit the source, or an invalid
 * default.
 */
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
      error(one, path, 'unknown_field', `${path.join('.')}: not a field of an issue`, remedy),
    ];
  }
  if (from !== account || (type === 'id' && input.default === undefined)) return [];
  const message = `inputs.${name}: the account of the issue is an id and has no default`;
  return [error(one, path, 'contradiction', message, 'Remove type and default.')];
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
