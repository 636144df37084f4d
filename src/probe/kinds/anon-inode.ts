import { defineKind } from '../kind.ts';

/** Any anonymous inode that has no kind of its own: kvm-vm, fscontext, landlock-ruleset, … */
export const anonInode = defineKind({
  name: 'anon_inode',
  claim: { link: 'anon' },
  facts: { anonName: 'string' },
  fop: ({ link }) => `${link.form === 'anon' ? link.name : 'anon_inode'}_fops`,
  read: ({ link }) => ({ anonName: link.form === 'anon' ? link.name : null }),
});
