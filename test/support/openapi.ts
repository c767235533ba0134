import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { LogEntry } from '../../emulators/types.ts';
import { readReference } from './reference.ts';

/** A request, as in the accept log of the emulators. */
interface LoggedRequest {
  method: string;
  path: string;
  /** Query as sent, without the question mark. */
  query: string;
  body?: unknown;
}

/**
 * Checks requests and answers against one OpenAPI file; each check returns the problems, empty if
 * there are none.
 */
export interface OpenApi {
  request(request: LoggedRequest): string[];
  response(answer: { method: string; path: string; status: number; body: unknown }): string[];
}

type Node = Record<string, unknown>;
interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: Node;
}
interface Operation {
  template: string;
  method: string;
  matcher: RegExp;
  names: string[];
  parameters: Parameter[];
  body: { schema: Node | null; required: boolean } | null;
  responses: Record<string, Node | null>;
}

const SPECIFICATIONS = {
  okta: ['okta', 'okta-30ops-trimmed.openapi.json'],
  jira: ['jira', 'jira-cloud-v3-trimmed.openapi.json'],
} as const;

/**
 * The specification of a vendor from the reference data. It is read at the first check, which
 * throws if it is missing.
 */
export function openApiOf(vendor: keyof typeof SPECIFICATIONS): OpenApi {
  let opened: { operations: Operation[]; compile: Compile } | undefined;
  const open = () => (opened ??= openSpecification(vendor));
  return {
    request: (request) => requestProblems(open().operations, open().compile, request),
    response: (answer) => responseProblems(open().operations, open().compile, answer),
  };
}

function openSpecification(vendor: keyof typeof SPECIFICATIONS): {
  operations: Operation[];
  compile: Compile;
} {
  const document = readReference<Node>(...SPECIFICATIONS[vendor]);
  return { operations: operationsOf(document), compile: compilerOf(document) };
}

// Not part of the reference data: the token endpoint, and the pages for people.
const UNSPECIFIED: readonly string[] = ['oauth:token', 'page'];

/**
 * The problems with the requests of an accept log that went to Okta and Jira: method, path, query
 * and body.
 */
export function acceptLogProblems(entries: readonly LogEntry[]): string[] {
  const specifications = { okta: openApiOf('okta'), jira: openApiOf('jira') };
  return entries.flatMap((entry) => {
    const { vendor, operation } = entry;
    const specified = (vendor === 'okta' || vendor === 'jira') && !UNSPECIFIED.includes(operation);
    return specified ? specifications[vendor].request(entry) : [];
  });
}

type Compile = (schema: Node) => ValidateFunction;

function compilerOf(document: Node): Compile {
  const ajv = new Ajv({
    strict: false,
    validateSchema: false,
    allErrors: true,
    coerceTypes: false,
    logger: false,
  });
  addFormats.default(ajv);
  for (const format of [
    'int32',
    'int64',
    'float',
    'double',
    'binary',
    'language',
    'country-code',
    'encoded',
  ])
    ajv.addFormat(format, true);
  ajv.addSchema({ $id: 'spec', components: document.components } as Node);
  const compiled = new Map<Node, ValidateFunction>();
  return (schema) => {
    const known = compiled.get(schema) ?? ajv.compile(anchored(schema) as Node);
    compiled.set(schema, known);
    return known;
  };
}

// References of the document are local to it; a schema compiled on its own has to name the
// document.
function anchored(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(anchored);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [key, `spec${value}`] : [key, anchored(value)],
  );
  return Object.fromEntries(entries);
}

function operationsOf(document: Node): Operation[] {
  const resolve = (node: Node): Node =>
    typeof node.$ref === 'string' ? resolve(pointed(document, node.$ref)) : node;
  const paths = Object.entries(document.paths as Record<string, Node>);
  const operations = paths.flatMap(([template, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'put', 'post', 'delete', 'patch'].includes(method))
      .map(([method, operation]) =>
        operationOf({ template, method, item, operation: operation as Node, resolve }),
      ),
  );
  // If two templates match, the one with fewer variables applies.
  return operations.sort((one, other) => one.names.length - other.names.length);
}

interface Source {
  template: string;
  method: string;
  item: Node;
  operation: Node;
  resolve: (node: Node) => Node;
}

