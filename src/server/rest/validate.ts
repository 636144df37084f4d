import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TValidationError } from 'typebox/error';
import { lazy } from '../../probe/lazy.ts';
import { AgentError } from '../errors.ts';

/** What a schema looks like from here: JSON Schema, as much of it as `schemas.ts` uses. */
interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly description?: string;
}

/**
 * Strict where fastify's default is not: a parameter nobody knows is an error, a JSON body is not converted, and
 * every error says what was expected.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const shape = schema as Shape;
  // for the first who asks: all of them are a good part of the start
  const compiled = lazy(() => Compile(schema));
  return (data: unknown) => {
    const validator = compiled();
    const value = httpPart === 'body' ? data : fromText(data as Record<string, unknown>, shape);
    if (validator.Check(value)) return { value };
    return { error: new AgentError('InvalidArgument', describe(validator.Errors(value), value, shape)) };
  };
};

/** Query and path are text: numbers are read, and one value where a list may be is a list of one. */
function fromText(data: Record<string, unknown>, { properties = {} }: Shape): Record<string, unknown> {
  const read = ([name, value]: [string, unknown]) => {
    const type = properties[name]?.type;
    if (type === 'array') return [name, Array.isArray(value) ? value : [value]];
    const number =
      type === 'integer' ? /^\d{1,15}$/ : type === 'number' ? /^\d{1,15}(\.\d{1,15})?$/ : undefined;
    return [name, typeof value === 'string' && number?.test(value) ? Number(value) : value];
  };
  return Object.fromEntries(Object.entries(data ?? {}).map(read));
}

function describe(errors: readonly TValidationError[], value: unknown, shape: Shape): string {
  // an unknown name says more than what is missing for it
  const rank = ({ keyword }: TValidationError) => ['additionalProperties', 'required'].indexOf(keyword) >>> 0;
  const error = [...errors]
    .filter(({ keyword }) => keyword !== 'boolean')
    .sort((a, b) => rank(a) - rank(b))[0];
  if (error === undefined) return 'not usable';
  const path = error.instancePath.split('/').slice(1);
  const at = find(shape, path);
  const name = path.join('.');
  const known = Object.keys(at?.properties ?? {});
  const names = known.length === 0 ? 'none' : `one of ${known.join(', ')}`;
  const within = name === '' ? '' : `${name}: `;
  if (error.keyword === 'additionalProperties') {
    const unknown = error.params.additionalProperties.map((one) => JSON.stringify(one)).join(', ');
    return `${within}unknown name ${unknown}: expected ${names}`;
  }
  if (error.keyword === 'required') {
    return `${within}missing ${error.params.requiredProperties.join(', ')}: expected ${names}`;
  }
  return `${name === '' ? 'body' : name}: expected ${expectation(at)}, got ${shown(path.reduce(step, value))}`;
}

const find = (shape: Shape, path: readonly string[]): Shape | undefined =>
  path.reduce<Shape | undefined>((at, key) => at?.properties?.[key] ?? at?.items, shape);

const step = (value: unknown, key: string): unknown => (value as Record<string, unknown> | undefined)?.[key];

function expectation(shape: Shape | undefined): string {
  if (shape === undefined) return 'something else';
  if (shape.pattern !== undefined && shape.description !== undefined) return shape.description;
  const { type, minimum, maximum, minItems, maxItems, minLength } = shape;
  if (shape.enum) return shape.enum.map((one) => JSON.stringify(one)).join(' or ');
  const a = /^[aeiou]/.test(type ?? '') ? 'an' : 'a';
  if (minimum !== undefined) return `${a} ${type} from ${minimum} to ${maximum}`;
  if (type === 'array') return `a list of ${minItems ?? 0} to ${maxItems ?? 'any number'} of them`;
  return `${a} ${type}${minLength ? ' that is not empty' : ''}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
