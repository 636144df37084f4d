import type { Readable } from 'node:stream';
import type { Report } from '../policy/report.ts';

/** An answer in the bytes it is sent as. They are made where the check ran, and nobody on the way reads them. */
export interface Body {
  readonly chunks: readonly Uint8Array[];
  readonly bytes: number;
}

/** A report; where it was asked for in a form, what is long of it is in its body alone. */
export type Answered = Report & { readonly body?: Body };

export const bodyOf = (bytes: string | Uint8Array): Body => {
  const chunk = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return { chunks: [chunk], bytes: chunk.length };
};

export const joinBodies = (bodies: readonly Body[]): Body => ({
  chunks: bodies.flatMap(({ chunks }) => chunks),
  bytes: bodies.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** What the log, the metrics and the status of a report need of it. */
export const headOf = (report: Report): Report => ({
  ...report,
  findings: [],
  processes: [],
  parts: [],
  unread: report.unread.slice(0, 1000),
});

/** Gives the next so many bytes of a stream, in the pieces they came in. */
export function bodyReader(stream: Readable): (bytes: number) => Promise<Body> {
  let chunks: Uint8Array[] = [];
  let got = 0;
  // made out here: one made below would keep the promise before, and with it its answer
  const nobodyWaits = () => {};
  let look = nobodyWaits;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    got += chunk.length;
    look();
  });
  return (bytes) =>
    new Promise((resolve) => {
      look = () => {
        if (got < bytes) return;
        resolve({ chunks, bytes });
        chunks = [];
        got = 0;
        look = nobodyWaits;
      };
      look();
    });
}
