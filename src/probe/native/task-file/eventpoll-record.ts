import { layout } from './layout.ts';
import { addressAt, areZero, digitsAt, type FileRecord, infoOf, isZero, low } from './record.ts';

const { at } = layout;

export const isEventpoll = (record: FileRecord): boolean => !isZero(record, at.eventpoll);

/** Whether it has one entry or none: more of them may only be read under a lock, as fdinfo does. */
export const hasOneEntryAtMost = (record: FileRecord): boolean =>
  areZero(record, branches) && others.every((place) => isSame(record, at.entry, place));

const branches = [at.left, at.right, at.leftThen, at.rightThen];
const others = [at.firstEntry, at.entryThen, at.firstEntryThen];

const isSame = (record: FileRecord, a: number, b: number): boolean =>
  low(record, a) === low(record, b) && low(record, a + 4) === low(record, b + 4);

/** Of what it watches: see `descriptionOf`; undefined where it watches nothing. */
export const targetOf = (record: FileRecord): string | undefined =>
  isZero(record, at.entry) ? undefined : addressAt(record, at.target);

/** /proc/PID/fdinfo/N: ep_show_fdinfo() in fs/eventpoll.c. */
export function eventpollInfoOf(record: FileRecord): string {
  if (isZero(record, at.entry)) return infoOf(record);
  const hex = (place: number) => digitsAt(record, place, 16);
  const device = low(record, at.targetDevice).toString(16);
  const fd = String(low(record, at.targetFd)).padStart(8);
  const events = low(record, at.events).toString(16).padStart(8);
  const data = hex(at.data).padStart(16);
  const position = record.view.getBigInt64(record.start + at.targetPosition, true);
  return `${infoOf(record)}tfd: ${fd} events: ${events} data: ${data}  pos:${position} ino:${hex(at.targetInode)} sdev:${device}\n`;
}
