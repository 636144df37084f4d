import { type Document, isMap, isScalar, type LineCounter } from 'yaml';

export interface PolicyIssue {
  /** 1-based; 0 where the text as a whole is meant. */
  readonly line: number;
  /** Where in the document: `refuse[3].when.kind`. */
  readonly path: string;
  /** What is wrong and what was expected. */
  readonly message: string;
}

type Path = readonly (string | number)[];

/** A parsed YAML document that collects what is wrong with it, with lines. */
export class Reader {
  readonly issues: PolicyIssue[] = [];
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  root(): Node {
    return new Node(this, [], this.#document.toJS() as unknown);
  }

  issue(path: Path, message: string): void {
    const text = path.reduce<string>(
      (all, key) => (typeof key === 'number' ? `${all}[${key}]` : all ? `${all}.${key}` : key),
      '',
    );
    this.issues.push({ line: this.#lineOf(path), path: text, message });
  }

  /** Line of the key or list item, or of the nearest one around it that is there. */
  #lineOf(path: Path): number {
    for (let length = path.length; length >= 0; length--) {
      const start = this.#keyAt(path.slice(0, length)) ?? this.#nodeAt(path.slice(0, length))?.range?.[0];
      if (start !== undefined) return this.#lines.linePos(start).line;
    }
    return 0;
  }

  #nodeAt(path: Path): { readonly range?: readonly number[] } | undefined {
    return this.#document.getIn(path, true) as { readonly range?: readonly number[] } | undefined;
  }

  /** A value may begin on the line after its key: the key is what the reader looks for. */
  #keyAt(path: Path): number | undefined {
    const parent = this.#nodeAt(path.slice(0, -1));
    if (path.length === 0 || !isMap(parent)) return undefined;
    const key = parent.items.find((pair) => isScalar(pair.key) && pair.key.value === path.at(-1))?.key;
    return isScalar(key) ? key.range?.[0] : undefined;
  }
}

/** A value at a place in the document; every reader gives a usable default after noting an issue. */
export class Node {
  readonly #reader: Reader;
  readonly path: Path;
  readonly value: unknown;

  constructor(reader: Reader, path: Path, value: unknown) {
    this.#reader = reader;
    this.path = path;
    this.value = value;
  }

  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  issue(message: string): void {
    this.#reader.issue(this.path, message);
  }

  get(key: string): Node {
    return new Node(this.#reader, [...this.path, key], this.record()[key]);
  }

  required(key: string): Node {
    const node = this.get(key);
    if (!node.exists) this.issue(`missing: expected ${key}`);
    return node;
  }

  record(): Readonly<Record<string, unknown>> {
    if (typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)) {
      return this.value as Record<string, unknown>;
    }
    return {};
  }

  onlyKeys(known: readonly string[]): void {
    if (Object.keys(this.record()).length === 0) this.issue(`expected a map with ${known.join(', ')}`);
    for (const key of Object.keys(this.record())) {
      if (!known.includes(key))
        this.get(key).issue(`unknown key "${key}": expected one of ${known.join(', ')}`);
    }
  }

  items(): readonly Node[] {
    if (!this.exists) return [];
    if (!Array.isArray(this.value)) {
      this.issue('expected a list');
      return [];
    }
    return this.value.map((item: unknown, i) => new Node(this.#reader, [...this.path, i], item));
  }

  string(otherwise?: string): string {
    if (typeof this.value === 'string') return this.value;
    if (this.exists || otherwise === undefined)
      this.issue(`expected text${this.exists ? ', in quotes' : ''}`);
    return otherwise ?? '';
  }

  strings(): readonly string[] {
    return this.items().map((item) => item.string());
  }

  boolean(otherwise: boolean): boolean {
    if (typeof this.value === 'boolean') return this.value;
    if (this.exists) this.issue('expected true or false');
    return otherwise;
  }

  oneOf<T extends string>(choices: readonly T[], otherwise?: T): T {
    const found = choices.find((choice) => choice === this.value);
    if (found !== undefined) return found;
    if (this.exists || otherwise === undefined) {
      this.issue(`expected one of ${choices.join(', ')}, got ${JSON.stringify(this.value) ?? 'nothing'}`);
    }
    return otherwise ?? (choices[0] as T);
  }
}
