import type { Answer } from '../types.ts';

/** An answer in Jira's error form: messages for the whole request, `errors` by field. */
export function jiraError(
  status: number,
  messages: readonly string[],
  errors: Record<string, string> = {},
): Answer {
  return { status, body: { errorMessages: messages, errors } };
}

/** 404 in the words Jira uses for what is missing and for what may not be seen. */
export function issueNotFound(): Answer {
  return jiraError(404, ['Issue does not exist or you do not have permission to see it.']);
}
