import { describe, expect, it, vi } from 'vitest';
import { lineWriter } from '../../../src/server/access/line-writer.ts';

type Done = (error: NodeJS.ErrnoException | null, written: number) => void;
const failure = (code: string) => Object.assign(new Error(code), { code });

function descriptor() {
  const written: string[] = [];
  const pending: Done[] = [];
  const calls = {
    write: (_: number, bytes: Buffer, done: Done) => {
      written.push(String(bytes));
      pending.push(done);
    },
    writeSync: (_: number, text: string) => written.push(text),
  };
  const answer = (error: NodeJS.ErrnoException | null, bytes = String(written.at(-1)).length) =>
    pending.shift()?.(error, bytes);
  return { written, answer, ...lineWriter(1, calls) };
}

describe('lines', () => {
  it('go out one write at a time, the rest of one that was cut short first', () => {
    const { written, answer, write } = descriptor();
    for (const line of ['one\n', 'two\n', 'three\n']) write(line);
    expect(written).toEqual(['one\n']);
    answer(null, 2);
    expect(written).toEqual(['one\n', 'e\n']);
    answer(null);
    expect(written.at(-1)).toBe('two\nthree\n');
  });

  it('that could not be written are lost, and the next says how many', () => {
    const { written, answer, write } = descriptor();
    write('one\n');
    write('two\n');
    answer(failure('ENOSPC'));
    answer(failure('ENOSPC'));
    write('three\n');
    const [note, line] = String(written.at(-1)).trim().split('\n');
    expect(JSON.parse(note ?? '')).toMatchObject({ level: 40, lines: 2 });
    expect(line).toBe('three');
    answer(null);
    write('four\n');
    expect(written.at(-1)).toBe('four\n');
  });

  it('are held for a reader that stands still, and no more than 1 MiB of them', () => {
    vi.useFakeTimers();
    const { written, answer, write } = descriptor();
    write('one\n');
    answer(failure('EAGAIN'));
    for (let i = 0; i < 2000; i++) write(`${'x'.repeat(1023)}\n`);
    vi.advanceTimersByTime(100);
    expect(written).toEqual(['one\n', 'one\n']);
    answer(null);
    const [note, ...lines] = String(written.at(-1)).trim().split('\n');
    expect([JSON.parse(note ?? '').lines, lines.length]).toEqual([976, 1024]);
    vi.useRealTimers();
  });

  it('that are held when the process ends go out at once', () => {
    const { written, write, end } = descriptor();
    write('one\n');
    write('two\n');
    end();
    expect(written).toEqual(['one\n', 'two\n']);
  });
});
