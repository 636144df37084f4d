/**
 * /proc/filesystems: proc(5), filesystems_proc_show() in fs/filesystems.c: `nodev\tsysfs` or `\text4`.
 * Name → does it require a device (FS_REQUIRES_DEV, no `nodev`). A line that is not like that has no entry. The list is of what
 * the kernel has loaded now: a module not yet loaded is missing.
 */
export function parseFilesystems(text: string): ReadonlyMap<string, boolean> {
  const filesystems = new Map<string, boolean>();
  const lines = text.split('\n');
  // Without its newline the last line is cut.
  lines.pop();
  for (const line of lines) {
    const tab = line.indexOf('\t');
    const name = line.slice(tab + 1);
    if (tab < 0 || name === '' || name.includes('\t')) continue;
    if (tab === 0) filesystems.set(name, true);
    else if (line.startsWith('nodev\t')) filesystems.set(name, false);
  }
  return filesystems;
}
