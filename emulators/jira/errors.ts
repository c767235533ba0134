import type { Answer } from '../types.ts';

/** An answer in Jira's error format: messages for the whole request, and `errors` by field. */
export function jiraError(
  status: number,
  messages: readonly string[],
  errors: Record<string, string> = {},
): Answer {
  return { status, body: { errorMessages: messages, errors } };
}

/** The page for an address that does not exist. */
export const deadLink = (): Answer => ({
  status: 404,
  text: '<html><head><title>Oops, you&#39;ve found a dead link. - JIRA</title></head></html>',
});

/** The refusal of a change of an archived issue. */
export const refusalOfArchived = (): Answer =>
  jiraError(400, ['The issue is archived. You need to restore it before you can edit it.']);

/** 404 with Jira's message for issues that do not exist or must not be seen. */
export function issueNotFound(): Answer {
  return jiraError(404, ['Issue does not exist or you do not have permission to see it.']);
}
