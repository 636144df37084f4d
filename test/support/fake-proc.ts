import { type Failure, fdsByPath, type Proc, type Stat } from '../../src/probe/proc.ts';

type Answers<T> = Readonly<Record<string, T | Failure | (() => T | Failure)>>;

/** A proc tree in an object: paths below its root, an answer (or a function that gives one) each. */
export interface Tree {
  readonly texts?: Answers<string>;
  readonly links?: Answers<string>;
  readonly stats?: Answers<Stat>;
  readonly lists?: Answers<readonly string[]>;
  readonly magics?: Answers<number>;
}

export interface FakeProc extends Proc {
  /** Every call in order: `stat 7/fd/3`. */
  readonly calls: string[];
}

export const errno = (name: string): Failure => ({ errno: name });

/** What the tree has no answer for is ENOENT; a folder without a list of its own has what lies below it. */
export function fakeProc(tree: Tree): FakeProc {
  const calls: string[] = [];
  const answer = <T>(call: string, answers: Answers<T> | undefined, path: string): T | Failure => {
    calls.push(`${call} ${path}`);
    const found = answers?.[path];
    if (found === undefined) return errno('ENOENT');
    return typeof found === 'function' ? (found as () => T | Failure)() : found;
  };
  const below = (path: string): readonly string[] | undefined => {
    const prefix = path === '' ? '' : `${path}/`;
    const paths = [tree.texts, tree.links, tree.lists].flatMap((answers) => Object.keys(answers ?? {}));
    const names = paths
      .filter((each) => each.startsWith(prefix) && each !== path)
      .map((each) => each.slice(prefix.length).split('/')[0] ?? '');
    return names.length === 0 ? undefined : [...new Set(names)];
  };
  const proc: Omit<FakeProc, 'openFds'> = {
    root: '/fake',
    calls,
    readText: (path) => answer('read', tree.texts, path),
    readPiece: (path) => answer('read', tree.texts, path),
    readLink: (path) => answer('readlink', tree.links, path),
    stat: (path) => answer('stat', tree.stats, path),
    lstat: (path) => answer('lstat', tree.stats, path),
    fsMagic: (path) => answer('statfs', tree.magics, path),
    list: (path) => {
      if (tree.lists?.[path] !== undefined) return answer('list', tree.lists, path);
      calls.push(`list ${path}`);
      return below(path) ?? errno('ENOENT');
    },
  };
  return { ...proc, openFds: (pid) => fdsByPath(proc, pid) };
}

export const stat = (more: Partial<Stat> = {}): Stat => ({
  type: 'regular',
  mode: 0o644,
  nlink: 1,
  device: '254:0',
  inode: '100',
  major: 0,
  minor: 0,
  sizeBytes: 10,
  allocatedBytes: 4096,
  blockBytes: 4096,
  ...more,
});
