import { Type } from 'typebox';

/**
 * What is answered. Documentation that tests hold against the answers: nothing is dropped or converted by it. Verdicts,
 * outcomes, kinds and reasons are open strings, since new ones are added.
 */
const exact = { additionalProperties: false } as const;
const strings = Type.Array(Type.String());
const text = (description: string) => Type.String({ description });

const outcome = text('allowed, needs-option, refused, unknown. Open.');
const Facts = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), strings, Type.Null()]),
  { title: 'Facts', description: 'null: it could not be read. No entry: it does not apply.' },
);

const fileRef = {
  via: text('fd, map, cwd, root, exe, mount, device. Open.'),
  fd: Type.Optional(Type.Integer()),
  kind: text('regular, pipe, tcp, … Open.'),
  path: text('Text of the link. Any characters: escape it before showing it.'),
  pathBase64: Type.Optional(text('All bytes of a path that is not UTF-8')),
  fop: text("The kernel's file_operations, inferred from the kind"),
};
const FileRef = Type.Object(fileRef, { title: 'FileRef', ...exact });

const File = Type.Object(
  {
    ...fileRef,
    outcome,
    facts: Facts,
    watchers: Type.Array(
      Type.Object(
        { pid: Type.Integer(), fd: Type.Integer(), events: text('Event mask, hexadecimal') },
        { title: 'Watcher', ...exact },
      ),
    ),
    sharedWith: Type.Array(
      Type.Object({ pid: Type.Integer(), fd: Type.Integer() }, { title: 'Holder', ...exact }),
      { description: 'Other fds of the same open file description' },
    ),
  },
  { title: 'File', ...exact },
);

const Finding = Type.Object(
  {
    outcome: text('refused, unknown, needs-option, warning (changes no verdict), allowed (lifted). Open.'),
    phase: text('dump, restore, loss, hazard. Open.'),
    rule: Type.String(),
    reason: text('CamelCase, stable, for machines. Open.'),
    message: text('For people'),
    lift: Type.Array(Type.String(), { description: 'Options any one of which lifts it' }),
    effect: text('Side effect of the lifting options'),
    advice: text('What would help where no option does'),
    source: Type.String(),
    line: text("The policy's log line; empty where it has none"),
    pid: Type.Integer(),
    comm: Type.String(),
    file: Type.Optional(FileRef),
  },
  { title: 'Finding', ...exact },
);

const Process = Type.Object(
  {
    pid: Type.Integer(),
    startTimeTicks: Type.String(),
    comm: Type.String(),
    outcome,
    facts: Facts,
    files: Type.Array(File, { description: 'With show=all, else empty' }),
  },
  { title: 'Process', ...exact },
);

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
