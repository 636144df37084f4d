import type { ProcessReport, Report } from '../policy/report.ts';
import { chunks } from './chunks.ts';
import { toFile, toFinding, toProcess, toUnread, toWireHead } from './wire.ts';

/** JSON.stringify(toWire(report)) in pieces: what there may be thousands of comes some at a time. */
export function reportPieces(report: Report): Iterable<string> {
  return objectPieces(toWireHead(report), {
    findings: () => listPieces(report.findings, toFinding),
    processes: () => nestedPieces(report.processes, processPieces),
    unread: () => listPieces(report.unread, toUnread),
    parts: () => nestedPieces(report.parts, (part) => reportPieces({ ...part, parts: [] })),
  });
}

const processPieces = (process: ProcessReport): Iterable<string> =>
  objectPieces(toProcess({ ...process, files: [] }), { files: () => listPieces(process.files, toFile) });

function* objectPieces(
  object: object,
  lists: Readonly<Record<string, () => Iterable<string>>>,
): Iterable<string> {
  let before = '{';
  for (const [name, value] of Object.entries(object)) {
    yield `${before}${JSON.stringify(name)}:`;
    before = ',';
    const list = lists[name];
    if (list === undefined) yield JSON.stringify(value);
    else yield* list();
  }
  yield '}';
}

function* listPieces<Row>(rows: readonly Row[], toRow: (row: Row) => unknown): Iterable<string> {
  yield '[';
  let before = '';
  for (const some of chunks(rows)) {
    yield `${before}${JSON.stringify(some.map(toRow)).slice(1, -1)}`;
    before = ',';
  }
  yield ']';
}

function* nestedPieces<Item>(
  items: readonly Item[],
  piecesOf: (item: Item) => Iterable<string>,
): Iterable<string> {
  yield '[';
  for (const [at, item] of items.entries()) {
    if (at > 0) yield ',';
    yield* piecesOf(item);
  }
  yield ']';
}
