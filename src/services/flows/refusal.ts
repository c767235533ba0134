import type { FlowRefusalFields } from './types.ts';

/**
 * Thrown if a request is refused before there is a run. The refusal is recorded in the audit trail.
 * Contains no personal data.
 */
export class FlowRefusal extends Error implements FlowRefusalFields {
  override readonly name = 'FlowRefusal';
  readonly code: FlowRefusalFields['code'];
  readonly remedy: string;
  /** The wrong field of the event (`entityIdInService`) or of the inputs (`inputs.group`). */
  readonly field?: string;
  constructor({ code, message, remedy, field }: FlowRefusalFields) {
    super(message);
    this.code = code;
    this.remedy = remedy;
    if (field !== undefined) this.field = field;
  }
}

/** Thrown if Okta cannot identify the requester, because then no membership is known. */
export class RequesterUnreadableError extends Error {
  override readonly name = 'RequesterUnreadableError';
  readonly code = 'asker_unreadable';
  readonly remedy =
    'See `arx doctor`: Okta must answer, and users, groups and roles must be readable. Then try again.';
  constructor(why: string) {
    super(`Nothing was done, because Okta could not be asked for permissions (${why}).`);
  }
}

const REFUSALS = {
  not_found: [
    'There is no such flow.',
    'See `arx flows list`; a resource set must give you the flow.',
  ],
  no_run: [
    'There is no such run.',
    'See `arx flows history`; a resource set must give you its flow.',
  ],
  no_set: ['There is no such resource set.', 'See `arx flows sets`.'],
  forbidden: [
    'You may see this flow, but not run it.',
    'Ask for a resource set with the permission `run`.',
  ],
  conflict: [
    'The id of this event was already used with other content or other inputs.',
    'Each event needs its own id; `arx flows history` shows the run with this one.',
  ],
  disabled: [
    'The flow is disabled.',
    'A super administrator of Okta can enable it with `arx flows enable FLOW`.',
  ],
  nothing_to_undo: [
    'There is nothing to undo.',
    'See `undo` in `arx flows history RUN` for what can be undone.',
  ],
  not_allowed: [
    'Only super administrators of Okta may change resource sets and enable or disable flows.',
    'Use an account with the role SUPER_ADMIN, assigned directly or through a group; custom roles do not count.',
  ],
} as const satisfies Record<string, readonly [message: string, remedy: string]>;

/** A refusal with its standard message and remedy. */
export function refusal(
  why: keyof typeof REFUSALS,
  message: string = REFUSALS[why][0],
): FlowRefusal {
  const code = why === 'no_run' || why === 'no_set' ? 'not_found' : why;
  return new FlowRefusal({ code, message, remedy: REFUSALS[why][1] });
}

/** A refusal of a malformed event, input or set. */
export const inputRefusal = (message: string, field: string, remedy: string): FlowRefusal =>
  new FlowRefusal({ code: 'malformed', message, remedy, ...(field === '' ? {} : { field }) });
