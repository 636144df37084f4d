import { defineKind } from '../kind.ts';

/** A block device node (block/fops.c). */
export const blockdev = defineKind({
  name: 'blockdev',
  claim: { type: 'block' },
  facts: {},
  fop: 'def_blk_fops',
});
