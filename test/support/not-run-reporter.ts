/**
 * Reporter: at the very end, lists and counts the tests that did not run because something is
 * missing on this machine.
 */
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { TABLE_NOTE } from './table-note.ts';

export default class NotRunReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const text = notRunText(modules.flatMap((module) => [...module.children.allTests('skipped')]));
    if (text !== '') process.stdout.write(`${text}\n`);
  }
}

/** Tests that were skipped with a note; tests excluded by a filter have none. */
export function notRunText(
  tests: readonly Pick<TestCase, 'fullName' | 'module' | 'result'>[],
): string {
  const noted = tests
    .map((test) => ({ test, missing: noteOf(test) }))
    .filter(({ missing }) => missing !== undefined);
  return [...Map.groupBy(noted, ({ missing }) => missing)]
    .map(([missing, group]) => {
      const lines = group.map(({ test }) => `  ${test.module.relativeModuleId} > ${test.fullName}`);
      const count = group.length === 1 ? '1 test was' : `${group.length} tests were`;
      const isLeast = lines.some((line) => line.endsWith(TABLE_NOTE));
      return [
        'Not run:',
        ...lines.sort(),
        `${isLeast ? 'at least ' : ''}${count} not run: ${missing}`,
      ].join('\n');
    })
    .join('\n\n');
}

function noteOf(test: Pick<TestCase, 'result'>): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}
