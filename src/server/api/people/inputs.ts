/** What the API of people accepts: checked by the routes, described in the OpenAPI document. */
import { z } from 'zod';
import { time } from '../fields.ts';

export const PERSON_QUERY = z.strictObject({
  at: time('What was known at this time, instead of now'),
});
