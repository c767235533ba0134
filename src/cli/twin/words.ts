import { InvalidArgumentError } from 'commander';
import { nearest } from '../../config/yaml/nearest.ts';

/**
 * Parser of `--severity critical,high`: one or more words, checked against the known words if there
 * are any.
 */
export const wordList =
  (known?: readonly string[]) =>
  (value: string): string[] => {
    const words = value.split(',').map((word) => word.trim());
    if (words.includes(''))
      throw new InvalidArgumentError('Expected one or more words, separated by commas.');
    if (known === undefined) return words;
    const wrong = words.find((word) => !known.includes(word));
    if (wrong === undefined) return words;
    const near = nearest(wrong, known);
    const hint = near === null ? '' : ` Did you mean ${near}?`;
    throw new InvalidArgumentError(`'${wrong}' is not one of ${known.join(', ')}.${hint}`);
  };
