import { body, commonRefusals, json, listOf, object, ref, text, time } from '../openapi-parts.ts';
import { SCHEDULE_BODY } from './inputs.ts';

const flag = { type: 'boolean' } as const;
const REFUSALS = commonRefusals('A field or query parameter is unknown, repeated or malformed.');

/** Schemas of the answers of the API of the schedule, by name. */
export const SCHEDULE_SCHEMAS = {
  Schedule: object(
    {
      schema: { const: 'arx.schedule/v1' },
      id: text,
      state: { enum: ['created', 'updated', 'registered', 'not_registered'] },
      paused: flag,
      timezone: text,
      overlap: text,
      cron: text,
      calendar: listOf({ type: 'object' }),
      triggered: flag,
      next: listOf(time),
    },
    ['id', 'cron', 'calendar'],
  ),
};

/** The API of the schedule. */
export const SCHEDULE_PATHS = {
  '/v1/schedule': {
    get: {
      operationId: 'showSchedule',
      summary: 'The schedule of the check and its next times',
      responses: { 200: json('The schedule.', ref('Schedule')), ...REFUSALS },
    },
    put: {
      operationId: 'registerSchedule',
      summary: 'Create or update the schedule as the configuration has it; pause or resume it',
      requestBody: body(SCHEDULE_BODY),
      responses: { 200: json('The schedule.', ref('Schedule')), ...REFUSALS },
    },
  },
} as const;
