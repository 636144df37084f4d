import { defineKind } from '../kind.ts';

/** inotify(7); one fdinfo line a watch. */
export const inotify = defineKind({
  name: 'inotify',
  claim: { anon: ['inotify'] },
  facts: { watches: 'number', watchTrouble: 'string', watchedMount: 'string' },
  fop: 'inotify_fops',
  read: ({ fdinfo }) => ({
    watches: fdinfo === undefined ? null : (fdinfo.extra.get('inotify')?.length ?? 0),
  }),
});
