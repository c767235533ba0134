import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = `
  import { createRequire } from 'node:module';
  import { context, harness, USER } from './test/unit/connectors/support/harness.ts';
  const loaded = (name) => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes(name));
  const { connectors } = harness('http://127.0.0.1:9');
  const before = loaded('okta-sdk-nodejs');
  await connectors.okta('users:read_detail', { userId: USER }, context()).catch(() => undefined);
  console.log(JSON.stringify([before, loaded('okta-sdk-nodejs')]));
`;

// Loading it takes 600 ms and 90 MB, which a command that never calls Okta must not pay.
it("Okta's SDK is loaded with the first call, not before", async () => {
  const argv = [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module-typescript',
    '-e',
    PROGRAM,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  expect(JSON.parse(stdout)).toEqual([false, true]);
});
