/**
 * Takes the answers to the hazards out, one by one, in a copy of the repository, and sees the test of each fail:
 * `node test/hazards/take-out.ts [words of a hazard]`. Exits with 1 where a test passes without its answer.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HAZARDS } from './table.ts';
import type { Hazard } from './table.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = [
  'src',
  'emulators',
  'test',
  'bin',
  'policies',
  'rules',
  'docs',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'arx.yaml',
];
const REFERENCE = process.env.REFERENCE_DATA ?? resolve(ROOT, '../shared/fixtures');

function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'arx-take-out-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** A regular expression for the name of a test; what a table fills in may be anything. */
function pattern({ test: [, name], only }: Hazard): string {
  const filled = (text: string): string =>
    text
      .split(/%[sijd]|\$\w+/)
      .map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*');
  return only === undefined ? filled(name) : filled(only);
}

async function vitest(
  folder: string,
  hazard: Hazard,
): Promise<{ code: number | null; output: string }> {
  const argv = [
    'node_modules/vitest/vitest.mjs',
    'run',
    `test/${hazard.test[0]}`,
    '-t',
    pattern(hazard),
  ];
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    env: { ...process.env, REFERENCE_DATA: REFERENCE },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => (output += piece.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/**
 * Whether the test fails without the answer, by a failing test and not by a file that does not
 * load.
 */
async function isGuarded(folder: string, hazard: Hazard): Promise<boolean> {
  const before = new Map(
    hazard.takenOut.map(({ file }) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
  for (const { file, from, to } of hazard.takenOut) {
    const source = readFileSync(join(folder, file), 'utf8');
    if (source.split(from).length !== 2)
      throw new Error(`${file} does not hold exactly one ${from}`);
    writeFileSync(
      join(folder, file),
      source.replace(from, () => to),
    );
  }
  const { code, output } = await vitest(folder, hazard);
  for (const [file, source] of before) writeFileSync(join(folder, file), source);
  const guarded = code === 1 && /Tests.* failed/.test(output);
  if (!guarded) process.stdout.write(`${output}\n`);
  return guarded;
}

const words = process.argv.slice(2).join(' ');
const folder = copy();
let unguarded = 0;
for (const hazard of HAZARDS.filter((one) => `${one.area}: ${one.hazard}`.includes(words))) {
  const guarded = await isGuarded(folder, hazard);
  unguarded += guarded ? 0 : 1;
  process.stdout.write(`${guarded ? 'guarded  ' : 'UNGUARDED'} ${hazard.area}: ${hazard.hazard}\n`);
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = unguarded === 0 ? 0 : 1;
