import type { Answer, EmulatedRequest } from '../types.ts';
import { oktaError } from './errors.ts';
import { compileExpression, ExpressionError } from './expression.ts';
import type { Predicate } from './expression.ts';

/**
 * Answers a listing with the expressions in its query. An invalid expression gives 400 E0000031.
 */
export function answerExpressed(
  request: EmulatedRequest,
  parameters: readonly string[],
  answer: (expressed: Predicate) => Answer,
): Answer {
  try {
    const texts = parameters.flatMap((name) => request.query.get(name) ?? []);
    const expressions = texts.map((text) => compileExpression(text));
    return answer((attributes) => expressions.every(({ test }) => test(attributes)));
  } catch (error) {
    if (error instanceof ExpressionError) return oktaError('E0000031', '', [error.message]);
    throw error;
  }
}