function operationOf({ template, method, item, operation, resolve }: Source): Operation {
  const listed = [
    ...((item.parameters ?? []) as Node[]),
    ...((operation.parameters ?? []) as Node[]),
  ].map(resolve);
  const body = operation.requestBody ? resolve(operation.requestBody as Node) : null;
  const pattern = template.replace(/\{[^}]+\}/g, '([^/]+)');
  return {
    template,
    method: method.toUpperCase(),
    matcher: new RegExp(`^${pattern}$`),
    names: [...template.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name),
    parameters: listed.map((one) => ({
      name: String(one.name),
      in: String(one.in),
      required: one.required === true,
      schema: resolve((one.schema ?? {}) as Node),
    })),
    body: body && { schema: jsonSchema(body), required: body.required === true },
    responses: Object.fromEntries(
      Object.entries(operation.responses as Record<string, Node>).map(([status, answer]) => [
        status,
        jsonSchema(resolve(answer)),
      ]),
    ),
  };
}

function jsonSchema(holder: Node): Node | null {
  const content = (holder.content ?? {}) as Record<string, Node>;
  return (content['application/json']?.schema as Node | undefined) ?? null;
}

function pointed(document: Node, reference: string): Node {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>(
      (node, key) => (node as Node)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    ) as Node;
}

function find(
  operations: readonly Operation[],
  method: string,
  path: string,
): Operation | undefined {
  return operations.find(
    (operation) => operation.method === method && operation.matcher.test(path),
  );
}

function requestProblems(
  operations: readonly Operation[],
  compile: Compile,
  request: LoggedRequest,
): string[] {
  const operation = find(operations, request.method, request.path);
  if (!operation) return [`${request.method} ${request.path} is in no path of the specification`];
  return [
    ...pathProblems(operation, compile, request.path),
    ...queryProblems(operation, compile, new URLSearchParams(request.query)),
    ...bodyProblems(operation, compile, request.body),
  ].map((problem) => `${request.method} ${operation.template}: ${problem}`);
}

function pathProblems(operation: Operation, compile: Compile, path: string): string[] {
  const values = operation.matcher.exec(path)?.slice(1) ?? [];
  return operation.names.flatMap((name, index) => {
    const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === name);
    return parameter
      ? valueProblems(parameter, compile, [decodeURIComponent(values[index] ?? '')])
      : [];
  });
}

function queryProblems(operation: Operation, compile: Compile, query: URLSearchParams): string[] {
  const known = operation.parameters.filter((one) => one.in === 'query');
  const names = [...new Set(query.keys())];
  const unknown = names.filter((name) => !known.some((one) => one.name === name));
  const missing = known.filter((one) => one.required && !query.has(one.name));
  return [
    ...unknown.map((name) => `query parameter '${name}' is not in the specification`),
    ...missing.map(({ name }) => `query parameter '${name}' is required`),
    ...known
      .filter(({ name }) => query.has(name))
      .flatMap((one) => valueProblems(one, compile, query.getAll(one.name))),
  ];
}

function valueProblems(
  { name, in: place, schema }: Parameter,
  compile: Compile,
  texts: readonly string[],
): string[] {
  const validate = compile(schema);
  const value =
    schema.type === 'array'
      ? texts.flatMap((text) => text.split(','))
      : fromText(String(schema.type), texts[0] ?? '');
  return validate(value)
    ? []
    : problemsOf(validate).map((problem) => `${place} parameter '${name}'${problem}`);
}

function fromText(type: string, text: string): unknown {
  if ((type === 'integer' || type === 'number') && text.trim() !== '') return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function bodyProblems({ body }: Operation, compile: Compile, sent: unknown): string[] {
  if (sent === undefined) return body?.required ? ['the body is required'] : [];
  if (!body) return ['a body is sent where the specification has none'];
  if (!body.schema) return [];
  const validate = compile(body.schema);
  return validate(sent) ? [] : problemsOf(validate).map((problem) => `body${problem}`);
}

function responseProblems(
  operations: readonly Operation[],
  compile: Compile,
  answer: { method: string; path: string; status: number; body: unknown },
): string[] {
  const operation = find(operations, answer.method, answer.path);
  if (!operation) return [`${answer.method} ${answer.path} is in no path of the specification`];
  const schema = operation.responses[String(answer.status)];
  if (schema === undefined) return [`status ${answer.status} is not in the specification`];
  if (schema === null) return [];
  const validate = compile(schema);
  return validate(answer.body) ? [] : problemsOf(validate);
}

function problemsOf(validate: ValidateFunction): string[] {
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const detail = 'additionalProperty' in params ? ` '${String(params.additionalProperty)}'` : '';
    return `${instancePath} ${message ?? 'is not valid'}${detail}`;
  });
}
