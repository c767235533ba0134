import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emulatorControl } from '../../../emulators/client.ts';
import type { EmulatorControl } from '../../../emulators/client.ts';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';

let emulators: RunningEmulators;
let control: EmulatorControl;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'plain', users: 3, rateLimit: 0 });
  control = emulatorControl(emulators.document.control);
});
afterAll(() => emulators.close());

const users = () => `${emulators.document.okta}/api/v1/users`;
const headers = () => ({ authorization: `SSWS ${emulators.document.tokens.okta}` });
const traffic = async () => (await control.state('traffic')).traffic;

it('counts requests that were answered, and those cut off when their caller was killed', async () => {
  await (await fetch(users(), { headers: headers() })).text();
  await expect
    .poll(traffic)
    .toEqual([{ vendor: 'okta', operation: 'users:read', begun: 1, answered: 1, cut: 0 }]);

  await control.fault({ vendor: 'okta', kind: 'latency', ms: 60_000 });
  const script = `fetch(${JSON.stringify(users())}, { headers: ${JSON.stringify(headers())} })`;
  const caller = spawn(process.execPath, ['-e', `${script}; ${script}`]);
  await expect
    .poll(async () => (await traffic())[0], { timeout: 20_000 })
    .toMatchObject({ begun: 3, answered: 1, cut: 0 });
  caller.kill('SIGKILL');
  await once(caller, 'exit');
  await expect
    .poll(async () => (await traffic())[0], { timeout: 20_000 })
    .toMatchObject({ begun: 3, answered: 1, cut: 2 });
});
