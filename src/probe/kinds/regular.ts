import { defineKind } from '../kind.ts';

/** A file with a path on some filesystem. */
export const regular = defineKind({
  name: 'regular',
  claim: { type: 'regular' },
  facts: {},
  fop: ({ facts }) => `${facts.fsType ?? 'unknown_fs'}_file_operations`,
});
