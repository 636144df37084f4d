import { Type } from 'typebox';
import { exact, Finding, Process, strings, text } from './file-schemas.ts';

/**
 * What is answered. Documentation that tests hold against the answers: nothing is dropped or converted by it. Verdicts,
 * outcomes, kinds and reasons are open strings, since new ones are added.
 */

const Options = Type.Object(
  {
    given: strings,
    needed: Type.Array(Type.String(), { description: 'The smallest set found that lifts all that can be' }),
    sufficient: Type.Boolean({ description: 'With given and needed nothing stands in the way' }),
    unrecognised: strings,
    effects: Type.Array(
      Type.Object({ option: Type.String(), effect: Type.String() }, { title: 'OptionEffect', ...exact }),
    ),
    where: Type.Array(
      Type.Object({ runtime: Type.String(), put: Type.String() }, { title: 'Placement', ...exact }),
      { description: 'Where to put what is needed, by runtime' },
    ),
  },
  { title: 'Options', ...exact },
);

const number = Type.Integer({ minimum: 0 });
const Counts = Type.Object(
  {
    processes: number,
    files: number,
    allowed: number,
    needsOption: number,
    refused: number,
    unknown: number,
    descriptions: number,
  },
  { title: 'Counts', ...exact },
);

const Target = Type.Object(
  {
    type: text('process, tree, container, pod, cgroup, node. Open.'),
    pid: Type.Optional(Type.Integer({ description: 'Root of the tree; absent of several trees' })),
    startTimeTicks: Type.Optional(text('With the pid it is the identity: pids are reused')),
    comm: Type.Optional(Type.String()),
    cgroup: Type.Optional(text('Path below the root of the hierarchy')),
    container: Type.Optional(
      Type.Object(
        {
          id: Type.String(),
          name: Type.Optional(text('As the manifest has it')),
          runtime: text('As far as the cgroup tells. Open.'),
          role: text('container, init, sandbox. Open.'),
        },
        { title: 'Container', ...exact },
      ),
    ),
    pod: Type.Optional(
      Type.Object(
        { uid: Type.String(), namespace: Type.Optional(Type.String()), name: Type.Optional(Type.String()) },
        { title: 'Pod', ...exact },
      ),
    ),
  },
  { title: 'ReportTarget', description: 'The identity that was checked', ...exact },
);

const report = {
  target: Target,
  policy: Type.Object(
    {
      name: Type.String(),
      engine: Type.String(),
      engineVersion: Type.String(),
      versionSource: text('detected, given, assumed. Open.'),
    },
    { title: 'ReportPolicy', ...exact },
  ),
  verdict: text('ready, ready-with-options, not-ready, unknown. Open: read others as unknown.'),
  reason: text('Of the finding that decides; Ready where none does'),
  message: Type.String(),
  options: Options,
  counts: Counts,
  rejected: Type.Array(
    Type.Object(
      { kind: Type.String(), reason: Type.String(), files: number },
      { title: 'Rejected', ...exact },
    ),
  ),
  findings: Type.Array(Finding),
  processes: Type.Array(Process),
  changedDuringCheck: Type.Boolean({ description: 'Ask again before relying on it' }),
  unread: Type.Array(
    Type.Object(
      { pid: Type.Integer(), call: Type.String(), errno: Type.String(), facts: strings },
      { title: 'Unread', ...exact },
    ),
  ),
  observedAt: text('RFC 3339'),
  durationMs: Type.Number(),
  kernel: Type.String(),
  runtime: Type.Object(
    { name: Type.String(), source: text('given, detected, none. Open.'), options: strings },
    { title: 'Runtime', description: 'Options that a container runtime passes on its own account', ...exact },
  ),
  notes: Type.Array(Type.String(), { description: 'Of how the target was found' }),
};

/** Bounded: a part has none of its own. */
const Part = Type.Object(
  { ...report, parts: Type.Array(Type.Object({}), { maxItems: 0, description: 'Empty' }) },
  { title: 'Part', ...exact },
);

export const ReportSchema = Type.Object(
  {
    ...report,
    parts: Type.Array(Part, {
      description: 'Of a pod its containers, each a report; of one tree none. It joins them.',
    }),
  },
  { title: 'Report', ...exact },
);
