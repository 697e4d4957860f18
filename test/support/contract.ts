// Real answers compared with an OpenAPI document: each of them must be described there, and what is described must be seen.
import assert from 'node:assert/strict';
import http from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** A part of the document. */
type Node = Readonly<Record<string, unknown>>;

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface Contract {
  /** Sends a call; throws unless its answer is as the document describes it. */
  call(call: Call): Promise<Answer>;
  /** Throws unless a value is as a schema of the document describes it. */
  fits(schema: string, value: unknown): void;
  /** What the document describes and no call has seen: answers of each operation, forms of each answer, parameters. */
  unseen(): string[];
}

/** Headers of HTTP itself, which a document does not describe. */
const ofHttp = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
]);
/** Headers of a request that a document does not describe: what OpenAPI forbids, and who calls. */
const unnamed = new Set(['accept', 'authorization', 'host', 'user-agent']);

export function createContract(document: Node): Contract {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'openapi', components: { schemas: toClosed(at(document, 'components', 'schemas')) } });
  const resolve = (node: Node): Node => {
    const to = node['$ref'];
    return typeof to === 'string' ? at(document, ...to.split('/').slice(1)) : node;
  };
  const validators = new Map<Node, ValidateFunction>();
  const validate = (schema: Node, value: unknown, what: string): void => {
    let isValid = validators.get(schema);
    if (isValid === undefined) {
      isValid = ajv.compile(toAbsolute(schema));
      validators.set(schema, isValid);
    }
    assert.ok(isValid(value), `${what}: ${ajv.errorsText(isValid.errors)}`);
  };
  const templates = Object.keys(at(document, 'paths'))
    .toSorted((a, b) => a.split('{').length - b.split('{').length)
    .map((template) => ({
      template,
      pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }));
  const expected = new Set<string>();
  const seen = new Set<string>();
  for (const { template } of templates) {
    const item = at(document, 'paths', template);
    for (const method of ['get', 'post'].filter((name) => name in item)) {
      const operation = at(item, method);
      for (const status of Object.keys(at(operation, 'responses')))
        expected.add(`${method} ${template} ${status}`);
      for (const parameter of listOf(operation['parameters']).map(resolve))
        expected.add(`${method} ${template} ${String(parameter['name'])}`);
    }
  }
  for (const [name, response] of Object.entries(at(document, 'components', 'responses')))
    for (const type of typesOf(response as Node)) expected.add(`${name} as ${type}`);

  const check = (
    { method: verb, url, headers: sent = {} }: Call,
    { status, headers, body, text }: Answer,
  ): void => {
    const { pathname, searchParams } = new URL(url);
    const method = verb.toLowerCase();
    const what = `${method} ${pathname} ${status}`;
    const template = templates.find(({ pattern }) => pattern.test(pathname))?.template ?? '';
    const operation = at(document, 'paths', template, method);
    const reference = at(operation, 'responses', String(status));
    seen.add(`${method} ${template} ${status}`);
    const given = new Map([
      ...searchParams,
      ...Object.entries(sent).filter(([name]) => !unnamed.has(name.toLowerCase())),
    ]);
    const parameters = listOf(operation['parameters']).map(resolve);
    for (const [name, value] of status === 400 ? [] : given) {
      const parameter = parameters.find((one) => String(one['name']).toLowerCase() === name.toLowerCase());
      assert.ok(parameter !== undefined, `${what}: the parameter ${name}`);
      validate(at(parameter, 'schema'), value, `${what} ${name}`);
      seen.add(`${method} ${template} ${String(parameter['name'])}`);
    }
    const response = resolve(reference);
    const described = at(response, 'headers');
    const names = new Map(Object.keys(described).map((name) => [name.toLowerCase(), name]));
    for (const [name, value] of Object.entries(headers)) {
      if (ofHttp.has(name)) continue;
      const own = names.get(name);
      assert.ok(own !== undefined, `${what}: the header ${name}: ${String(value)}`);
      const schema = at(resolve(at(described, own)), 'schema');
      validate(schema, schema['type'] === 'integer' ? Number(value) : value, `${what} ${name}`);
    }
    for (const [low, name] of names)
      if (resolve(at(described, name))['required'] === true)
        assert.ok(low in headers, `${what}: no header ${name}`);
    const type = headers['content-type']?.split(';')[0] ?? 'nothing';
    assert.ok(typesOf(response).includes(type), `${what} as ${type}`);
    const name = String(reference['$ref']).split('/').at(-1);
    seen.add(`${name} as ${type}`);
    if (type === 'nothing') assert.equal(body.length, 0, what);
    const schema = type === 'nothing' ? undefined : at(response, 'content', type)['schema'];
    if (schema !== undefined)
      validate(schema as Node, type.endsWith('json') ? JSON.parse(text) : text, `${what} as ${type}`);
  };
  return {
    async call(call) {
      const answer = await send(call);
      check(call, answer);
      return answer;
    },
    fits: (schema, value) => validate(at(document, 'components', 'schemas', schema), value, schema),
    unseen: () => [...expected].filter((one) => !seen.has(one)),
  };
}

/** Sends a request with these headers and no others. */
async function send({ method, url, headers = {} }: Call): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString() });
      });
    });
    request.on('error', reject).end();
  });
}

function at(node: Node, ...names: readonly string[]): Node {
  return names.reduce((inner, name) => {
    const next = inner[name];
    assert.ok(typeof next === 'object' && next !== null, `The document has no ${names.join(' ')}`);
    return next as Node;
  }, node);
}

function listOf(value: unknown): readonly Node[] {
  return Array.isArray(value) ? (value as Node[]) : [];
}

function typesOf(response: Node): readonly string[] {
  return Object.keys((response['content'] as object | undefined) ?? { nothing: 0 });
}

/** The same schemas, but without room for names that are not described. */
function toClosed(schema: unknown): unknown {
  return mapObjects(schema, (node) =>
    'properties' in node && 'type' in node ? { ...node, additionalProperties: false } : node,
  );
}

/** The same schema, with references to the document. */
function toAbsolute(schema: unknown): Node {
  return mapObjects(schema, (node) =>
    typeof node['$ref'] === 'string' ? { $ref: `openapi${node['$ref']}` } : node,
  ) as Node;
}

function mapObjects(value: unknown, map: (node: Node) => Node): unknown {
  if (Array.isArray(value)) return value.map((one) => mapObjects(one, map));
  if (typeof value !== 'object' || value === null) return value;
  return map(
    Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapObjects(inner, map)])),
  );
}
