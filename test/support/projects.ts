/**
 * Splits the unit tests: tests that need more than their own process make up the project
 * `services`, the others `unit`.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Tests that import one of these start a database, a Temporal server, emulators or another program.
 */
const SERVICES = [
  'node:child_process',
  'src/local/pglite.ts',
  'src/local/stack.ts',
  'src/worker/bundle.ts',
  'test/support/command-line.ts',
  'test/support/emulators.ts',
  'test/support/pglite.ts',
  'test/support/postgres.ts',
  'test/support/temporal.ts',
];
const IMPORT = /^(?:import|export)\s(?!type\s)[^;]*?from\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

/** The files of test/unit by project. */
export function splitUnitTests(): { unit: string[]; services: string[] } {
  const { unit = [], services = [] } = Object.groupBy(
    globSync('test/unit/**/*.test.ts').toSorted(),
    (file) => (needsServices(file) ? 'services' : 'unit'),
  );
  return { unit, services };
}

/**
 * Follows imports through test/ only: what the product's own modules import they start when asked.
 */
function needsServices(file: string, seen = new Set<string>()): boolean {
  if (SERVICES.includes(file)) return true;
  if (seen.has(file) || !file.startsWith('test/') || !existsSync(file)) return false;
  seen.add(file);
  const specifiers = [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  return specifiers.some((specifier) => needsServices(resolveFrom(file, specifier), seen));
}

function resolveFrom(file: string, specifier: string): string {
  return specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
}
