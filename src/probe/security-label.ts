import type { FactValue } from '../facts.ts';
import { type Failure, failed, type Proc } from './proc.ts';
import type { Scan } from './scan.ts';

const perModule = ['apparmor', 'smack', 'selinux'];

/** Those of them that this kernel has: a folder each in that of any process. All where it may not be looked at. */
export function securityModules({ proc }: Pick<Scan, 'proc'>): readonly string[] {
  const names = proc.list('self/attr');
  return failed(names) ? perModule : perModule.filter((name) => names.includes(name));
}

/**
 * The security label of a process, which its files carry (proc(5): attr/). AppArmor's `unconfined` is no label, any
 * SELinux context is one. undefined: no module gives it one; null: there may be one, and it could not be read.
 */
export function readSecurityLabel(
  proc: Proc,
  pid: number,
  modules: readonly string[] = perModule,
): FactValue | undefined {
  const texts = [`${pid}/attr/current`, ...modules.map((name) => `${pid}/attr/${name}/current`)].map((path) =>
    proc.readText(path),
  );
  const labels = texts.filter((text) => !failed(text)).map((text) => label(text as string));
  const found = labels.find((text) => text !== undefined);
  if (found !== undefined) return found;
  const denied = texts.some((text) => failed(text) && !noModule(text));
  return denied && labels.length === 0 ? null : undefined;
}

/** EINVAL: no module answers under that name; ENOENT: none is there, or the process has gone. */
const noModule = ({ errno }: Failure): boolean => ['EINVAL', 'ENOENT', 'ESRCH', 'EOPNOTSUPP'].includes(errno);

function label(text: string): string | undefined {
  const value = text.replace(/[\0\n]+$/, '');
  return value === '' || value === 'unconfined' || value.endsWith('//&unconfined') ? undefined : value;
}
