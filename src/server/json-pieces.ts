import type { ProcessReport, Report } from '../policy/report.ts';
import { toFile, toFinding, toProcess, toUnread, toWire } from './wire.ts';

/** JSON.stringify(toWire(report)) in pieces: what there may be thousands of comes some at a time. */
export function reportPieces(report: Report): Iterable<string> {
  return objectPieces(toWire({ ...report, findings: [], processes: [], unread: [], parts: [] }), {
    findings: () => listPieces(report.findings, toFinding),
    processes: () => nestedPieces(report.processes, processPieces),
    unread: () => listPieces(report.unread, toUnread),
    parts: () => nestedPieces(report.parts, (part) => reportPieces({ ...part, parts: [] })),
  });
}

const processPieces = (process: ProcessReport): Iterable<string> =>
  objectPieces(toProcess({ ...process, files: [] }), { files: () => listPieces(process.files, toFile) });

const rowsAtOnce = 100;

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
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const some = rows.slice(at, at + rowsAtOnce).map(toRow);
    yield `${at === 0 ? '' : ','}${JSON.stringify(some).slice(1, -1)}`;
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
