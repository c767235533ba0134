import type { RunSummary, RunUserRow } from '../../mfa/document.ts';

/**
 * The document of a run as JSON text in chunks, so that a million users need not fit into memory.
 * With `users` null, users are omitted.
 */
export async function* runJson(
  summary: RunSummary,
  users: AsyncIterable<RunUserRow[]> | null,
): AsyncGenerator<string> {
  const text = JSON.stringify(summary, null, 2);
  if (users === null) return void (yield `${text}\n`);
  yield `${text.slice(0, text.lastIndexOf('\n}'))},\n  "users": [`;
  let separator = '\n';
  for await (const page of users) {
    for (const user of page) {
      yield `${separator}    ${JSON.stringify(user)}`;
      separator = ',\n';
    }
  }
  yield '\n  ]\n}\n';
}
