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
command -v apt-get >/dev/null || fail "no apt-get: the root file system is made from a package of Debian 12"
out=$1
mkdir -p "$out" "$cache"
tmp=$(mktemp -d "$cache/tmp.XXXXXX")
trap 'rm -rf -- "$tmp"' EXIT
trap 'exit 1' INT TERM HUP

# apt with lists of its own, for armel: the machine's stay as they are.
fetch_busybox() {
	local apt
	mkdir -p "$tmp/lists/partial" "$tmp/archives/partial"
	apt=(apt-get -qq -o APT::Architecture=armel -o APT::Architectures::=armel -o Dir::State::Lists="$tmp/lists"
		-o Dir::State::Status=/dev/null -o Dir::Cache="$tmp" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
	echo "root file system: fetching busybox-static:armel"
	: >"$tmp/log"
	"${apt[@]}" -o Acquire::Languages=none update >>"$tmp/log" 2>&1 || true
	(cd "$tmp" && "${apt[@]}" download busybox-static:armel) >>"$tmp/log" 2>&1 || {
		tail -n 3 "$tmp/log" >&2
		fail "busybox-static:armel cannot be fetched; connect to a mirror of Debian 12, or put" \
			"busybox-static_*_armel.deb into $cache"
	}
	mv "$tmp"/busybox-static_*_armel.deb "$cache/"
}

newest() { ls -t "$cache"/busybox-static_*_armel.deb 2>/dev/null | head -n 1 || true; }

package=$(newest)
[ -n "$package" ] || { fetch_busybox; package=$(newest); }
dpkg-deb -x "$package" "$tmp/root" || fail "$package is damaged; remove it and run this again"
[ -x "$tmp/root/bin/busybox" ] || fail "$package has no busybox; remove it and run this again"

python3 "$here/rootfs/mkcpio.py" "$here/rootfs/list" "here=$here/rootfs" "root=$tmp/root" | gzip -9n >"$tmp/initrd.gz"
mv "$tmp/initrd.gz" "$out/initrd.gz"
