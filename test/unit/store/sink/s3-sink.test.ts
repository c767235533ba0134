import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/config/env/secret.ts';
import { createS3Sink } from '../../../../src/store/sink/s3-sink.ts';
import type { S3SinkSettings } from '../../../../src/config/env/audit-sink.ts';
import { entriesIn, startS3 } from '../../../support/s3.ts';
import type { S3Process } from '../../../support/s3.ts';

const DAY_MS = 86_400_000;
const LINE = '{"hash":"1"}';

describe('an S3 store as sink', () => {
  let s3: S3Process;
  let serial = 0;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.stop());
  afterEach(() => s3.clear());
  const sinkWith = (over: Partial<S3SinkSettings> = {}) =>
    createS3Sink({ ...s3.settings, prefix: `p${(serial += 1)}/`, ...over });

  it('locks each object for as long as configured', async () => {
    await sinkWith({ prefix: 'locked/' }).append(7, [LINE]);
    const objects = (await s3.objects()).filter(({ key }) => key.startsWith('locked/'));
    expect(objects).toMatchObject([
      { key: 'locked/000000000000007.jsonl', text: `${LINE}\n`, lock: { mode: 'COMPLIANCE' } },
    ]);
    const days = ((objects[0]?.lock?.until ?? 0) - Date.now()) / DAY_MS;
    expect(days).toBeGreaterThan(399);
    expect(days).toBeLessThan(401);
  });

  it('never overwrites: an object that exists is returned', async () => {
    const sink = sinkWith();
    expect(await sink.append(0, [LINE])).toBeNull();
    expect(await sink.append(0, ['{"hash":"2"}'])).toEqual([LINE]);
    expect((await s3.objects()).filter(({ text }) => text?.includes('"2"'))).toEqual([]);
  });

  it('finds its own object if the answer was lost', async () => {
    await s3.fault({ method: 'PUT', status: null, moment: 'after', times: 1 });
    const sink = sinkWith();
    await expect(sink.append(0, [LINE])).rejects.toMatchObject({ code: 'sink_unavailable' });
    expect(await sink.append(0, [LINE])).toEqual([LINE]);
  });

  it('tries again while the store is busy or two writers meet', async () => {
    await s3.fault({ method: 'PUT', status: 503, code: 'SlowDown', times: 1 });
    await s3.fault({ method: 'PUT', status: 409, code: 'ConditionalRequestConflict', times: 1 });
    expect(await sinkWith().append(0, [LINE])).toBeNull();
  });

  it('lists all its objects, page by page, and no others', async () => {
    const sink = sinkWith({ prefix: 'many/' });
    for (let n = 0; n < 5; n += 1) await sink.append(n, [`{"n":${n}}`]);
    await sinkWith({ prefix: 'many-others/' }).append(0, [LINE]);
    await s3.tamper('many/readme.txt', 'not an entry');
    expect(await entriesIn(sink.pages())).toEqual(
      Array.from({ length: 5 }, (_, index) => ({ index, text: `{"n":${index}}` })),
    );
  });

  it.each<[string, Partial<S3SinkSettings>, RegExp]>([
    ['a wrong secret', { secretAccessKey: new Secret('wrong') }, /AWS_SECRET_ACCESS_KEY/],
    ['an unknown key', { accessKeyId: 'AKIAUNKNOWN' }, /AWS_ACCESS_KEY_ID/],
    ['a bucket that does not exist', { bucket: 'other-bucket' }, /Create the bucket/],
    ['a store that does not answer', { endpoint: 'http://127.0.0.1:9' }, /endpoint/],
  ])('names the remedy for %s', async (_, over, remedy) => {
    const sink = sinkWith(over);
    for (const use of [() => sink.append(0, [LINE]), () => sink.probe()])
      await expect(use()).rejects.toMatchObject({
        name: 'SinkError',
        remedy: expect.stringMatching(remedy) as string,
        message: expect.not.stringContaining('wrong') as string,
      });
  });

  it('refuses a bucket without object lock', async () => {
    const plain = await startS3({ objectLock: false });
    const { lock } = s3.settings;
    await expect(createS3Sink({ ...plain.settings, lock }).append(0, [LINE])).rejects.toMatchObject(
      {
        code: 'sink_refused',
        remedy: expect.stringContaining('Object Lock') as string,
      },
    );
    expect(await createS3Sink(plain.settings).append(0, [LINE])).toBeNull();
    plain.stop();
  });

  it('refuses a store that overwrites', async () => {
    const old = await startS3({ ignoresConditions: true });
    await expect(createS3Sink(old.settings).append(0, [LINE])).rejects.toMatchObject({
      code: 'sink_refused',
      message: expect.stringContaining('If-None-Match') as string,
    });
    old.stop();
  });
});
