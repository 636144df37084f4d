import { defineKind } from '../kind.ts';

/** fanotify(7); one fdinfo line a mark, besides the group's own. */
export const fanotify = defineKind({
  name: 'fanotify',
  claim: { anon: ['fanotify'] },
  facts: { watches: 'number', watchTrouble: 'string', watchedMount: 'string', marksLost: 'boolean' },
  fop: 'fanotify_fops',
  read: ({ fdinfo }) => {
    const lines = fdinfo?.extra.get('fanotify');
    return {
      watches:
        fdinfo === undefined ? null : (lines ?? []).filter((line) => !line.startsWith('flags:')).length,
    };
  },
});
