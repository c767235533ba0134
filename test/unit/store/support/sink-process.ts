/**
 * A process that appends to a file as sink and is killed in the middle of it: `sink-process PATH
 * TEXT…`, started with a limit on the size of files.
 */
import { createFileSink } from '../../../../src/store/sink/file-sink.ts';

const [path = '', ...texts] = process.argv.slice(2);
await createFileSink(path)
  .append(0, texts)
  .catch(() => process.kill(process.pid, 'SIGKILL'));
process.stdout.write('not killed\n');
