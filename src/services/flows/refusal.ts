import type { FlowRefusalFields } from './types.ts';

/**
 * Thrown where nothing is done: there is no run, and the trail says that it was refused. Quotes
 * nothing personal.
 */
export class FlowRefusal extends Error implements FlowRefusalFields {
  override readonly name = 'FlowRefusal';
  readonly code: FlowRefusalFields['code'];
  readonly remedy: string;
  /** Of the event (`entityIdInService`) or the inputs (`inputs.group`) that is wrong. */
  readonly field?: string;
  constructor({ code, message, remedy, field }: FlowRefusalFields) {
    super(message);
    this.code = code;
    this.remedy = remedy;
    if (field !== undefined) this.field = field;
  }
}

/** Thrown where Okta does not say who asks: without that nobody is a member of anything. */
export class AskerUnreadableError extends Error {
  override readonly name = 'AskerUnreadableError';
  readonly code = 'asker_unreadable';
  readonly remedy =
    'See `arx doctor`: Okta must answer, and users, groups and roles must be readable. Then ask again.';
  constructor(why: string) {
    super(`Permissions could not be looked up, so nothing was done: Okta did not answer (${why}).`);
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
  forbidden: [
    'You may see this flow, but not run it.',
    'Ask for a resource set with the permission `run`.',
  ],
  conflict: [
    'The id of this event was used with other content or other inputs.',
    'Each event has an id of its own; `arx flows history` shows the run that has this one.',
  ],
  disabled: [
    'The flow is disabled.',
    'A super administrator of Okta enables it with `arx flows enable FLOW`.',
  ],
  nothing_to_undo: [
    'There is nothing to take back.',
    'See `arx flows history RUN`: `undo` says what would be taken back.',
  ],
  not_allowed: [
    'Only super administrators of Okta change resource sets and switch flows.',
    'Ask as one: the role SUPER_ADMIN, held directly or through a group; custom roles do not count.',
  ],
} as const satisfies Record<string, readonly [message: string, remedy: string]>;

/** A refusal in its usual words. */
export function refusal(
  why: keyof typeof REFUSALS,
  message: string = REFUSALS[why][0],
): FlowRefusal {
  const code = why === 'no_run' ? 'not_found' : why;
  return new FlowRefusal({ code, message, remedy: REFUSALS[why][1] });
}

/** The event, an input or a set is not of its form. */
export const inputRefusal = (message: string, field: string, remedy: string): FlowRefusal =>
  new FlowRefusal({ code: 'malformed', message, remedy, ...(field === '' ? {} : { field }) });
