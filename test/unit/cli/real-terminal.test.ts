import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify, stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../../src/cli/kit/width.ts';
import { itUnless } from '../../support/not-run.ts';
import type { JsonObject } from '../../../src/audit/types.ts';
import { documentOf } from './support/samples.ts';
import { plantedStore } from './support/store.ts';

const RUN = '01a20258-9b91-7e59-879d-e50bbd6929e2';
const planted = plantedStore('arx-terminal', async (store) => {
  await store.migrate();
  const record = { run: RUN, workflowId: 'w', scopeKey: 's', org: 'o', dryRun: false, plan: {} };
  await store.runs.begin({ ...record, startedAt: '2026-11-22T08:00:00.000Z' });
  await store.runs.finish(null, RUN, {
    status: 'failed',
    finishedAt: '2026-11-22T08:01:00.000Z',
    summary: documentOf({ run: RUN, status: 'failed' }) as unknown as JsonObject,
  });
});

const SCRIPT = '/usr/bin/script';
const noTerminal =
  process.platform === 'linux' && existsSync(SCRIPT)
    ? null
    : 'needs the program script of Linux, which gives a terminal';

const environment = (): NodeJS.ProcessEnv => ({
  // `stty` is in a folder of the system.
  PATH: `${process.env['PATH']}:/usr/bin:/bin`,
  TERM: 'xterm-256color',
  ...planted.env(),
});

// The database is served by this process, so it must not wait for a command.
const run = promisify(execFile);
const NODE = [process.execPath, '--disable-warning=ExperimentalWarning', 'src/cli.ts'] as const;

/** Runs the executable at a terminal of this width. */
async function shown(argv: string, columns: number): Promise<string> {
  const command = `stty cols ${columns} rows 40; exec ${NODE.join(' ')} ${argv}`;
  const { stdout } = await run(SCRIPT, ['-qec', command, '/dev/null'], { env: environment() });
  return stdout.replaceAll('\r\n', '\n');
}

describe('the executable', () => {
  itUnless(noTerminal).for([80, 120])(
    'fits a terminal of %i columns, in colour',
    async (columns) => {
      const runs = await shown('runs --limit 5', columns);
      expect(runs).toContain('\u001b[');
      expect(stripVTControlCharacters(runs)).toContain('01a20258 ');
      for (const line of stripVTControlCharacters(runs).split('\n'))
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
    },
  );

  it('prints whole ids, without colour, to a file', async () => {
    const [node, ...args] = NODE;
    const { stdout } = await run(node, [...args, 'runs'], { env: environment() });
    expect(stdout).toContain(RUN);
    expect(stdout).not.toContain('\u001b');
  });
});
