import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * For a test runner that is killed: its only test starts a process of every kind and does not end.
 */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../../../..'),
    include: ['test/unit/local/stand-ins/endless.ts'],
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    testTimeout: 600_000,
  },
});
