#!/bin/sh
# assemble.sh ROOT: makes the root of the image out of the machine it runs on (node and its libraries) and the build in
# the current folder. The Dockerfile runs it; so does whoever wants the same root without a builder.
set -eu
root=${1:?usage: assemble.sh ROOT, in a folder with dist, proto and node_modules}
user=65532
node=$(command -v node)

command -v setcap >/dev/null || {
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends libcap2-bin >/dev/null
}

mkdir -p "$root/usr/bin" "$root/etc" "$root/opt/checkpointable" "$root/run/checkpointable" "$root/tmp" \
  "$root/var/lib/dpkg/status.d"

app=$root/opt/checkpointable
cp -R dist proto node_modules package.json LICENSE "$app/"
cp deploy/image/healthcheck.js "$app/"
# types and maps are for developers
find "$app" \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) -type f \
  -exec rm -f {} +
rm -rf "$app/node_modules/.bin" "$app/node_modules/@types"
find "$app" -type d -empty -exec rmdir -p --ignore-fail-on-non-empty {} + 2>/dev/null || true

cp -L "$node" "$root/usr/bin/node"
# a library under the name that the loader looks for
{
  ldd "$root/usr/bin/node"
  find "$app" -name '*.node' -exec ldd {} +
} | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sort -u | while read -r library; do
  [ -e "$root$library" ] && continue
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
  # so that a scanner finds what Debian package it is of
  package=$(dpkg-query -S "$(readlink -f "$library")" "$library" 2>/dev/null | head -n 1 | cut -d: -f1) || true
  [ -z "$package" ] || dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package" 2>/dev/null || true
done

cat >"$root/etc/passwd" <<END
root:x:0:0:root:/:/sbin/nologin
checkpointable:x:$user:$user:checkpointable:/:/sbin/nologin
END
cat >"$root/etc/group" <<END
root:x:0:
checkpointable:x:$user:
END
[ ! -e /etc/os-release ] || cp -L /etc/os-release "$root/etc/os-release"
chmod 1777 "$root/tmp"
chown "$user:$user" "$root/run/checkpointable"
# last: a change of the file takes them away
setcap cap_sys_ptrace,cap_dac_read_search+ep "$root/usr/bin/node"
