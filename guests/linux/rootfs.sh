#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes the root file system of Linux, from Debian's statically linked busybox for armel and the files
# beside this script:
#     guests/linux/rootfs.sh OUTDIR    -> OUTDIR/initrd.gz
# The package is kept in $BANTAM_CACHE.  Nothing is installed, and no root is needed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${BANTAM_CACHE:-${HOME:?}/.cache/bantam}
export LC_ALL=C

fail() { echo "error: $*" >&2; exit 1; }

[ $# = 1 ] || fail "usage: $0 OUTDIR"
out=$1
mkdir -p "$out" "$cache"
tmp=$(mktemp -d "$cache/tmp.XXXXXX")
trap 'rm -rf -- "$tmp"' EXIT
trap 'exit 1' INT TERM HUP

newest() { ls -t "$cache"/busybox-static_*_armel.deb 2>/dev/null | head -n 1 || true; }

package=$(newest)
[ -n "$package" ] || { "$here/../../tools/fetch" armel "$cache" busybox-static; package=$(newest); }
dpkg-deb -x "$package" "$tmp/root" || fail "$package is damaged; remove it and run this again"
[ -x "$tmp/root/bin/busybox" ] || fail "$package has no busybox; remove it and run this again"

python3 "$here/rootfs/mkcpio.py" "$here/rootfs/list" "here=$here/rootfs" "root=$tmp/root" | gzip -9n >"$tmp/initrd.gz"
mv "$tmp/initrd.gz" "$out/initrd.gz"
