import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roomTable } from '../../eslint.rooms.js';
import { operationsDocs } from '../../src/cli/docs/operations.ts';
import { configurationDocs } from '../../src/config/schema/docs.ts';

const root = join(import.meta.dirname, '../..');
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const folder = (path: string): string[] =>
  readdirSync(join(root, path)).map((name) => `${path}/${name}`);

describe('derived pages', () => {
  it('docs/configuration.md is what schema and table of variables say', () => {
    expect(
      text('docs/configuration.md'),
      'run `node src/config/schema/docs.ts > docs/configuration.md`',
    ).toBe(configurationDocs());
  });

  it('every key of arx.yaml says what it does', () => {
    expect(configurationDocs()).not.toContain('): see above');
  });

  it('docs/design.md has the rooms as the lint rules have them', () => {
    const plain = (markdown: string): string =>
      markdown.replaceAll(/ +\||-{3,}/g, (cell) => cell.slice(-1)).replaceAll(/ {2,}/g, ' ');
    expect(
      plain(text('docs/design.md')),
      'paste what roomTable() of eslint.rooms.js gives',
    ).toContain(plain(roomTable()));
  });

  it('docs/operations.md is what catalogue and policies say', () => {
    expect(text('docs/operations.md'), 'run `node src/cli/docs/operations.ts`').toBe(
      operationsDocs(),
    );
  });
});

const PAGES = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'],
  ...folder('docs').filter((file) => file.endsWith('.md')),
  ...folder('docs/decisions'),
];

describe('written pages', () => {
  it.each(PAGES)('%s links to files that exist', (page) => {
    const targets = [...text(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, target = '']) => target,
    );
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  it.each(PAGES)('%s names files that exist', (page) => {
    const named = [...text(page).matchAll(/`((?:src|emulators|test|bench)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    const placeholders = /[A-Z]{3}/;
    expect(
      named.filter((path) => !placeholders.test(path) && !existsSync(join(root, path))),
    ).toEqual([]);
  });

  it('docs/walkthrough.md introduces every folder of the code', () => {
    const files = ['src', 'emulators'].flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      ),
    );
    const folders = [...new Set(files.map(({ parentPath }) => relative(root, parentPath)))].filter(
      (path) => path.includes('/') && !/^src\/cli\/|^src\/[^/]+$/.test(path),
    );
    expect(folders.filter((path) => !text('docs/walkthrough.md').includes(`\`${path}\``))).toEqual(
      [],
    );
  });

  it('decision records are numbered without a gap and each is listed in the design', () => {
    const names = folder('docs/decisions').map((path) => path.slice('docs/'.length));
    expect(
      names.map((name) => Number(name.slice('decisions/'.length, 'decisions/'.length + 4))),
    ).toEqual(names.map((_, at) => at + 1));
    const design = text('docs/design.md');
    expect(names.filter((name) => !design.includes(`(${name})`))).toEqual([]);
  });
});
