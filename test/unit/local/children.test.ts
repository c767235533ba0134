import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startChild } from '../../../src/local/children.ts';
import { directoryWith } from '../../support/config.ts';

it('a child creates files that no other user can read, whatever the umask here', async () => {
  const folder = directoryWith();
  const before = process.umask(0o022);
  try {
    const child = await startChild({
      command: process.execPath,
      args: ['-e', "require('fs').mkdirSync('d'); require('fs').writeFileSync('f', 'x')"],
      env: {},
      cwd: folder,
      outFile: join(folder, 'out'),
      errFile: join(folder, 'err'),
    });
    expect(await child.ended).toBe('exit code 0');
    expect(process.umask()).toBe(0o022);
  } finally {
    process.umask(before);
  }
  expect(readFileSync(join(folder, 'err'), 'utf8')).toBe('');
  const modes = ['d', 'f', 'out'].map((name) => statSync(join(folder, name)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600, 0o600]);
});
