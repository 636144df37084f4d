/** A call that was made, as numbers: which, how many arguments it had, and which of them are texts. */
const COUNT_BITS = 4;
const CALL_SHIFT = COUNT_BITS + 8;
const MOST_ARGUMENTS = 8;
const MOST_COUNT = (1 << COUNT_BITS) - 1;

export type Argument = number | string | undefined;

/**
 * What was asked to come to an answer, in order, each with a digest of what it answered (`digest.ts`): 12 to 40 bytes for
 * one. As the verifying traces of build systems: where all that was asked answers the same, so does the whole.
 */
export interface Trace {
  readonly words: Int32Array;
  readonly texts: readonly string[];
  /** Functions that were called by name. */
  readonly readers: readonly unknown[];
  /** Numbers that are an argument: digests of keys that are looked for (`KeySet`), in ascending order, or fds. */
  readonly lists: readonly Int32Array[];
}

/** One call after the other. What it shows is of the one it came to last. */
export interface TraceReader {
  readonly words: Int32Array;
  readonly texts: readonly string[];
  /** Where the next one begins. */
  at: number;
  /** Where its arguments begin, and how they were written. */
  from: number;
  header: number;
  call: number;
  /** Of the first argument. */
  firstWord: number;
  high: number;
  low: number;
}

export interface TraceWriter {
  add(call: number, args: readonly Argument[], digest: { readonly high: number; readonly low: number }): void;
  /** Which of the trace's readers this is, or of its lists. */
  reader(read: unknown): number;
  list(numbers: Int32Array): number;
  /** It cannot be told what this rests on: there is no trace. */
  spoil(): void;
  finish(): Trace | undefined;
}

export function createTraceWriter(): TraceWriter {
  let words: Int32Array = new Int32Array(1024);
  let length = 0;
  let spoiled = false;
  const lists: Int32Array[] = [];
  const readers: unknown[] = [];
  const texts = new Map<string | undefined, number>();
  const textAt = (text: string | undefined): number => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  const push = (word: number) => {
    if (length === words.length) {
      const longer = new Int32Array(2 * length);
      longer.set(words);
      words = longer;
    }
    words[length++] = word;
  };
  return {
    add: (call, args, { high, low }) => {
      if (args.length > MOST_ARGUMENTS) spoiled = true;
      let header = (call << CALL_SHIFT) | args.length;
      const at = length;
      push(0);
      for (let i = 0; i < args.length && i < MOST_ARGUMENTS; i++) {
        const arg = args[i];
        if (typeof arg === 'number') {
          if (arg !== (arg | 0)) spoiled = true;
          push(arg);
        } else {
          header |= 1 << (COUNT_BITS + i);
          push(textAt(arg));
        }
      }
      words[at] = header;
      push(high);
      push(low);
    },
    reader: (read) => {
      const at = readers.indexOf(read);
      return at < 0 ? readers.push(read) - 1 : at;
    },
    list: (numbers) => lists.push(numbers) - 1,
    spoil: () => {
      spoiled = true;
    },
    finish: () =>
      spoiled
        ? undefined
        : { words: words.slice(0, length), texts: [...texts.keys()] as string[], readers, lists },
  };
}

export const readTrace = ({ words, texts }: Trace): TraceReader => ({
  words,
  texts,
  ...{ at: 0, from: 0, header: 0, call: 0, firstWord: 0, high: 0, low: 0 },
});

/** Comes to the next one; false: there is no more. */
export function next(reader: TraceReader): boolean {
  const { words, at } = reader;
  if (at >= words.length) return false;
  const header = words[at] as number;
  const end = at + 1 + (header & MOST_COUNT);
  reader.header = header;
  reader.from = at + 1;
  reader.call = header >> CALL_SHIFT;
  reader.firstWord = words[at + 1] as number;
  reader.high = words[end] as number;
  reader.low = words[end + 1] as number;
  reader.at = end + 2;
  return true;
}

export function argumentsAt({ words, texts, from, header }: TraceReader): readonly Argument[] {
  const args: Argument[] = [];
  for (let i = 0; i < (header & MOST_COUNT); i++) {
    const word = words[from + i] as number;
    args.push((header & (1 << (COUNT_BITS + i))) === 0 ? word : texts[word]);
  }
  return args;
}
