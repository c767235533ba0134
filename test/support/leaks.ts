/**
 * Finds planted strings in everything that the product writes, in all forms in which they could
 * occur.
 */
import pg from 'pg';
import type { DevServer } from './temporal.ts';

/** The planted strings, by the name under which they are reported. */
export type Canaries = Readonly<Record<string, string>>;

/** Names of the canaries in a text: verbatim, percent-encoded, digits only, or inside base64. */
export function leaked(canaries: Canaries, text: string): string[] {
  const lower = text.toLowerCase();
  return Object.entries(canaries)
    .filter(
      ([, value]) =>
        plainForms(value).some((form) => lower.includes(form)) || inBase64(value, text),
    )
    .map(([name]) => name);
}

function plainForms(value: string): string[] {
  const digits = value.replaceAll(/\D/g, '');
  const ofPhone = /^\+[\d ]+$/.test(value) ? [digits] : [];
  return [value, encodeURIComponent(value), ...ofPhone].map((form) => form.toLowerCase());
}

/**
 * Base64 of a longer text contains one of three fixed pieces, depending on the offset of the value.
 */
function inBase64(value: string, text: string): boolean {
  return [0, 1, 2].some((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
    return text.includes(whole.slice(before === 0 ? 0 : 4));
  });
}

/**
 * The whole content of a protobuf message or a plain object as text: bytes (payloads, metadata) are
 * decoded.
 */
export function spelledOut(value: unknown): string {
  const pieces: string[] = [];
  const walk = (one: unknown): void => {
    if (one instanceof Uint8Array) pieces.push(Buffer.from(one).toString('utf8'));
    else if (Array.isArray(one)) one.forEach(walk);
    else if (typeof one === 'object' && one !== null) {
      for (const [key, inner] of Object.entries(one)) {
        pieces.push(key);
        walk(inner);
      }
    } else if (one !== undefined) pieces.push(String(one));
  };
  walk(value);
  return pieces.join('\n');
}

/** Sizes in bytes of every payload in a history. */
export function payloadSizes(history: unknown): number[] {
  const sizes: number[] = [];
  const walk = (one: unknown): void => {
    if (one instanceof Uint8Array) sizes.push(one.byteLength);
    else if (typeof one === 'object' && one !== null) Object.values(one).forEach(walk);
  };
  walk(history);
  return sizes;
}

export type Execution = Awaited<ReturnType<typeof executions>>[number];

/**
 * Every workflow run on the server: its listing (with memo and search attributes) and its history.
 */
export async function executions({ client, namespace }: DevServer) {
  const { executions: listed } = await client.workflowService.listWorkflowExecutions({ namespace });
  return Promise.all(
    listed.map(async (info) => {
      const { workflowId, runId } = info.execution ?? {};
      const handle = client.workflow.getHandle(`${workflowId}`, `${runId}`);
      return {
        workflowId: `${workflowId}`,
        runId: `${runId}`,
        info,
        history: await handle.fetchHistory(),
      };
    }),
  );
}

/** Every row of every table, as JSON text by table name. */
export async function tables(databaseUrl: string): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const names = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
    );
    const dump: Record<string, string[]> = {};
    for (const { name } of names.rows) {
      const rows = await client.query<{ text: string }>(
        `select row_to_json(t)::text as text from "${name}" t`,
      );
      dump[name] = rows.rows.map(({ text }) => text);
    }
    return dump;
  } finally {
    await client.end();
  }
}
