import { errorResponse, queryParameters, text } from '../openapi-parts.ts';
import { EVENTS_QUERY } from './inputs.ts';

/** The stream of changes. */
export const CHANGE_PATHS = {
  '/v1/events': {
    get: {
      operationId: 'streamChanges',
      summary: 'What has changed, with topic and id only, as server-sent events',
      parameters: [
        ...queryParameters(EVENTS_QUERY),
        {
          name: 'Last-Event-ID',
          in: 'header',
          description: 'Continue after this event; `reset` if that is not possible',
          schema: text,
        },
      ],
      responses: {
        200: {
          description:
            'Events `ready`, `change` with `{"topic", "id"}`, and `reset`: read everything again.',
          content: { 'text/event-stream': { schema: text } },
        },
        400: errorResponse('A query parameter is unknown, repeated or malformed.'),
        401: errorResponse('No valid access key.'),
        503: errorResponse('A server behind this one does not answer.'),
      },
    },
  },
} as const;
