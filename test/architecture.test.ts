/**
 * Holds the house: who may import whom, the shape of the code, and what must not be in the
 * repository.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOMS, opens, placeOf } from '../eslint.rooms.js';
import { allImports, circlesOf, importCycles, valueImports } from './support/import-cycles.ts';

const repo = join(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: repo, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean);
const text = (file: string) => readFileSync(join(repo, file), 'utf8');
const sources = tracked.filter((file) => /^(src|emulators)\/.*\.ts$/.test(file));

/** Rooms that are open as a whole. */
const OPEN = Object.fromEntries(
  Object.entries(ROOMS).map(([room, { imports }]) => [
    room,
    imports.filter((entry) => !entry.includes('/')),
  ]),
);
const SINGLE_FILES = ['worker', 'parent'];
const rooms = Object.keys(OPEN);
const folderOf = (room: string) => (room === 'emulators' ? '' : 'src/');
const moduleOf = (room: string) =>
  `${folderOf(room)}${SINGLE_FILES.includes(room) ? `${room}.ts` : `${room}/thing.ts`}`;

/** Planted files: path → what stands in it and the rules that must catch it, one message each. */
const PLANTED: Record<string, { code: string; caught: string[] }> = {
  'src/mfa/clock.ts': {
    code: 'export const at = () => new Date();',
    caught: ['no-restricted-syntax'],
  },
  'src/mfa/now.ts': {
    code: 'export const at = () => Date.now();',
    caught: ['no-restricted-properties'],
  },
  'src/mfa/chance.ts': {
    code: 'export const any = () => Math.random();',
    caught: ['no-restricted-properties'],
  },
  'src/audit/call.ts': {
    code: "export const get = () => fetch('x');",
    caught: ['no-restricted-globals'],
  },
  'src/audit/file.ts': {
    code: "import { readFileSync } from 'node:fs';\nexport const f = readFileSync;",
    caught: ['rooms/arrows'],
  },
  'src/governance/zod.ts': {
    code: "import { z } from 'zod';\nexport const s = z;",
    caught: ['rooms/arrows'],
  },
  'src/workflows/zod.ts': { code: "export { z } from 'zod';", caught: ['rooms/arrows'] },
  'src/workflows/client.ts': {
    code: "export * from '@temporalio/client';",
    caught: ['rooms/arrows'],
  },
  'src/workflows/builtin.ts': { code: "import 'node:os';", caught: ['rooms/arrows'] },
  'src/flows/temporal.ts': { code: "import '@temporalio/workflow';", caught: ['rooms/arrows'] },
  'src/activities/vendor.ts': { code: "import '@slack/web-api';", caught: ['rooms/arrows'] },
  'src/server/vendor.ts': {
    code: "export const load = () => import('jira.js');",
    caught: ['rooms/arrows'],
  },
  'src/store/env.ts': {
    code: 'export const url = process.env.DATABASE_URL;',
    caught: ['no-restricted-syntax'],
  },
  'src/server/story.ts': {
    code: "export * from '../workflows/story.ts';",
    caught: ['rooms/arrows'],
  },
  'src/worker-extra.ts': { code: "import './mfa/thing.ts';", caught: ['rooms/arrows'] },
  'src/connectors/test.ts': { code: "import '../../test/helper.ts';", caught: ['rooms/arrows'] },
  'src/cli/eager.ts': {
    code: "import { thing } from '../local/thing.ts';\nexport const t = thing;",
    caught: ['rooms/arrows'],
  },
  'emulators/eager.ts': {
    code: "import '../src/connectors/okta/client.ts';",
    caught: ['rooms/arrows'],
  },
  'src/store/floating.ts': {
    code: 'const later = async () => undefined;\nexport const f = () => { later(); };',
    caught: ['@typescript-eslint/no-floating-promises'],
  },
  'bench/floating.ts': {
    code: 'const later = async () => undefined;\nlater();\nexport {};',
    caught: ['@typescript-eslint/no-floating-promises'],
  },
  'src/config/typed.ts': {
    code: "import { Shape } from './shape.ts';\nexport type Same = Shape;",
    caught: ['@typescript-eslint/consistent-type-imports'],
  },
  'src/config/shape.ts': { code: 'export interface Shape { a: string }', caught: [] },
  'src/server/many.ts': {
    code: 'export const f = (a: 1, b: 2, c: 3, d: 4, e: 5) => [a, b, c, d, e];',
    caught: ['max-params'],
  },
  'src/store/long.ts': {
    code: 'export const x = 1;\n'.repeat(1) + '// more\n'.repeat(300),
    caught: ['max-lines'],
  },
  'src/store/long-function.ts': {
    code: `export function f() {\n${'  f();\n'.repeat(100)}}`,
    caught: ['max-lines-per-function'],
  },
  'src/store/choice.ts': {
    code: "export function f(x: 'a' | 'b') {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n}",
    caught: ['@typescript-eslint/switch-exhaustiveness-check'],
  },
  'test/skip.ts': {
    code: "import { test, describe } from 'vitest';\ntest.skip('x', () => {});\ndescribe.only('y', () => {});\ntest.skipIf(true)('z', () => {});",
    caught: [
      'no-restricted-syntax',
      'no-restricted-syntax',
      'no-restricted-syntax',
      'no-restricted-syntax',
    ],
  },
  'test/skip-inside.ts': {
    code: "import { it } from 'vitest';\nit('x', ({ skip }) => skip());\nit('y', (context) => context.skip());",
    caught: ['no-restricted-syntax', 'no-restricted-syntax'],
  },
  'test/property.ts': {
    code: "import fc from 'fast-check';\nfc.assert(fc.property(fc.string(), () => {}));",
    caught: ['no-restricted-syntax'],
  },
  // What must pass.
  'src/governance/hash.ts': {
    code: "export * from 'canonicalize';\nexport * from '@noble/hashes/sha2.js';",
    caught: [],
  },
  'src/mfa/date.ts': {
    code: 'export const day = (iso: string) => new Date(iso).getTime();',
    caught: [],
  },
  'src/cli/lazy.ts': {
    code: "export const open = async () => [await import('../local/thing.ts'), await import('../../emulators/thing.ts')];",
    caught: [],
  },
  'src/services/messages.ts': { code: "export * from '../workflows/messages.ts';", caught: [] },
  'src/connectors/okta/sdk.ts': {
    code: "export * from '@okta/okta-sdk-nodejs';\nexport * from 'jira.js';",
    caught: [],
  },
  'src/connectors/version.ts': {
    code: "import v from '../../package.json' with { type: 'json' };\nexport const n = v;",
    caught: [],
  },
};

