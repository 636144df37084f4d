import { Type } from 'typebox';

/** What is said of files and processes, as `report-schemas.ts` has it. */
export const exact = { additionalProperties: false } as const;
export const strings = Type.Array(Type.String());
export const text = (description: string) => Type.String({ description });

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

export const Finding = Type.Object(
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

export const Process = Type.Object(
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
