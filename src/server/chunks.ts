const rowsAtOnce = 100;

/** A list in pieces, each of which is soon done. */
export function* chunks<Row>(rows: readonly Row[]): Iterable<readonly Row[]> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) yield rows.slice(at, at + rowsAtOnce);
}