describe('planted violations', () => {
  let root: string;
  let messages: Map<string, { rule: string; text: string }[]>;

  beforeAll(async () => {
    // Also the ARX_HOME of commands in this folder, which nobody else may read.
    mkdirSync(join(repo, '.arx'), { recursive: true });
    chmodSync(join(repo, '.arx'), 0o700);
    root = mkdtempSync(join(repo, '.arx', 'planted-'));
    const plant = (file: string, code: string) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), `${code}\n`);
    };
    plant(
      'tsconfig.json',
      JSON.stringify({
        extends: '../../tsconfig.json',
        include: ['src', 'emulators', 'test', 'bench'],
      }),
    );
    plant('package.json', '{"type": "module"}');
    for (const file of [
      'workflows/messages',
      'workflows/story',
      'connectors/okta/operations',
      'connectors/okta/client',
    ]) {
      plant(`src/${file}.ts`, 'export const thing = 1;');
    }
    for (const room of rooms) {
      plant(moduleOf(room), importsOfAll(room, ''));
      if (!SINGLE_FILES.includes(room))
        plant(`${folderOf(room)}${room}/types-only.ts`, importsOfAll(room, 'type '));
    }
    for (const [file, { code }] of Object.entries(PLANTED)) plant(file, code);
    const eslint = new ESLint({ cwd: root, overrideConfigFile: join(repo, 'eslint.config.js') });
    const results = await eslint.lintFiles(['src', 'emulators', 'test', 'bench']);
    messages = new Map(
      results.map(({ filePath, messages }) => [
        filePath.slice(root.length + 1),
        messages.map(({ ruleId, message }) => ({ rule: ruleId ?? 'parsing', text: message })),
      ]),
    );
  }, 120_000);

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** A module of one room that imports from every other. */
  function importsOfAll(room: string, kind: '' | 'type '): string {
    const folder = dirname(moduleOf(room));
    const others = rooms.filter((other) => other !== room);
    const imports = others.map(
      (other) =>
        `import ${kind}{ thing as ${other} } from './${relative(folder, moduleOf(other))}';`,
    );
    const uses = kind === '' ? `[${others.join(', ')}]` : '1';
    const types =
      kind === ''
        ? ''
        : `export type All = [${others.map((other) => `typeof ${other}`).join(', ')}];\n`;
    return `${imports.join('\n')}\n${types}export const thing: unknown = ${uses};`;
  }

  const arrows = (file: string) =>
    (messages.get(file) ?? []).filter(({ rule }) => rule === 'rooms/arrows');

  test.each(rooms)(
    '%s imports values from the rooms that the design opens to it, and from no other',
    (room) => {
      const refused = arrows(moduleOf(room)).map(({ text }) => /from ([a-z]+)/.exec(text)?.[1]);
      const closed = rooms.filter((other) => other !== room && !OPEN[room]?.includes(other));
      expect(refused.sort()).toEqual(closed.sort());
      expect(messages.get(moduleOf(room))?.map(({ rule }) => rule)).not.toContain('parsing');
    },
  );

  test.each(rooms.filter((room) => !SINGLE_FILES.includes(room)))(
    '%s may use the types of every room',
    (room) => {
      expect(messages.get(`${folderOf(room)}${room}/types-only.ts`)).toEqual([]);
    },
  );

  test.each(Object.entries(PLANTED))('%s', (file, { caught }) => {
    expect(messages.get(file)?.map(({ rule }) => rule)).toEqual(caught);
  });
});

