import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The JSON Schema of arx.yaml for editors. A test checks that arx.schema.json is up to date. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  return { $schema, title: 'arx.yaml', description: 'Configuration of arx', ...schema };
}

/**
 * The text of arx.schema.json. To generate it again: `node src/config/schema/json-schema.ts >
 * arx.schema.json`, then prettier.
 */
const configJsonSchemaText = (): string => `${JSON.stringify(configJsonSchema(), null, 2)}\n`;

if (import.meta.main) process.stdout.write(configJsonSchemaText());
