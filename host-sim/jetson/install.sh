#!/bin/sh
# Installs tactus on a Jetson, a Raspberry Pi or any Linux with systemd, from this folder, and starts it with the machine:
#   sudo host-sim/jetson/install.sh
# Again: brings it up to date; /etc/default/tactus and the settings stay. DESTDIR=FOLDER installs into a folder instead (an image being built), and
# starts nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
destination=${DESTDIR:-}

fail() {
  echo "install.sh: $1" >&2
  exit 2
}
command -v node >/dev/null || fail "there is no node; expected Node 20 or later (jetson.md says where from)"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "node is $(node --version); expected 20 or later"
[ -n "$destination" ] || [ "$(id -u)" = 0 ] || fail "expected to be run as root: sudo $0"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$here/../.." && npm pack --silent --ignore-scripts --pack-destination "$work" >/dev/null)
# Everything is prebuilt: no package's install script is run, no compiler is asked for.
npm install --global --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error --prefix "$destination/usr/local" "$work"/tactus-*.tgz

install -D -m 644 "$here/tactus.service" "$destination/etc/systemd/system/tactus.service"
install -D -m 644 "$here/70-tactus-cards.rules" "$destination/etc/udev/rules.d/70-tactus-cards.rules"
[ -e "$destination/etc/default/tactus" ] || install -D -m 600 "$here/tactus.default" "$destination/etc/default/tactus"

if [ -z "$destination" ]; then
  systemctl daemon-reload
  udevadm control --reload
  systemctl enable --quiet tactus
  systemctl restart tactus
  echo "tactus runs, and starts with the machine: http://127.0.0.1:8320/ (journalctl -u tactus)"
fi
