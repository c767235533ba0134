/** Remedies of the services name commands; over HTTP they name requests. */
const REQUESTS: readonly (readonly [command: string, request: string])[] = [
  ['`arx flows history RUN`', '`GET /v1/flow-runs/RUN`'],
  ['`arx flows history`', '`GET /v1/flow-runs`'],
  ['`arx flows list`', '`GET /v1/flows`'],
  ['`arx flows show FLOW`', '`GET /v1/flows/FLOW`'],
  ['`arx flows sets`', '`GET /v1/resource-sets`'],
  ['`arx flows enable FLOW`', '`PUT /v1/flows/FLOW/enabled`'],
  ['--input NAME=VALUE', '`inputs` of the request'],
];

/** A remedy with the requests that correspond to its commands. */
export const overHttp = (remedy: string): string =>
  REQUESTS.reduce((text, [command, request]) => text.replaceAll(command, request), remedy);
