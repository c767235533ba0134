import { spawnSync } from 'node:child_process';
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

const SOURCES = ['src', 'emulators', 'test', 'bench'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name))),
);

/** Whether a path, in which `*` stands for any part of a name, is the end of another. */
function globMatches(path: string, source: string): boolean {
  const pattern = path.replaceAll(/[.*]/g, (sign) => (sign === '*' ? '[^/]*' : String.raw`\.`));
  return new RegExp(`${pattern}$`).test(source);
}

/** The blocks of a page whose lines are commands. */
function shellBlocks(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)];
  return blocks.flatMap(([, language = '', block = '']) =>
    language === 'sh' || (language === '' && STARTS_AS_COMMAND.test(block)) ? [block] : [],
  );
}

const STARTS_AS_COMMAND = /^\s*(arx|npm|npx|node|temporal|curl|docker|\.{1,2}\/bin\/arx) /;

const PAGES = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'emulators/README.md'],
  ...folder('docs').filter((file) => file.endsWith('.md')),
  ...folder('docs/decisions'),
];

describe('written pages', () => {
  it('README.md is short', () => {
    expect(text('README.md').split('\n').length).toBeLessThanOrEqual(121);
  });

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

  it.each(PAGES)('%s names source files by paths that end those of files', (page) => {
    const named = [...text(page).matchAll(/`([\w.*/-]+\.ts)`/g)].map(([, path = '']) => path);
    const missing = named.filter(
      (path) => !SOURCES.some((source) => globMatches(`/${path}`, `/${source}`)),
    );
    expect(missing).toEqual([]);
  });

  it.each(PAGES)('%s has commands that can be pasted into bash and zsh', (page) => {
    const commands = shellBlocks(text(page));
    // An interactive zsh takes `#` as a word, so that a comment becomes arguments.
    expect(commands.filter((block) => /(^|\s)#/m.test(block))).toEqual([]);
    const faults = commands.flatMap((block) => {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: block, encoding: 'utf8' });
      return status === 0 ? [] : [`${block}${stderr}`];
    });
    expect(faults).toEqual([]);
    // Unlike other shells, zsh does not split the value of a variable into words.
    const lists = commands.flatMap((block) =>
      [...block.matchAll(/^ *(\w+)=(['"])-.* .*\2$/gm)].map(([line]) => line),
    );
    expect(lists).toEqual([]);
  });

  it.each(PAGES)('%s waits for the file of emulate --dotenv before it is read', (page) => {
    const started = shellBlocks(text(page)).filter((block) => /emulate --dotenv .*&/.test(block));
    for (const block of started) {
      const [, file] = /--dotenv (\S+)/.exec(block) ?? [];
      expect(block).toMatch(new RegExp(`&\\n(.*\\n)?until \\[ -s ${file} \\]`));
    }
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
