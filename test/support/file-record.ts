import { layout, type Value } from '../../src/probe/native/task-file/layout.ts';
import { type FileRecord, recordAt, viewOf } from '../../src/probe/native/task-file/record.ts';

export const magics = {
  tmpfs: 0x01021994,
  ext4: 0xef53,
  sockfs: 0x534f434b,
  anonInodes: 0x09041934,
  xfs: 0x58465342,
};

export type Values = Readonly<Partial<Record<Value, number | bigint | Buffer>>>;

/** A record as the program writes it; what is not said is 0. */
export function fileRecord(link: string, values: Values = {}): Buffer {
  const { magic, family } = values;
  const part =
    magic === magics.sockfs
      ? family === 1
        ? layout.unix
        : layout.inet
      : magic === magics.anonInodes
        ? values.eventpoll === undefined
          ? layout.event
          : layout.eventpoll
        : layout.file;
  const head = Buffer.alloc(layout.text[0]);
  const text = link === '' ? Buffer.alloc(0) : Buffer.from(`${link}\0`, 'latin1');
  head.writeUInt32LE(text.length, layout.at.textBytes);
  for (const [name, value] of Object.entries(values)) {
    const at = layout.at[name as Value];
    if (Buffer.isBuffer(value)) value.copy(head, at);
    else head.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), at);
  }
  return Buffer.concat([head.subarray(0, part[1]), text]);
}

/** The same, as it is read. */
export function readRecord(link: string, values?: Values): FileRecord {
  const buffer = fileRecord(link, values);
  return recordAt(buffer, viewOf(buffer), 0);
}
