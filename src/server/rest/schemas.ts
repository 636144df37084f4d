import { Type } from 'typebox';
import { intervalSeconds, maxBatch, timeoutSeconds } from '../deps.ts';
import { type NameForm, nameForms } from '../name-forms.ts';
import { runtimes, shows } from '../question.ts';
import { maxFd, maxPid, scopes } from '../target.ts';

/** What is asked. Schemas with a `title` become components of the OpenAPI document. */
export const exact = { additionalProperties: false } as const;

/** The description says what is expected: it is told to who got it wrong. */
const form = ({ pattern, expected }: NameForm) => Type.String({ pattern, description: expected });

const pid = Type.Integer({ minimum: 1, maximum: maxPid, description: "In the agent's pid namespace" });
export const PidParams = Type.Object({ pid }, exact);
export const ContainerParams = Type.Object({ id: form(nameForms.containerId) }, exact);
export const PodUidParams = Type.Object({ uid: form(nameForms.podUid) }, exact);
export const PodParams = Type.Object(
  { namespace: form(nameForms.namespace), name: form(nameForms.podName) },
  exact,
);
export const CgroupParams = Type.Object({ path: form(nameForms.cgroupPath) }, exact);
export const FileParams = Type.Object({ pid, fd: Type.Integer({ minimum: 0, maximum: maxFd }) }, exact);
export const PolicyParams = Type.Object({ name: Type.String({ minLength: 1 }) }, exact);

const format = Type.Optional(
  Type.Enum(['json', 'text'], {
    description: 'Absent: as Accept says, text for a curl without Accept, else JSON',
  }),
);

const question = {
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
  runtime: Type.Optional(
    Type.Enum([...runtimes], {
      description: 'Whose own options are given too; absent: detected. none: nobody’s',
    }),
  ),
  show: Type.Optional(
    Type.Enum([...shows], {
      default: 'blocking',
      description: 'counts: no findings; all: every file with its facts',
    }),
  ),
};
/** What every check may be asked with. */
export const checkQuery = {
  ...question,
  format,
  timeoutSeconds: Type.Optional(
    Type.Number({
      minimum: timeoutSeconds.min,
      maximum: timeoutSeconds.max,
      description: 'How long the check may take',
    }),
  ),
};
const startTimeTicks = Type.Optional(form(nameForms.startTimeTicks));
/** What pins or narrows a target, by its type. */
export const processQuery = {
  scope: Type.Optional(
    Type.Enum([...scopes], { default: 'tree', description: 'tree: the process and its descendants' }),
  ),
  startTimeTicks,
};
/** What a watch may be asked with: its format is what it is. */
export const watchQuery = {
  ...question,
  intervalSeconds: Type.Optional(
    Type.Number({
      minimum: intervalSeconds.min,
      maximum: intervalSeconds.max,
      default: intervalSeconds.default,
      description: 'Between two looks at the target',
    }),
  ),
};
/** `fresh` sweeps the node now instead of telling the last sweep. */
export const nodeQuery = {
  fresh: Type.Optional(
    Type.Enum(['true', 'false'], { default: 'false', description: 'true: look now, not at the last sweep' }),
  ),
};
export const podQuery = { uid: Type.Optional(form(nameForms.podUid)) };
export const FileQuery = Type.Object({ startTimeTicks, ...checkQuery }, exact);
export const ProcessQuery = Type.Object({ ...processQuery, ...checkQuery }, exact);
export const PolicyQuery = Type.Object({ format }, exact);
export const BatchQuery = Type.Object({ format, timeoutSeconds: checkQuery.timeoutSeconds }, exact);
export const NoParams = Type.Object({}, exact);
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
        pid: Type.Optional(Type.Integer({ description: `1 to ${maxPid}` })),
        scope: Type.Optional(Type.String({ description: '"tree" (default) or "process"' })),
        fd: Type.Optional(Type.Integer({ description: 'Judge this open file alone' })),
        startTimeTicks: Type.Optional(Type.String({ description: 'Pins the process' })),
        containerId: Type.Optional(Type.String({ description: nameForms.containerId.expected })),
        pod: Type.Optional(
          Type.Object(
            {
              uid: Type.Optional(Type.String()),
              namespace: Type.Optional(Type.String()),
              name: Type.Optional(Type.String()),
            },
            {
              title: 'PodName',
              description: 'A uid, or a namespace and a name; all three pin it',
              ...exact,
            },
          ),
        ),
        cgroupPath: Type.Optional(Type.String({ description: nameForms.cgroupPath.expected })),
        node: Type.Optional(Type.Boolean()),
      },
      {
        title: 'Target',
        description: 'Named in exactly one way: pid, containerId, pod, cgroupPath or node',
        ...exact,
      },
    ),
    policy: Type.Optional(Type.String()),
    options: Type.Optional(Type.Array(Type.String())),
    engineVersion: Type.Optional(Type.String()),
    runtime: Type.Optional(Type.String({ description: [...runtimes].join(', ') })),
    show: Type.Optional(Type.String({ description: '"counts", "blocking" (default) or "all"' })),
  },
  { title: 'CheckRequest', ...exact },
);

export const BatchBody = Type.Object(
  { requests: Type.Array(BatchRequest, { minItems: 1, maxItems: maxBatch }) },
  { title: 'CheckBatchRequest', ...exact },
);
