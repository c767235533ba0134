import { globSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { inertProgram } from '../../../src/cli/program.ts';

const program = inertProgram();

/** Other text in backticks may begin with the name of the program, too. */
const VERBS = new Set(program.commands.map((command) => command.name()));

/** The commands in backticks that messages and pages tell a reader to run. */
function commandsIn(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll('\\`', '`');
  return [...text.matchAll(/`arx ([a-z][^`\n]*)`/g)]
    .flatMap(([, line = '']) => line.split(/ && arx | \| /))
    .filter((words) => VERBS.has(words.split(' ')[0] ?? ''));
}

/** What is wrong with a command as written: a word or a flag that it does not have; else null. */
function problemOf(words: string): string | null {
  let command: Command = program;
  let args = 0;
  for (const word of words.split(/\s+/)) {
    const child = command.commands.find((one) => one.name() === word);
    if (child !== undefined && args === 0) command = child;
    else if (word.startsWith('--')) {
      const flag = word.split('=')[0];
      const known = [...command.options, ...program.options].map(({ long }) => long);
      if (flag !== '--help' && !known.includes(flag)) return `${command.name()} has no ${flag}`;
    } else if (command.commands.length > 0 && /^[a-z-]+$/.test(word) && args === 0)
      return `${command.name()} has no ${word}`;
    else args += 1;
  }
  return null;
}

it.each([
  ['messages', 'src/**/*.ts'],
  // Decision records are of their time.
  ['pages', 'docs/*.md'],
  ['pages', 'README.md'],
])('%s of %s name only commands and flags that exist', (_, pattern) => {
  const wrong = globSync(pattern).flatMap((file) =>
    commandsIn(file).flatMap((words) => {
      const problem = problemOf(words);
      return problem === null ? [] : [`${file}: arx ${words}: ${problem}`];
    }),
  );
  expect(wrong).toEqual([]);
});

it('sees a command, a flag and a word that do not exist', () => {
  expect(problemOf('report latest --format html --out FILE')).toBeNull();
  expect(problemOf('runs --frobnicate')).toBe('runs has no --frobnicate');
  expect(problemOf('audit explode')).toBe('audit has no explode');
  expect(problemOf('runs cancel RUN --json')).toBeNull();
});
