import { defineKind } from '../kind.ts';

/** A symbolic link itself: only O_PATH | O_NOFOLLOW can open one. */
export const symlink = defineKind({
  name: 'symlink',
  claim: { type: 'symlink' },
  facts: {},
  fop: 'empty_fops',
});
