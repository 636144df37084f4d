import { defineKind } from '../kind.ts';

/** A folder: as an fd, a working directory, a root. */
export const directory = defineKind({
  name: 'directory',
  claim: { type: 'directory' },
  facts: {},
  fop: ({ facts }) => `${facts.fsType ?? 'unknown_fs'}_dir_operations`,
});
