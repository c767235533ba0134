/** `audit` of arx.yaml: the second copy of the audit trail. */

import { z } from 'zod';
import { readAddress } from '../env/address.ts';
import { flag, text, whole, word } from './fields.ts';

const AN_ENDPOINT = 'an https URL without a path; http for loopback hosts only';
const A_PREFIX = 'a path of letters, digits and . _ - /, such as arx/trail';

const s3 = z.strictObject({
  endpoint: text(AN_ENDPOINT, (value) => readAddress(value).ok)
    .optional()
    .describe('URL of the store; if omitted, that of Amazon S3 in the region'),
  region: text('a region such as eu-central-1', (value) => /^[a-z0-9-]{1,40}$/.test(value))
    .prefault('us-east-1')
    .describe('Region of the bucket'),
  bucket: text('the name of a bucket', (value) =>
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value),
  ).describe('Bucket, created with Object Lock'),
  prefix: text(A_PREFIX, (value) => /^[\w.-]+(\/[\w.-]+)*\/?$/.test(value))
    .nullable()
    .prefault(null)
    .describe('Where in the bucket the entries are; a new prefix for each store'),
  object_lock: z
    .strictObject({
      mode: word(['governance', 'compliance'])
        .prefault('compliance')
        .describe('compliance: nobody can shorten the lock; governance: some administrators can'),
      days: whole(1, 36_500).prefault(400).describe('How long each object is locked'),
    })
    .nullable()
    .prefault({})
    .describe('Lock of each object; null: none, the default of the bucket applies'),
});

export const audit = z
  .strictObject({
    sink: z
      .strictObject({
        file: text('the path of a file')
          .optional()
          .describe('A file to which each entry is appended, relative to this file'),
        s3: s3
          .optional()
          .describe(
            'An S3-compatible store; credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
          ),
        required: flag
          .prefault(false)
          .describe(
            'true: no call to a vendor is made until its entry is in the sink; false: entries follow soon after',
          ),
      })
      .nullable()
      .prefault(null)
      .describe('A second copy of the audit trail outside the store: file or s3; null: none'),
  })
  .prefault({})
  .describe('The audit trail');