describe('the shape of the code', () => {
  const tables = /\/(types|operations|catalogue|variables)\.ts$/;
  const lengths = new Map(sources.map((file) => [file, text(file).trimEnd().split('\n').length]));

  test('no file is over 300 lines, tables apart, and half of them are within 90', () => {
    const code = [...lengths].filter(([file]) => !tables.test(file));
    expect(code.filter(([, lines]) => lines > 300)).toEqual([]);
    expect(
      quantile(
        code.map(([, lines]) => lines),
        0.5,
      ),
    ).toBeLessThanOrEqual(90);
  });

  test('half of the functions are within 12 lines, nine of ten within 35', () => {
    const functions = sources
      .filter((file) => !tables.test(file))
      .flatMap((file) => functionLengths(text(file)));
    expect(quantile(functions, 0.5)).toBeLessThanOrEqual(12);
    expect(quantile(functions, 0.9)).toBeLessThanOrEqual(35);
  });

  test('files are named in kebab case, and only workflows and activities have an index', () => {
    const named = tracked.filter((file) => /^(src|emulators|test|bench)\/.*\.ts$/.test(file));
    expect(
      named.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/.test(basename(file))),
    ).toEqual([]);
    const indices = sources
      .filter((file) => basename(file) === 'index.ts')
      .map((file) => dirname(file));
    expect(
      indices.filter((folder) => !['src/workflows', 'src/activities'].includes(folder)),
    ).toEqual([]);
  });
});

