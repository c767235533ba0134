import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cliDocs } from '../../../../src/cli/docs/commands.ts';
import { readFileSync } from 'node:fs';
import { inertProgram } from '../../../../src/cli/program.ts';
import { storeOfTest } from '../support/store.ts';
import { arx } from '../support/terminal.ts';
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

describe('values that bash asks arx for', () => {
  /** What bash offers with an arx that answers with these values. */
  function offersOf(line: string, values: string): string[] {
    const words = line.split(' ').map((word) => `'${word}'`);
    const program = `arx() { printf '%s\\n' "asked $*" >&2; printf '${values}'; }
${script}
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _arx; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .split('\n')
      .filter(Boolean);
  }

  it.each([
    ['arx report 01', '01a2\\n01b3\\n88\\n', ['01a2', '01b3']],
    ['arx runs cancel la', 'latest\\n01a2\\n', ['latest']],
    ['arx approvals approve b3', 'b3f0\\n', ['b3f0']],
    ['arx flows undo 88', '88166a\\n', ['88166a']],
    ['arx flows show Susp', 'Suspend Okta Account\\n', ['Suspend\\ Okta\\ Account']],
    ['arx call okta users:s', 'users:suspend\\nusers:read\\n', ['users:suspend']],
    ['arx run mfa-enforcement-check --group Fi', 'Finance\\n', ['Finance']],
    ['arx audit list --run la', 'latest\\n', ['latest']],
  ])('%s', (line, values, offered) => {
    expect(offersOf(line, values)).toEqual(offered);
  });

  it('are not asked for where an option is typed', () => {
    expect(offersOf('arx report --f', 'latest\\n')).toEqual(['--format']);
  });
});

it.each(SHELLS)('the %s script knows every command', (shell) => {
  const text = completionScript(inertProgram(), shell);
  for (const { name } of inertProgram().commands.map((command) => ({ name: command.name() })))
    expect(text).toContain(name);
  expect(text).toContain('dry-run');
});

describe('values', () => {
  const of = storeOfTest('arx-values');
  const values = async (kind: string, env: Record<string, string>): Promise<string[]> => {
    const { code, out, err } = await arx(['completion', 'bash', '--values', kind], env);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return out.split('\n').filter(Boolean);
  };

  it('come from the store and the files, and are none where nothing is stored', async () => {
    const run = '01a20258-9b91-7e59-879d-e50bbd6929e2';
    const record = { run, workflowId: 'w', scopeKey: 's', org: 'o', dryRun: false, plan: {} };
    await of.store.runs.begin({ ...record, startedAt: '2026-11-22T08:00:00.000Z' });
    expect(await values('runs', of.env)).toEqual(['latest', run]);
    expect(await values('requests', of.env)).toEqual([]);
    expect(await values('flow-runs', of.env)).toEqual(['latest']);
    expect(await values('groups', of.env)).toEqual([]);
    expect(await values('operations', {})).toEqual(
      expect.arrayContaining(['users:suspend', 'okta:users:suspend', 'entra:users:disable']),
    );
    expect(await values('runs', { ARX_HOME: '/nonexistent' })).toEqual([]);
  });
});

it('docs/cli.md is what the command tree says', () => {
  expect(readFileSync('docs/cli.md', 'utf8'), 'run `node src/cli/docs/commands.ts`').toBe(
    cliDocs(),
  );
});
