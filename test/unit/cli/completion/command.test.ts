import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cliDocs } from '../../../../src/cli/docs/commands.ts';
import { readFileSync } from 'node:fs';
import { inertProgram } from '../../../../src/cli/program.ts';
import { completionScript, SHELLS } from '../../../../src/cli/completion/complete.ts';

const script = completionScript(inertProgram(), 'bash');

/** What bash would offer at the end of a line. */
function offers(line: string): string[] {
  const words = line.split(' ');
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const program = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _arx; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe('bash completion', () => {
  it('offers commands, subcommands, options and choices', () => {
    expect(offers('arx re')).toEqual(['report', 'register', 'restore']);
    expect(offers('arx audit ')).toEqual(expect.arrayContaining(['list', 'verify', 'export']));
    expect(offers('arx run mfa-enforcement-check --dr')).toEqual(['--dry-run']);
    expect(offers('arx report latest --format ')).toEqual(['table', 'json', 'csv', 'html']);
    expect(offers('arx completion ')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });
});

it.each(SHELLS)('the %s script knows every command', (shell) => {
  const text = completionScript(inertProgram(), shell);
  for (const { name } of inertProgram().commands.map((command) => ({ name: command.name() })))
    expect(text).toContain(name);
  expect(text).toContain('dry-run');
});

it('docs/cli.md is what the command tree says', () => {
  expect(readFileSync('docs/cli.md', 'utf8'), 'run `node src/cli/docs/commands.ts`').toBe(
    cliDocs(),
  );
});
