/** What the stream of changes accepts: checked by the route, described in the OpenAPI document. */
import { z } from 'zod';
import { TOPICS } from '../../../services/audit/change-feed.ts';
import { wordList } from '../fields.ts';

export const EVENTS_QUERY = z.strictObject({
  topics: wordList(TOPICS, 'Only changes of these'),
});
