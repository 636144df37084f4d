import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar } from 'yaml';
import { type Name, names, variableOf } from './config-settings.ts';

/** A word somebody wrote, and where. */
export interface Given {
  readonly text: string;
  /** `--workers`, `CHECKPOINTABLE_WORKERS`, `checkpointable.yaml:7: workers`, or the name of a default. */
  readonly place: string;
}

export type Givens = Readonly<Partial<Record<Name, Given>>>;

const isName = (word: string): word is Name => (names as readonly string[]).includes(word);

/** `--name value` and `--name=value`; of one given twice the last counts. */
export function readFlags(args: readonly string[], problems: string[]): Givens {
  const given: Partial<Record<Name, Given>> = {};
  for (let at = 0; at < args.length; at++) {
    const [, flag, name = '', inline] = /^(--([^=]+))(?:=(.*))?$/s.exec(args[at] ?? '') ?? [];
    if (flag === undefined) {
      problems.push(`"${args[at]}": expected a setting, such as --http`);
      continue;
    }
    const next = args[at + 1];
    const value = inline ?? (next?.startsWith('--') ? undefined : next);
    if (inline === undefined && value !== undefined) at += 1;
    if (!isName(name)) problems.push(`${flag}: unknown, ${expectedNames('--')}`);
    else if (value === undefined) problems.push(`${flag}: expected a value behind it`);
    else given[name] = { text: value, place: flag };
  }
  return given;
}

/** Other variables of this prefix are not ours: Kubernetes adds some for a service of this name. */
export function readVariables(environment: Readonly<Record<string, string | undefined>>): Givens {
  const given: Partial<Record<Name, Given>> = {};
  for (const name of names) {
    const text = environment[variableOf(name)];
    if (text !== undefined) given[name] = { text, place: variableOf(name) };
  }
  return given;
}

const maxBytes = 1024 * 1024;

export function readConfigFile(file: string, problems: string[]): Givens {
  const text = readSmallFile(file);
  if (typeof text !== 'string') {
    problems.push(`${file}: ${text.problem}`);
    return {};
  }
  return parseConfigFile(file, text, problems);
}

function readSmallFile(file: string): string | { readonly problem: string } {
  try {
    const fd = openSync(file, 'r');
    try {
      const { size } = fstatSync(fd);
      if (size > maxBytes) return { problem: `expected at most ${maxBytes} bytes, got ${size}` };
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { problem: `cannot be read: ${(error as NodeJS.ErrnoException).code}` };
  }
}

export function parseConfigFile(file: string, text: string, problems: string[]): Givens {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number | undefined) => lines.linePos(offset ?? 0).line;
  for (const { pos, message } of document.errors) problems.push(`${file}:${lineOf(pos[0])}: ${message}`);
  const { contents } = document;
  if (document.errors.length > 0 || contents === null) return {};
  if (!isMap(contents)) {
    problems.push(`${file}:1: expected lines "name: value", ${expectedNames('')}`);
    return {};
  }
  const given: Partial<Record<Name, Given>> = {};
  for (const { key, value } of contents.items) {
    const { range, value: name } = key as Scalar;
    const place = `${file}:${lineOf(range?.[0])}: ${String(name)}`;
    const word = name === 'policy-dir' ? listOf(value) : wordOf(value);
    if (typeof name !== 'string' || !isName(name) || name === 'config') {
      problems.push(`${place}: unknown, ${expectedNames('')}`);
    } else if (word === undefined) {
      problems.push(`${place}: expected a single value${name === 'policy-dir' ? ', or a list of them' : ''}`);
    } else given[name] = { text: word, place };
  }
  return given;
}

/** As it was written, not as YAML takes it: a number stays as many digits. */
function wordOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  return node.value === null ? '' : typeof node.value === 'string' ? node.value : node.source;
}

/** A list is what a flag separates by ":". */
function listOf(node: unknown): string | undefined {
  if (!isSeq(node)) return wordOf(node);
  const words = node.items.map(wordOf);
  return words.every((word) => word !== undefined) ? words.join(':') : undefined;
}

const expectedNames = (prefix: string): string =>
  `expected one of ${names.map((name) => `${prefix}${name}`).join(' ')}`;
