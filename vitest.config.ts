import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { splitUnitTests } from './test/support/projects.ts';

const { unit, services } = splitUnitTests();

/** Parts of the suite that can be run alone: `npm run test:unit`. See docs/decisions/0036. */
const PROJECTS: Record<string, string[]> = {
  unit,
  services,
  house: ['test/*.test.ts'],
  contract: ['test/contract/**/*.test.ts'],
  replay: ['test/replay/**/*.test.ts'],
  workflows: ['test/workflows/**/*.test.ts'],
  e2e: ['test/e2e/**/*.test.ts'],
  browser: ['test/browser/**/*.test.ts'],
};

export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    reporters: ['default', './test/support/not-run-reporter.ts'],
    // Files share a process, so that modules are loaded once and its database is started once.
    isolate: false,
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: Object.entries(PROJECTS).map(([name, include]) => ({
      extends: true,
      test: { name, include },
    })),
  },
});
