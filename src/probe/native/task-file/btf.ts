/** include/uapi/linux/btf.h */
const MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
const TYPE_BYTES = 12;
const MEMBER_BYTES = 12;
const Kind = { ARRAY: 3, STRUCT: 4, UNION: 5, ENUM: 6, FUNC: 12, ENUM64: 19 } as const;
/** What comes after a type, by its kind: so many bytes, and so many for each of its `vlen`. */
const after: Readonly<Record<number, readonly [number, number]>> = {
  1: [4, 0],
  3: [12, 0],
  4: [0, 12],
  5: [0, 12],
  6: [0, 8],
  13: [0, 8],
  14: [4, 0],
  15: [0, 12],
  17: [4, 0],
  19: [0, 12],
};
const LAST_KIND = 19;

/** Where a member is in its struct. */
export interface Member {
  readonly offset: number;
  /** Of a bit field: where in the bytes from `offset` on, and how wide; 0 wide where it is none. */
  readonly bit: number;
  readonly bits: number;
}

/** What the kernel says of its own types: /sys/kernel/btf/vmlinux. */
export interface Btf {
  /** `f_path.mnt` of `file`, as C would name it; undefined where this kernel has none such. */
  member(struct: string, path: string): Member | undefined;
  /** Number of the type of a function. */
  functionId(name: string): number | undefined;
  /** Value of a name of an enum. */
  enumerator(name: string): number | undefined;
}

/** Of types, and members of them, with these names; other names are not found. Throws where it is no BTF of this machine. */
export function parseBtf(data: Buffer, names: readonly string[]): Btf {
  if (data.length < HEADER_BYTES || data.readUInt16LE(0) !== MAGIC) throw new Error('no BTF of this machine');
  const headerBytes = data.readUInt32LE(4);
  const typesAt = headerBytes + data.readUInt32LE(8);
  const typesEnd = typesAt + data.readUInt32LE(12);
  const stringsAt = headerBytes + data.readUInt32LE(16);
  const strings = data.subarray(stringsAt, stringsAt + data.readUInt32LE(20));
  const nameAt = new Map<string, number>();
  for (const name of new Set(names)) {
    const at = strings.indexOf(`\0${name}\0`);
    if (at >= 0) nameAt.set(name, at + 1);
  }
  const wanted = new Map([...nameAt].map(([name, at]) => [at, name] as const));
  /** Where each type is, by its number; 0 is void. */
  const places: number[] = [0];
  const structs = new Map<string, number>();
  const functions = new Map<string, number>();
  const values = new Map<string, number>();

  for (let at = typesAt; at < typesEnd; ) {
    const info = data.readUInt32LE(at + 4);
    const kind = (info >> 24) & 0x1f;
    const count = info & 0xffff;
    if (kind === 0 || kind > LAST_KIND) throw new Error(`BTF has a type of kind ${kind}`);
    const name = wanted.get(data.readUInt32LE(at));
    if (name !== undefined) {
      if ((kind === Kind.STRUCT || kind === Kind.UNION) && !structs.has(name))
        structs.set(name, places.length);
      if (kind === Kind.FUNC && !functions.has(name)) functions.set(name, places.length);
    }
    const [fixed, each] = after[kind] ?? [0, 0];
    if (kind === Kind.ENUM || kind === Kind.ENUM64) {
      for (let i = 0, one = at + TYPE_BYTES; i < count; i++, one += each) {
        const value = wanted.get(data.readUInt32LE(one));
        if (value !== undefined) values.set(value, data.readInt32LE(one + 4));
      }
    }
    places.push(at);
    at += TYPE_BYTES + fixed + count * each;
  }

  const kindOf = (id: number) => (data.readUInt32LE((places[id] as number) + 4) >> 24) & 0x1f;
  /** Without its typedefs and qualifiers. */
  function bare(id: number): number {
    let at = id;
    while (at !== 0 && qualifiers.has(kindOf(at))) at = data.readUInt32LE((places[at] as number) + 8);
    return at;
  }

  /** Also within members without a name. */
  function find(struct: number, name: number): (Member & { readonly type: number }) | undefined {
    const place = places[struct] as number;
    const info = data.readUInt32LE(place + 4);
    const hasBits = info >>> 31 === 1;
    for (let i = 0, at = place + TYPE_BYTES; i < (info & 0xffff); i++, at += MEMBER_BYTES) {
      const raw = data.readUInt32LE(at + 8);
      const bits = hasBits ? raw >>> 24 : 0;
      const start = hasBits ? raw & 0xffffff : raw;
      const here = data.readUInt32LE(at);
      const type = bare(data.readUInt32LE(at + 4));
      const offset = start >> 3;
      if (here === name) return { offset, bit: start & 7, bits, type };
      if (here !== 0 || !isRecord(kindOf(type))) continue;
      const inner = find(type, name);
      if (inner !== undefined) return { ...inner, offset: offset + inner.offset };
    }
    return undefined;
  }

  return {
    member: (struct, path) => {
      let type = structs.get(struct);
      let found: Member = { offset: 0, bit: 0, bits: 0 };
      for (const name of path.split('.')) {
        const at = nameAt.get(name);
        if (type === undefined || at === undefined || !isRecord(kindOf(type))) return undefined;
        const inner = find(type, at);
        if (inner === undefined) return undefined;
        found = { offset: found.offset + inner.offset, bit: inner.bit, bits: inner.bits };
        type = inner.type;
      }
      return found;
    },
    functionId: (name) => functions.get(name),
    enumerator: (name) => values.get(name),
  };
}

/** The names that are asked for meanwhile, where all of them are there. */
export function namesAsked(ask: (btf: Btf) => void): readonly string[] {
  const names = new Set<string>();
  ask({
    member: (struct, path) => {
      for (const name of [struct, ...path.split('.')]) names.add(name);
      return { offset: 0, bit: 0, bits: 0 };
    },
    functionId: (name) => names.add(name) && 0,
    enumerator: (name) => names.add(name) && 0,
  });
  return [...names];
}

const isRecord = (kind: number): boolean => kind === Kind.STRUCT || kind === Kind.UNION;

/** Typedef, volatile, const, restrict, type tag. */
const qualifiers = new Set([8, 9, 10, 11, 18]);
