import type { Bytes } from '../proc.ts';

/** 64 bits that stand for what a read answered. Two that differ have the same ones once in 2^64. */
export interface Digest {
  readonly high: number;
  readonly low: number;
}

/**
 * Of texts, numbers, and what is made of them: arrays, maps, sets and plain objects. `seed` is a secret of the process:
 * who is looked at must not be able to make up a text that has the digest of another.
 */
export type Digester = (value: unknown) => Digest;
export type BytesDigester = (bytes: Bytes | undefined) => Digest;

/** The object it gives is the same each time. */
export function createDigester(seed: number): Digester {
  const digest = { high: 0, low: 0 };

  function number(value: number): void {
    digest.high = Math.imul(digest.high ^ value, 0x9e3779b1) ^ (digest.low >>> 15);
    digest.low = Math.imul(digest.low ^ value, 0x5f356495) ^ (digest.high >>> 13);
  }

  function text(value: string): void {
    let { high, low } = digest;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495) ^ (high >>> 13);
    }
    digest.high = high;
    digest.low = low;
    number(value.length);
  }

  function object(value: object): void {
    if (Array.isArray(value)) {
      number(9);
      number(value.length);
      for (const one of value) add(one);
    } else if (value instanceof Map) {
      number(10);
      number(value.size);
      for (const [key, one] of value) {
        add(key);
        add(one);
      }
    } else if (value instanceof Set) {
      number(11);
      number(value.size);
      for (const one of value) add(one);
    } else {
      for (const key in value) {
        text(key);
        add((value as Record<string, unknown>)[key]);
      }
      number(-1);
    }
  }

  /** First of which type it is: 1 and '1' differ. */
  function add(value: unknown): void {
    switch (typeof value) {
      case 'string':
        number(1);
        text(value);
        break;
      case 'number':
        number(2);
        if (value === (value | 0)) number(value);
        else text(String(value));
        break;
      case 'boolean':
        number(value ? 3 : 4);
        break;
      case 'undefined':
        number(5);
        break;
      case 'bigint':
        number(6);
        text(String(value));
        break;
      case 'object':
        number(value === null ? 7 : 8);
        if (value !== null) object(value);
        break;
      default:
        throw new TypeError(`a ${typeof value} has no digest`);
    }
  }

  return (value) => {
    digest.high = seed | 0;
    digest.low = ~seed;
    add(value);
    return digest;
  };
}

/** The same of bytes, four at a time; of none it is another than of any. */
export function createBytesDigester(seed: number): BytesDigester {
  const digest = { high: 0, low: 0 };
  return (bytes) => {
    let [high, low] = [seed | 0, ~seed];
    if (bytes !== undefined) {
      const { view, start, end } = bytes;
      let at = start;
      for (; at + 4 <= end; at += 4) {
        const word = view.getInt32(at, true);
        high = Math.imul(high ^ word, 0x9e3779b1) ^ (low >>> 15);
        low = Math.imul(low ^ word, 0x5f356495) ^ (high >>> 13);
      }
      let rest = end - start;
      for (; at < end; at++) rest = (rest << 8) | view.getUint8(at);
      high = Math.imul(high ^ rest, 0x9e3779b1) ^ (low >>> 15);
      low = Math.imul(low ^ rest, 0x5f356495) ^ (high >>> 13);
      low = Math.imul(low ^ (end - start), 0x9e3779b1) ^ (high >>> 15);
    }
    digest.high = high;
    digest.low = low;
    return digest;
  };
}
