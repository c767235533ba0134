import { createFileSink } from './file-sink.ts';
import type { AuditSinkSettings } from '../../config/env/audit-sink.ts';
import type { AuditSink } from './types.ts';

/** The sink that arx.yaml names. Nothing is read or written yet. */
export async function openSink({ target }: AuditSinkSettings): Promise<AuditSink> {
  if (target.kind === 'file') return createFileSink(target.path);
  const { createS3Sink } = await import('./s3-sink.ts');
  return createS3Sink(target);
}
