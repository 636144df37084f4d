import { defineKind } from '../kind.ts';

/** A character device node that is no terminal (fs/char_dev.c, drivers/char/mem.c). */
export const chardev = defineKind({
  name: 'chardev',
  claim: { type: 'char' },
  facts: { servesTree: 'boolean', tunDevice: 'string' },
  // of misc devices relate/tun.ts takes more
  openNeed: ({ facts }) => (facts.major === 1 ? 'nothing' : 'fdinfo'),
  fop: ({ facts }) => (facts.major === 1 ? 'memory_fops' : 'def_chr_fops'),
});
