import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sinkChecks } from '../../../../src/cli/doctor/audit-sink.ts';
import { createIo } from '../../../../src/cli/kit/io.ts';
import { loadSettings } from '../../../../src/cli/kit/settings.ts';
import { findSink } from '../../../../src/services/audit/sink.ts';
import { Shipper } from '../../../../src/store/sink/shipper.ts';
import { appendMany } from '../../../support/checkpoints.ts';
import { startS3 } from '../../../support/s3.ts';
import type { S3Process } from '../../../support/s3.ts';
import { storeOfTest } from '../support/store.ts';
import { arx } from '../support/terminal.ts';

const of = storeOfTest('arx-audit-sink');
const FREE = 'drop trigger audit_entries_append_only on audit_entries;';
let s3: S3Process;
let prefix = 0;
let config: string;
let trail: string;

beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());
beforeEach(() => {
  config = join(of.home, 'arx.yaml');
  trail = join(of.home, 'copy', 'trail.jsonl');
  prefix += 1;
});

const useFile = (): void =>
  writeFileSync(config, 'version: 1\naudit: { sink: { file: copy/trail.jsonl } }\n');
const useS3 = (): void =>
  writeFileSync(
    config,
    `version: 1\naudit: { sink: { s3: { endpoint: '${s3.url}', region: eu-central-1, bucket: arx-trail, prefix: t${prefix} } } }\n`,
  );
const envNow = () => ({ ...of.env, ...s3.env, ARX_CONFIG: config });
const settingsNow = () => {
  const { stdout: out, stderr: err } = process;
  const { signal } = new AbortController();
  return loadSettings(createIo({ out, err, env: envNow(), signal }), {});
};
const ship = async (): Promise<void> => {
  const { arx: env, ...settings } = await settingsNow();
  const { sink } = (await findSink({ env, ...settings }))!;
  await new Shipper({ store: of.store, sink }).flush();
};
const verify = async (...argv: string[]) => {
  const { out, code } = await arx(['audit', 'verify', '--json', ...argv], envNow());
  return { code, document: JSON.parse(out) as Record<string, unknown> };
};
const cutTo = (entries: number) =>
  of.query(`${FREE} delete from audit_entries where index >= ${entries};
    update audit_head set entries = ${entries}, head = (select text::json ->> 'hash' from audit_entries where index = ${entries - 1})`);

describe.each([
  ['a file', useFile],
  ['an S3 store', useS3],
])('arx audit verify --sink with %s', (_, use) => {
  beforeEach(async () => {
    use();
    await appendMany(of.store, 6);
    await ship();
  });

  it('compares every entry, and says how far the sink is behind', async () => {
    await appendMany(of.store, 2, 'run-2');
    const sink = { from: 0, entries: 6, behind: 2 };
    expect(await verify('--sink')).toMatchObject({
      code: 0,
      document: { ok: true, entries: 8, sink: { ...sink, compared: true } },
    });
    expect(await verify()).toMatchObject({ document: { sink: { ...sink, compared: false } } });
    const { out } = await arx(['audit', 'verify', '--sink'], envNow());
    expect(out).toMatch(/has 6 entries, all as in the store, 2 entries are not in it yet/);
  });

  it('finds a cut tail, which the store alone does not show', async () => {
    await cutTo(4);
    expect(await verify()).toMatchObject({ code: 0, document: { ok: true, entries: 4 } });
    expect(await verify('--sink')).toMatchObject({
      code: 1,
      document: { ok: false, firstBad: { index: 4, reason: expect.stringContaining('cut off') } },
    });
  });

  it('finds a tail that was cut and written again, and ships nothing more', async () => {
    await cutTo(4);
    await appendMany(of.store, 4, 'forged');
    expect(await verify()).toMatchObject({ document: { ok: true, entries: 8 } });
    expect(await verify('--sink')).toMatchObject({
      code: 1,
      document: {
        firstBad: {
          index: 4,
          id: expect.stringContaining('forged'),
          reason: 'differs from the entry in the sink',
        },
      },
    });
    await of.query('delete from audit_sinks');
    await expect(ship()).rejects.toMatchObject({ code: 'sink_conflict' });
  });

  it('accepts entries whose content was removed from the store', async () => {
    await of.query(`${FREE} update audit_entries set workflow_id = '', run = '', subject = '', sequence = 0,
      id = 'removed/0', text = '{"at":"' || at || '","hash":"' || (text::json ->> 'hash') || '","kind":"' || kind || '","removed":true}' where index = 0`);
    const { document } = await verify('--sink');
    expect(document).toMatchObject({ sink: { entries: 6, compared: true } });
    expect(document).toMatchObject({ firstBad: { reason: expect.stringContaining('no content') } });
  });
});

describe('a sink that was changed', () => {
  it('is found: a file', async () => {
    useFile();
    await appendMany(of.store, 4);
    await ship();
    const lines = readFileSync(trail, 'utf8').split('\n');
    writeFileSync(trail, `${lines.slice(0, 3).join('\n')}\n`);
    expect(await verify('--sink')).toMatchObject({
      code: 1,
      document: { firstBad: { index: 3, reason: expect.stringContaining('is missing there') } },
    });
    appendFileSync(trail, '{"hash":"other"}\n');
    expect(await verify('--sink')).toMatchObject({ document: { firstBad: { index: 3 } } });
  });

  it('is found: an object of an S3 store', async () => {
    useS3();
    for (const run of ['a', 'b', 'c']) {
      await appendMany(of.store, 2, run);
      await ship();
    }
    const key = (first: number) => `t${prefix}/${String(first).padStart(15, '0')}.jsonl`;
    await s3.tamper(key(2), null);
    expect(await verify('--sink')).toMatchObject({
      code: 1,
      document: { firstBad: { index: 2, reason: expect.stringContaining('missing in the sink') } },
    });
    await s3.tamper(key(0), null);
    expect(await verify('--sink')).toMatchObject({ code: 1, document: { firstBad: { index: 0 } } });
  });
});

it('names what is missing if there is no sink', async () => {
  writeFileSync(config, 'version: 1\n');
  await appendMany(of.store, 1);
  expect(await verify('--sink')).toMatchObject({
    code: 2,
    document: { code: 'no_sink', remedy: expect.stringContaining('audit.sink') },
  });
  expect((await verify()).document).not.toHaveProperty('sink');
});

describe('arx doctor', () => {
  it('says how far the sink is behind', async () => {
    useS3();
    await appendMany(of.store, 3);
    const checks = async () => sinkChecks(await settingsNow(), of.store);
    expect(await checks()).toMatchObject([
      {
        ok: false,
        detail: expect.stringContaining('3 entries are missing'),
        remedy: expect.stringContaining('worker'),
      },
    ]);
    await ship();
    expect(await checks()).toMatchObject([
      { name: 'audit sink', ok: true, detail: expect.stringContaining('has every entry') },
    ]);
    await appendMany(of.store, 1, 'more');
    expect(await checks()).toMatchObject([
      { ok: true, detail: expect.stringContaining('1 entry is missing') },
    ]);
    await s3.fault({ status: 403, code: 'AccessDenied' });
    expect(await checks()).toMatchObject([
      { ok: false, code: 'sink_refused', remedy: expect.stringContaining('s3:PutObject') },
    ]);
    await s3.clear();
  });
});
