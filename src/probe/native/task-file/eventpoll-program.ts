import { AT, type Emitter, FILE, RECORD } from './emitter.ts';

/**
 * Of an eventpoll its tree, as far as one entry (fs/eventpoll.c). It may be changed meanwhile, since its lock is not
 * taken: all that says that there is no other entry is read before the entry is, and again after it. An entry that is
 * taken out is not freed as long as this runs, so what is at the same address is the same one. AT is at the eventpoll.
 */
export function addEventpoll(emitter: Emitter): void {
  const { code, offset, placeOf, copy, copyNumber, follow } = emitter;
  const root = offset('eventpoll', 'rbr.rb_root.rb_node');
  const first = offset('eventpoll', 'rbr.rb_leftmost');
  const node = offset('epitem', 'rbn');
  const inEntry = (path: string) => offset('epitem', path) - node;
  const copyBranches = (left: string, right: string) => {
    copy(left, 8, offset('rb_node', 'rb_left'));
    copy(right, 8, offset('rb_node', 'rb_right'));
  };
  copy('entry', 8, root);
  copy('firstEntry', 8, first);
  // where there is none all of these are zeroes
  code.load(8, AT, RECORD, placeOf('entry'));
  copyBranches('left', 'right');
  copyNumber('targetFd', 4, inEntry('ffd.fd'));
  copyNumber('events', 4, inEntry('event.events'));
  copy('data', 8, inEntry('event.data'));
  copy('target', 8, inEntry('ffd.file'));
  code.load(8, AT, RECORD, placeOf('target'));
  copy('targetPosition', 8, offset('file', 'f_pos'));
  follow('file', 'f_inode');
  copy('targetInode', 8, offset('inode', 'i_ino'));
  follow('inode', 'i_sb');
  copyNumber('targetDevice', 4, offset('super_block', 's_dev'));
  code.load(8, AT, RECORD, placeOf('entry'));
  copyBranches('leftThen', 'rightThen');
  code.load(8, AT, FILE, offset('file', 'private_data'));
  copy('firstEntryThen', 8, first);
  copy('entryThen', 8, root);
}
