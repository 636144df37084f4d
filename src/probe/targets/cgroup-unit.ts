export type Qos = 'guaranteed' | 'burstable' | 'besteffort';

const suffix = /\.(?:service|scope|slice|mount|swap|socket)$/;

export const hasUnitSuffix = (name: string): boolean => suffix.test(name);

/** `\x2d` of unit_name_escape() (systemd.unit(5)): of names that systemd made from others, e.g. of machines. */
export const unescapeUnit = (name: string): string =>
  name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** cg_escape(): systemd puts `_` before a unit whose name the kernel has taken, as `memory.service`. */
const unescapeCgroup = (name: string): string => (name.startsWith('_') ? name.slice(1) : name);

/**
 * The unit a process is of, as cg_path_get_unit() and cg_path_get_user_unit() of systemd have it: the first name
 * that is not a slice; of a user's manager (`user@1000.service`) the unit below it. Names below are the unit's own.
 */
export function unitOf(
  names: readonly string[],
  first: number,
): { readonly name: string; readonly at: number } | undefined {
  let found: { readonly name: string; readonly at: number } | undefined;
  for (let at = first; at < names.length; at++) {
    const name = names[at] ?? '';
    if (name.endsWith('.slice')) continue;
    if (!suffix.test(name)) return found;
    found = { name: unescapeCgroup(name), at };
    if (!/^(?:user|capsule)@.+\.service$/.test(name)) return found;
  }
  return found;
}

/**
 * `kubepods-burstable-pod<uid>.slice`: the kubelet's systemd driver (kubernetes pkg/kubelet/cm/cgroup_manager_linux.go),
 * where dashes of the uid are `_`, since a dash parts a slice from its parent. The root may be another (`kubelet-kubepods-…`).
 */
const slice =
  /^(?:.*-)?(?:(burstable|besteffort)-)?pod([0-9a-f]{8}(?:[_-][0-9a-f]{4}){3}[_-][0-9a-f]{12}|[0-9a-f]{32})\.slice$/i;

export function podSlice(name: string): { readonly podUid: string; readonly qos: Qos } | undefined {
  const match = slice.exec(name);
  if (match === null) return undefined;
  const level = /(?:^|-)(burstable|besteffort)-pod/i.exec(name)?.[1]?.toLowerCase();
  const qos = level === 'burstable' || level === 'besteffort' ? level : 'guaranteed';
  return { podUid: (match[2] ?? '').toLowerCase().replaceAll('_', '-'), qos };
}
