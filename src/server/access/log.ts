import { type Logger, pino, stdSerializers } from 'pino';
import { lineWriter } from './line-writer.ts';

/** JSON lines on stdout. Above `debug` a fault has its place in the code, and no words that may hold a path. */
export function createLog(level: string): Logger {
  const wordy = level === 'debug' || level === 'trace';
  const stdout = lineWriter(1);
  process.once('exit', stdout.end);
  return pino({ level, base: null, serializers: { err: wordy ? stdSerializers.err : placeOf } }, stdout);
}

export function placeOf(error: unknown): Readonly<Record<string, unknown>> {
  const { name = 'unknown', code, stack = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line));
  return { type: name, ...(code === undefined ? {} : { code }), stack: frames.join('\n') };
}
