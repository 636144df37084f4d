import { Type } from 'typebox';
import { ReportSchema } from './report-schemas.ts';

const exact = { additionalProperties: false } as const;
const strings = Type.Array(Type.String());

/** RFC 9457. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:checkpointable:error:<code>' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What was wrong, and what was expected' }),
    instance: Type.String({ description: 'urn:checkpointable:request:<x-request-id>' }),
    code: Type.String({ description: 'Stable, for machines; the same over gRPC' }),
  },
  { title: 'Problem', ...exact },
);

export const BatchSchema = Type.Object(
  {
    results: Type.Array(
      Type.Union([
        Type.Object({ report: ReportSchema }, exact),
        Type.Object(
          {
            error: Type.Object(
              {
                code: Type.String(),
                status: Type.Integer({ description: 'The HTTP status it would have had alone' }),
                title: Type.String(),
                detail: Type.String(),
              },
              { title: 'Error', ...exact },
            ),
          },
          exact,
        ),
      ]),
      { description: 'As many as requests, in their order' },
    ),
  },
  { title: 'CheckBatchResponse', ...exact },
);

const policy = {
  name: Type.String(),
  description: Type.String(),
  engine: Type.String(),
  engineVersion: Type.String(),
  options: Type.Array(
    Type.Object(
      {
        name: Type.String(),
        effect: Type.String(),
        takes: Type.String({ description: 'flag, optional, value, size, list' }),
        alias: strings,
        inert: Type.Boolean({ description: 'It changes no verdict' }),
      },
      { title: 'PolicyOption', ...exact },
    ),
  ),
  isDefault: Type.Boolean(),
};

const rule = {
  rule: Type.String(),
  kinds: Type.Array(Type.String(), { description: 'Empty: every kind of file' }),
  since: Type.Optional(Type.String()),
  until: Type.Optional(Type.String()),
};

export const PoliciesSchema = Type.Object(
  { policies: Type.Array(Type.Object(policy, { title: 'Policy', ...exact })) },
  { title: 'ListPoliciesResponse', ...exact },
);

export const PolicyDetailSchema = Type.Object(
  {
    ...policy,
    accept: Type.Array(Type.Object(rule, { title: 'AcceptRule', ...exact })),
    refuse: Type.Array(
      Type.Object(
        {
          ...rule,
          reason: Type.String(),
          message: Type.String({ description: 'With {fact} placeholders' }),
          phase: Type.String(),
          as: Type.String({ description: 'refused, unknown, warning' }),
          lift: strings,
          advice: Type.String(),
          source: Type.String(),
        },
        { title: 'RefuseRule', ...exact },
      ),
    ),
  },
  { title: 'PolicyDetail', ...exact },
);

export const ReadinessSchema = Type.Object(
  {
    ready: Type.Boolean(),
    checks: Type.Array(
      Type.Object(
        { name: Type.String(), ok: Type.Boolean(), critical: Type.Boolean(), message: Type.String() },
        { title: 'ReadinessCheck', ...exact },
      ),
    ),
  },
  { title: 'Readiness', ...exact },
);
