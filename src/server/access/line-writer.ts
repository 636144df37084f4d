import { write, writeSync } from 'node:fs';

export interface LineWriter {
  write(line: string): void;
  /** What is held back, at once or never: nothing may run after. */
  end(): void;
}

/** As in node:fs. */
interface Calls {
  write(
    fd: number,
    bytes: Buffer,
    done: (error: NodeJS.ErrnoException | null, written: number) => void,
  ): void;
  writeSync(fd: number, text: string): number;
}

/** Beyond it new lines are lost: a reader that stands still costs no memory without end. */
const maxHeldBytes = 1 << 20;
const retryMs = 100;

/**
 * Lines to a descriptor, written beside the event loop. The log is not worth the agent: where a disk is full or a reader
 * stands still, lines are lost and the next that can be written says how many. (SonicBoom, pino's own, throws then, and
 * waits for ever in the exit of the process.)
 */
export function lineWriter(fd: number, calls: Calls = { write, writeSync }): LineWriter {
  let held: string[] = [];
  let heldBytes = 0;
  let writing = false;
  let lost = 0;

  const take = () => {
    // the last one may be cut off in its middle
    const note = lost > 0 ? `\n${JSON.stringify({ level: 40, time: Date.now(), lines: lost, msg })}\n` : '';
    const taken = { text: note + held.join(''), lines: held.length + lost };
    [held, heldBytes, lost] = [[], 0, 0];
    return taken;
  };
  const next = () => {
    if (writing || held.length === 0) return;
    writing = true;
    const { text, lines } = take();
    put(Buffer.from(text), lines);
  };
  const put = (rest: Buffer, lines: number) => {
    calls.write(fd, rest, (error, written) => {
      if (error?.code === 'EAGAIN') return void setTimeout(put, retryMs, rest, lines).unref();
      if (!error && written < rest.length) return put(rest.subarray(written), lines);
      if (error) lost += lines;
      writing = false;
      next();
    });
  };

  return {
    write: (line) => {
      heldBytes += line.length;
      if (heldBytes <= maxHeldBytes) held.push(line);
      else lost += 1;
      next();
    },
    end: () => {
      try {
        if (held.length > 0) calls.writeSync(fd, take().text);
      } catch {
        // there is nobody left to tell
      }
    },
  };
}

const msg = 'lines of the log were lost: they could not be written';
