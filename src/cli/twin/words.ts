import { InvalidArgumentError } from 'commander';
import { nearest } from '../../config/yaml/nearest.ts';

/**
 * Parser of `--severity critical,high`: one or more words, of those that are known where they are
 * given.
 */
export const oneOrMore =
  (known?: readonly string[]) =>
  (value: string): string[] => {
    const words = value.split(',').map((word) => word.trim());
    if (words.includes(''))
      throw new InvalidArgumentError('One or more words with commas between them are expected.');
    if (known === undefined) return words;
    const wrong = words.find((word) => !known.includes(word));
    if (wrong === undefined) return words;
    const near = nearest(wrong, known);
    const hint = near === null ? '' : ` Did you mean ${near}?`;
    throw new InvalidArgumentError(
      `'${wrong}' is none; one or more of ${known.join(', ')} are expected.${hint}`,
    );
  };
