import { defineKind } from '../kind.ts';
import { plainNeed } from './open-need.ts';

/** A file with a path on some filesystem. */
export const regular = defineKind({
  name: 'regular',
  claim: { type: 'regular' },
  facts: {},
  openNeed: plainNeed,
  fop: ({ facts }) => `${facts.fsType ?? 'unknown_fs'}_file_operations`,
});
