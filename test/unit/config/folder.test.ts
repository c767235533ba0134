import { chmodSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../src/config/folder.ts';
import { makeHome } from '../../../src/config/home.ts';
import { findFiles } from '../../../src/config/yaml/files.ts';
import { configErrorOf, directoryWith } from '../../support/config.ts';

describe('makeFolder', () => {
  it('creates every missing level with its mode, and accepts existing ones', () => {
    const deep = join(directoryWith({ 'a/x': '' }), 'a', 'b', 'c');
    makeFolder(deep, 0o700);
    makeFolder(deep, 0o700);
    expect([deep, join(deep, '..')].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o700,
    ]);
  });

  it('works through symbolic links, as finding files does', () => {
    const root = directoryWith({ 'real/one.yaml': '' });
    symlinkSync(join(root, 'real'), join(root, 'link'));
    chmodSync(join(root, 'real'), 0o700);
    makeHome(join(root, 'link'));
    makeFolder(join(root, 'link', 'below'));
    expect(findFiles(['link', 'link/*.yaml'], root).map(({ shown }) => shown)).toEqual([
      'link/one.yaml',
    ]);
  });

  it('throws if a file is in the way', () => {
    const root = directoryWith({ file: '' });
    expect(() => makeFolder(join(root, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolder(join(root, 'file', 'below'))).toThrow(/EEXIST|ENOTDIR/);
  });

  it.each(['755', '770', '701', '720'])(
    'refuses an ARX_HOME of mode %s, which others could read or write',
    (mode) => {
      const home = directoryWith();
      chmodSync(home, Number.parseInt(mode, 8));
      expect(configErrorOf(() => makeHome(home))).toMatchObject({
        code: 'arx_home',
        message: expect.stringContaining(`has mode 0${mode}`),
        remedy: expect.stringContaining(`chmod 700 ${home}`),
      });
      chmodSync(home, 0o700);
      makeHome(home);
    },
  );

  it('fails on a file system that refuses new folders, without hanging', () => {
    expect(() => makeFolder('/proc/nope/below')).toThrow(/^E(NOENT|ACCES|ROFS)/);
    const error = configErrorOf(() => makeHome('/proc/nope'));
    expect(error).toMatchObject({
      code: 'arx_home',
      message: expect.stringContaining('/proc/nope'),
    });
  });
});
