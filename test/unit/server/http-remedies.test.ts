import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { overHttp } from '../../../src/server/http-remedies.ts';

it('no refusal of the flow service sends an HTTP client to the command line', () => {
  const text = ['refusal', 'admit'].map((name) =>
    readFileSync(`src/services/flows/${name}.ts`, 'utf8'),
  );
  const told = overHttp(text.join('\n'));
  expect(told).toContain('See `GET /v1/flows`; a resource set must give you the flow.');
  expect(told).not.toMatch(/`arx flows|--input/);
});
