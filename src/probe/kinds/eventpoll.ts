import { defineKind } from '../kind.ts';

/** An epoll instance, epoll(7); fs/eventpoll.c prints one `tfd:` line a target. `relate/epoll.ts` finds the targets. */
export const eventpoll = defineKind({
  name: 'eventpoll',
  claim: { anon: ['eventpoll'] },
  facts: { epollTargets: 'number', epollTargetsGone: 'number' },
  fop: 'eventpoll_fops',
  read: ({ fdinfo }) => ({
    epollTargets: fdinfo === undefined ? null : (fdinfo.extra.get('tfd')?.length ?? 0),
  }),
});
