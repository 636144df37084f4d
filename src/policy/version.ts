/** Order of dotted versions: negative where a < b. `4.2` equals `4.2.0`; anything but digits and dots is undefined. */
export function compareVersions(a: string, b: string): number | undefined {
  if (!isVersion(a) || !isVersion(b)) return undefined;
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < left.length || i < right.length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export const isVersion = (text: string): boolean => /^\d{1,6}(\.\d{1,6}){0,3}$/.test(text);

/** Whether a rule with these bounds speaks of `version`. */
export function inForce(
  bounds: { readonly since?: string; readonly until?: string },
  version: string,
): boolean {
  const after = bounds.since === undefined || (compareVersions(version, bounds.since) ?? 0) >= 0;
  const before = bounds.until === undefined || (compareVersions(version, bounds.until) ?? -1) < 0;
  return after && before;
}
