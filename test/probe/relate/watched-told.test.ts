import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../src/probe/draft.ts';
import { relateEpoll } from '../../../src/probe/relate/epoll.ts';
import type { Tree } from '../../../src/probe/relate/tree.ts';

interface World {
  /** What the kernel says of the pipe. */
  readonly watched?: boolean;
  /** Of the eventpoll no targets were told. */
  readonly isHead?: true;
  readonly asks?: readonly string[];
  /** Who watches is to be shown. */
  readonly named?: boolean;
  /** Absent: the other process watches. */
  readonly outside?: false;
  /** Of the pipe nothing could be read. */
  readonly unread?: true;
}

/** A pipe that the eventpoll of another process watches, and an eventpoll of its own that watches nothing known. */
function relate({ watched, isHead, asks = ['epollWatched'], named = false, outside, unread }: World) {
  const draft = (fd: number, more: object) =>
    ({ pid: 7, via: 'fd', fd, watchers: [], ...more }) as unknown as Draft;
  const pipe = draft(3, {
    link: { form: 'pipe', inode: '900' },
    facts: { epollWatched: false, ...(unread ? {} : { inode: '900', device: '0:15' }) },
    watched,
  });
  const eventpoll = draft(4, {
    link: { form: 'anon', name: 'eventpoll' },
    facts: { epollWatched: false },
    watched: false,
    isHead,
  });
  const files = [
    { draft: pipe, kind: { name: 'pipe' } },
    { draft: eventpoll, kind: { name: 'eventpoll' } },
  ];
  const tfd = { fd: 5, inode: '900', device: { major: 0, minor: 15 }, events: '19', offset: 0 };
  let looks = 0;
  const watchesOf = () => {
    looks += 1;
    return new Map(outside === false ? [] : [['900', [{ watcher: { pid: 20, fd: 11, events: '19' }, tfd }]]]);
  };
  const scan = { asks: new Set(asks), asksOf: () => named, native: undefined, watchesOf };
  relateEpoll({ processes: [{ pid: 7, files }], files, scan } as unknown as Tree);
  const { watchers, facts } = pipe;
  return { epollWatched: facts.epollWatched, watchers: watchers.map(({ pid }) => pid), looks };
}

describe('where the kernel tells of a file whether it is watched', () => {
  it.each<[what: string, world: World, want: ReturnType<typeof relate>]>([
    ['that is what it is', { watched: true }, { epollWatched: true, watchers: [], looks: 0 }],
    ['nobody is looked for', { watched: false }, { epollWatched: false, watchers: [], looks: 0 }],
    ['else who watches it is', {}, { epollWatched: true, watchers: [20], looks: 1 }],
    [
      'so it is where they are to be shown',
      { watched: true, named: true },
      { epollWatched: true, watchers: [20], looks: 1 },
    ],
    [
      'a file that could not be read is not looked for either: it has no inode to be found by',
      { unread: true },
      { epollWatched: false, watchers: [], looks: 0 },
    ],
    [
      'it does not count where nobody asks',
      { watched: true, asks: [] },
      { epollWatched: false, watchers: [], looks: 0 },
    ],
    [
      'an own eventpoll whose targets were not told does not matter',
      { watched: false, isHead: true },
      { epollWatched: false, watchers: [], looks: 0 },
    ],
  ])('%s', (_, world, want) => {
    expect(relate(world)).toEqual(want);
  });

  it('one that is not told of may be watched by an own eventpoll whose targets were not told either', () => {
    const alone = { outside: false } as const;
    expect(relate(alone).epollWatched).toBe(false);
    expect(relate({ ...alone, isHead: true }).epollWatched).toBeNull();
    expect(relate({ isHead: true }).epollWatched).toBe(true);
  });
});