describe('what the rooms are open to', () => {
  const used = sources.flatMap((file) => {
    const from = placeOf(join(repo, file), repo)?.room;
    return valueImports(file, text(file)).map((other) => ({
      from,
      to: placeOf(join(repo, other), repo),
    }));
  });
  const grants = Object.entries(ROOMS).flatMap(([room, { imports, lazily = [] }]) =>
    [...imports, ...lazily].map((entry) => ({ room, entry })),
  );

  test('is used', () => {
    const unused = grants.filter(
      ({ room, entry }) =>
        !used.some(({ from, to }) => from === room && to !== null && opens(entry, to)),
    );
    expect(unused).toEqual([]);
  });
});

describe('imports of values', () => {
  const code = tracked.filter((file) => /^(src|emulators|test|bench)\/.*\.ts$/.test(file));

  test('go in no circle', () => {
    expect(importCycles(new Map(code.map((file) => [file, text(file)])))).toEqual([]);
  });

  test('go in no circle of rooms, types included', () => {
    // What workflows and their callers agree on is read by both.
    const agreed = ['src/workflows/messages.ts', 'src/workflows/support/state.ts'];
    const roomOf = (file: string): string =>
      agreed.includes(file) ? 'messages' : (placeOf(join(repo, file), repo)?.room ?? file);
    const imports = new Map<string, string[]>();
    for (const file of sources) {
      const others = allImports(file, text(file)).map(roomOf);
      const own = others.filter((other) => other !== roomOf(file));
      imports.set(roomOf(file), [...(imports.get(roomOf(file)) ?? []), ...own]);
    }
    expect(circlesOf(imports)).toEqual([]);
  });

  test.each([
    ['with an import', "import { two } from './two.ts';", 1],
    ['with an export', "export * from './two.ts';", 1],
    ['with an import() inside a function', "export const load = () => import('./two.ts');", 1],
    [
      'of types alone',
      "import type { Two } from './two.ts';\nexport { type Two as Other } from './two.ts';",
      0,
    ],
  ])('in a circle %s are found unless they are types', (_, one, count) => {
    const planted = {
      'src/one.ts': one,
      'src/two.ts': "import './three/x.ts';",
      'src/three/x.ts': "import '../one.ts';",
    };
    const circle = ['src/one.ts', 'src/three/x.ts', 'src/two.ts'];
    expect(importCycles(new Map(Object.entries(planted)))).toEqual(count === 1 ? [circle] : []);
  });
});

describe('the repository', () => {
  const readable = tracked.filter((file) => !/\.(png|jpg|gz|ico)$/.test(file));

  test('names no path of one machine', () => {
    const paths = /(^|[^\w.-])\/(work|farm|root|Users)\/[\w.-]+/;
    const lines = readable.flatMap((file) =>
      text(file)
        .split('\n')
        .map((line) => `${file}: ${line.slice(0, 160)}`),
    );
    expect(lines.filter((line) => paths.test(line))).toEqual([]);
  });

  test('takes packages from the registry that npm is set to, by name and version alone', () => {
    expect(text('package-lock.json').match(/"resolved":/g)).toBeNull();
  });

  test('holds no private key, and no environment file', () => {
    const key = /-{5}BEGIN [A-Z ]*PRIVATE KEY-{5}\s+[\w+/=]{20}/;
    expect(readable.filter((file) => key.test(text(file)))).toEqual([]);
    expect(tracked.filter((file) => /(^|\/)\.env$/.test(file))).toEqual([]);
  });
});

function quantile(numbers: number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * share)] ?? 0;
}

/** Lines of every function with a body, arrow functions of one expression included. */
function functionLengths(code: string): number[] {
  const source = ts.createSourceFile('x.ts', code, ts.ScriptTarget.Latest, true);
  const found: number[] = [];
  const line = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body)
      found.push(line(node.end) - line(node.getStart()) + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('paths of modules are decoded: a folder may have spaces and letters of any language', () => {
  const encoded = /import\.meta\.url\)\.pathname/;
  expect(tracked.filter((file) => /\.[jt]s$/.test(file) && encoded.test(text(file)))).toEqual([]);
});
