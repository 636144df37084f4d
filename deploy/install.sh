#!/bin/sh
# Installs what this checkout (built), or a tarball of `npm pack`, holds:
#   install.sh [--prefix DIR] [--tarball FILE]
#   install.sh --uninstall [--purge] [--prefix DIR]
# into /opt/checkpointable, with a unit for systemd, its user and a file of settings, which is never overwritten. Doing it
# again upgrades. --prefix puts all of it below DIR, and does nothing on this machine besides. --purge removes the settings too.
set -eu
umask 022

prefix='' tarball='' action=install purge=''
usage() {
  sed -n 's/^#   //p' "$0" >&2
  exit 64
}
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || usage; prefix=$2; shift ;;
    --tarball) [ $# -gt 1 ] || usage; tarball=$2; shift ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    *) usage ;;
  esac
  shift
done
if [ -n "$prefix" ]; then
  mkdir -p "$prefix"
  prefix=$(cd "$prefix" && pwd)
  prefix=${prefix%/}
fi

here=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$here")
app=$prefix/opt/checkpointable
unit=$prefix/etc/systemd/system/checkpointable.service
users=$prefix/etc/sysusers.d/checkpointable.conf
settings=$prefix/etc/default/checkpointable
link=$prefix/usr/local/bin/checkpointable

fail() {
  echo "install.sh: $*" >&2
  exit 1
}
# on this machine, and systemd is what runs it
has_systemd() { [ -z "$prefix" ] && [ -d /run/systemd/system ]; }

uninstall() {
  if has_systemd && [ -e "$unit" ]; then systemctl disable --now --quiet checkpointable.service; fi
  rm -rf "$app" "$app.new" "$app.old"
  rm -f "$unit" "$users" "$link"
  [ -z "$purge" ] || rm -f "$settings"
  if has_systemd; then systemctl daemon-reload; fi
  [ -n "$purge" ] || [ ! -e "$settings" ] || echo "kept: $settings"
  [ -n "$prefix" ] || ! getent passwd checkpointable >/dev/null || echo 'kept: the user checkpointable'
}

# whether this node is of the package's engines, ">=20.19"
enough='
  const [major, minor] = require(process.argv[1]).engines.node.match(/\d+/g).map(Number);
  const [a, b] = process.versions.node.split(".").map(Number);
  process.exit(a > major || (a === major && b >= minor) ? 0 : 1);
'

fetch_packages() {
  # the lock file is of the checkout: a tarball never has it
  if [ -e "$app.new/package-lock.json" ]; then set -- ci; else set -- install --no-package-lock; fi
  (cd "$app.new" && npm "$@" --omit=dev --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error)
}

install() {
  command -v node >/dev/null && command -v npm >/dev/null || fail 'node and npm are needed in PATH'
  work=$(mktemp -d)
  trap 'rm -rf "$work" "$app.new"' EXIT
  if [ -z "$tarball" ]; then
    [ -e "$source/dist/main.js" ] || fail "$source is not built: npm ci && npm run build"
    (cd "$source" && npm pack --silent --ignore-scripts --pack-destination "$work" >/dev/null)
    tarball=$(ls "$work"/checkpointable-*.tgz)
  fi
  rm -rf "$app.new"
  mkdir -p "$app.new"
  tar -xzf "$tarball" -C "$app.new" --strip-components=1 --no-same-owner
  node -e "$enough" "$app.new/package.json" || fail "node $(node -p process.versions.node) is too old"
  version=$(node -p 'require(process.argv[1]).version' "$app.new/package.json")
  if [ -e "$source/package-lock.json" ] && [ "$(node -p 'require(process.argv[1]).version' "$source/package.json")" = "$version" ]; then
    cp "$source/package-lock.json" "$app.new/"
  fi
  fetch_packages
  # whatever the umask of who installs it
  chmod -R u+rwX,go+rX,go-w "$app.new"
  node "$app.new/dist/main.js" version >/dev/null

  rm -rf "$app.old"
  [ ! -e "$app" ] || mv "$app" "$app.old"
  mv "$app.new" "$app"
  rm -rf "$app.old"
  place 644 systemd/checkpointable.service "$unit"
  place 644 systemd/checkpointable.sysusers "$users"
  [ -e "$settings" ] || place 644 systemd/checkpointable.default "$settings"
  mkdir -p "$(dirname "$link")"
  ln -sfn /opt/checkpointable/dist/main.js "$link"

  if [ -z "$prefix" ]; then
    if command -v systemd-sysusers >/dev/null; then systemd-sysusers "$users"; fi
    if has_systemd; then
      systemctl daemon-reload
      systemctl try-restart checkpointable.service
    fi
  fi
  echo "checkpointable $version is in $app"
  [ -n "$prefix" ] || echo 'start it, now and at every boot: systemctl enable --now checkpointable'
}

# place MODE FILE TARGET
place() {
  mkdir -p "$(dirname "$3")"
  cp "$here/$2" "$3.new"
  chmod "$1" "$3.new"
  mv "$3.new" "$3"
}

$action
