import { defineKind } from '../kind.ts';
import { plainNeed } from './open-need.ts';

/** A folder: as an fd, a working directory, a root. */
export const directory = defineKind({
  name: 'directory',
  claim: { type: 'directory' },
  facts: {},
  openNeed: plainNeed,
  fop: ({ facts }) => `${facts.fsType ?? 'unknown_fs'}_dir_operations`,
});
