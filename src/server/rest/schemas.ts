import { Type } from 'typebox';
import { maxBatch, timeoutSeconds } from '../deps.ts';
import { maxFd, maxPid, scopes, shows } from '../question.ts';

/** What is asked. Schemas with a `title` become components of the OpenAPI document. */
const exact = { additionalProperties: false } as const;

const pid = Type.Integer({ minimum: 1, maximum: maxPid, description: "In the agent's pid namespace" });
export const PidParams = Type.Object({ pid }, exact);
export const FileParams = Type.Object({ pid, fd: Type.Integer({ minimum: 0, maximum: maxFd }) }, exact);
export const PolicyParams = Type.Object({ name: Type.String({ minLength: 1 }) }, exact);

const format = Type.Optional(
  Type.Enum(['json', 'text'], {
    description: 'Absent: as Accept says, text for a curl without Accept, else JSON',
  }),
);

const fileQuery = {
  policy: Type.Optional(Type.String({ minLength: 1, description: "Absent: the agent's default" })),
  option: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      maxItems: 256,
      description: 'Repeatable: option=tcp-established&option=ghost-limit%3D10M',
    }),
  ),
  engineVersion: Type.Optional(
    Type.String({ minLength: 1, description: 'Absent: detected, else the newest the policy speaks of' }),
  ),
  show: Type.Optional(
    Type.Enum([...shows], { default: 'blocking', description: 'all: every file with its facts' }),
  ),
  format,
  timeoutSeconds: Type.Optional(
    Type.Number({
      minimum: timeoutSeconds.min,
      maximum: timeoutSeconds.max,
      description: 'How long the check may take',
    }),
  ),
};
const processQuery = {
  scope: Type.Optional(
    Type.Enum([...scopes], { default: 'tree', description: 'tree: the process and its descendants' }),
  ),
  ...fileQuery,
};
export const FileQuery = Type.Object(fileQuery, exact);
export const ProcessQuery = Type.Object(processQuery, exact);
export const PolicyQuery = Type.Object({ format }, exact);
export const BatchQuery = Type.Object({ format, timeoutSeconds: fileQuery.timeoutSeconds }, exact);
export const NoQuery = Type.Object({}, exact);
export const VerboseQuery = Type.Object(
  { verbose: Type.Optional(Type.Enum(['', 'true', 'false'], { description: 'A line per check' })) },
  exact,
);

/** Loose in its ranges: one request that is out of range fails alone, as it does over gRPC. */
export const BatchRequest = Type.Object(
  {
    target: Type.Object(
      {
        pid: Type.Integer({ description: `1 to ${maxPid}` }),
        scope: Type.Optional(Type.String({ description: '"tree" (default) or "process"' })),
        fd: Type.Optional(Type.Integer({ description: 'Judge this open file alone' })),
      },
      { title: 'Target', ...exact },
    ),
    policy: Type.Optional(Type.String()),
    options: Type.Optional(Type.Array(Type.String())),
    engineVersion: Type.Optional(Type.String()),
    show: Type.Optional(Type.String({ description: '"blocking" (default) or "all"' })),
  },
  { title: 'CheckRequest', ...exact },
);

export const BatchBody = Type.Object(
  { requests: Type.Array(BatchRequest, { minItems: 1, maxItems: maxBatch }) },
  { title: 'CheckBatchRequest', ...exact },
);
