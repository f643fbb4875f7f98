#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds Linux as a guest of Bantam from Debian's source and our patches:
#     guests/linux/build.sh OUTDIR             -> OUTDIR/vmlinux, OUTDIR/System.map
#     guests/linux/build.sh --native OUTDIR    -> OUTDIR/zImage-native, System.map-native and
#                                                 versatile-pb.dtb: the unpatched kernel, to compare with
# What was built is kept in $BANTAM_CACHE (default ~/.cache/bantam) under a key made of all that goes
# into it.  CROSS_COMPILE and JOBS are obeyed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${BANTAM_CACHE:-${HOME:?}/.cache/bantam}
source=${LINUX_SOURCE:-/usr/src/linux-source-6.1.tar.xz}
need_mib=1600	# unpacked source and objects
export LC_ALL=C

fail() { echo "error: $*" >&2; exit 1; }

flavour=guest
if [ "${1:-}" = --native ]; then flavour=native; shift; fi
[ $# = 1 ] || fail "usage: $0 [--native] OUTDIR"
out=$1

need() { # tool, Debian package
	command -v "$1" >/dev/null || fail "$1 is missing; \`sudo apt-get install $2\` cures it"
}

choose_compiler() {
	local prefix
	for prefix in ${CROSS_COMPILE:-} arm-linux-gnueabi- arm-none-eabi-; do
		if command -v "${prefix}gcc" >/dev/null; then
			cross=$prefix
			return
		fi
	done
	fail "no ARM compiler; \`sudo apt-get install gcc-arm-linux-gnueabi\` cures it"
}

inputs() {
	dpkg-query -W -f '${Version}\n' linux-source-6.1 2>/dev/null || sha256sum <"$source"
	"${cross}gcc" --version | head -n 1
	"${cross}ld" --version | head -n 1
	echo "$flavour"
	cat "$here/build.sh" "$here/config" "$here/hot-functions" "$here/hot-functions.patch"
	if [ $flavour = guest ]; then
		cat "$here/check-privileged.sh" "$here"/patches/*.patch
	else
		cat "$here/config-native"
	fi
}

check_space() {
	local have
	have=$(df -Pm -- "$cache" | awk 'NR == 2 { print $4 }')
	[ "$have" -ge $need_mib ] || fail "no disk space: $cache has $have MiB free, $need_mib are" \
		"needed to build Linux; make room or set BANTAM_CACHE to another disk"
}

# Files of other machines stay packed: half of the source.
unpack() {
	local skip=() a
	for a in alpha arc arm64 csky hexagon ia64 loongarch m68k microblaze mips nios2 openrisc parisc \
		powerpc riscv s390 sh sparc um x86 xtensa; do
		skip+=(--exclude="*/arch/$a/*.[chS]" --exclude="*/arch/$a/boot/*")
	done
	for a in gpu media staging infiniband scsi net/wireless net/ethernet iio; do
		skip+=(--exclude="*/drivers/$a/*.[ch]")
	done
	tar -xf "$source" -C "$tmp/src" --strip-components=1 --exclude='*/Documentation/*.rst' \
		--exclude='*/Documentation/*.txt' --exclude='*/Documentation/*.yaml' --exclude='*/sound/*.[ch]' \
		--exclude='*/tools/testing/*' --exclude='*/tools/perf/*' "${skip[@]}"
}

apply_patches() { # their files
	local p
	for p; do
		patch -d "$tmp/src" -p1 -s -f --no-backup-if-mismatch <"$p" ||
			fail "${p##*/} does not apply to $source; get linux-source-6.1 of Debian 12"
	done
}

run_make() {
	make -s -C "$tmp/src" O="$tmp/obj" ARCH=arm CROSS_COMPILE="$cross" \
		KBUILD_BUILD_TIMESTAMP='2026-01-01 00:00:00 UTC' KBUILD_BUILD_USER=bantam KBUILD_BUILD_HOST=bantam \
		KBUILD_BUILD_VERSION=1 KCFLAGS=-ffunction-sections "$@"
}

# For the linker: the sections of the hot functions in their order, with what the compiler split off.
order_functions() {
	mkdir -p "$tmp/obj/include/generated"
	awk '!/^#/ { all = all " *(.text." $1 " .text." $1 ".*)" } END { print "#define HOT_FUNCTIONS" all }' \
		"$here/hot-functions" >"$tmp/obj/include/generated/hot-functions.h"
}

# tinyconfig, then the fragments; each line of the last one has to have its way.
configure() {
	local line
	run_make tinyconfig >/dev/null
	(cd "$tmp/obj" && ARCH=arm "$tmp/src/scripts/kconfig/merge_config.sh" -m -O . .config "$@" >/dev/null)
	run_make olddefconfig 2>"$tmp/log" || { cat "$tmp/log" >&2; fail "Linux cannot be configured; see above"; }
	while read -r line; do
		case $line in
		CONFIG_*) grep -qxF -- "$line" "$tmp/obj/.config" || fail "the configuration lost $line" ;;
		esac
	done <"${!#}"
}

# With the number of objects on a terminal, about 860 of them.
compile() { # make's targets
	local log=$tmp/log pid
	echo "Linux ($flavour): compiling, some minutes"
	run_make -j "${JOBS:-$(nproc)}" "$@" >"$log" 2>&1 &
	pid=$!
	while [ -t 1 ] && kill -0 $pid 2>/dev/null; do
		printf '\r  %s objects ' "$(find "$tmp/obj" -name '*.o' | wc -l)"
		sleep 2
	done
	[ ! -t 1 ] || echo
	wait $pid && return
	! grep -q 'No space left' "$log" ||
		fail "no disk space: $cache filled up; make room or set BANTAM_CACHE to another disk"
	tail -n 20 "$log" >&2
	fail "Linux does not build; see above"
}

build() {
	mkdir -p "$tmp/src" "$tmp/obj" "$tmp/out"
	echo "Linux ($flavour): unpacking"
	unpack
	apply_patches "$here/hot-functions.patch"
	if [ $flavour = guest ]; then
		apply_patches "$here"/patches/*.patch
		configure "$here/config"
		order_functions
		compile vmlinux
		"$here/check-privileged.sh" "${cross}objdump" "$tmp/obj/vmlinux"
		"${cross}strip" -o "$tmp/out/vmlinux" "$tmp/obj/vmlinux"
		cp "$tmp/obj/System.map" "$tmp/out/System.map"
	else
		configure "$here/config" "$here/config-native"
		order_functions
		compile zImage dtbs
		cp "$tmp/obj/arch/arm/boot/zImage" "$tmp/out/zImage-native"
		cp "$tmp/obj/System.map" "$tmp/out/System.map-native"
		cp "$tmp/obj/arch/arm/boot/dts/versatile-pb.dtb" "$tmp/out/versatile-pb.dtb"
	fi
	cp "$tmp/obj/.config" "$tmp/out/config-$flavour"
}

[ -r "$source" ] || fail "$source is missing; \`sudo apt-get install linux-source-6.1\` cures it"
need make make; need gcc gcc; need bc bc; need bison bison; need flex flex; need xz xz-utils; need patch patch
choose_compiler
mkdir -p "$out" "$cache"
key=$(inputs | sha256sum | cut -c 1-16)
kept=$cache/linux-$flavour-$key

if [ ! -d "$kept" ]; then
	exec 9>"$cache/linux.lock"
	flock -n 9 || { echo "Linux ($flavour): another build is running, waiting for it"; flock 9; }
fi
if [ ! -d "$kept" ]; then	# nor has anyone else built it meanwhile
	check_space
	tmp=$(mktemp -d "$cache/tmp.XXXXXX")
	trap 'rm -rf -- "$tmp"' EXIT
	trap 'exit 1' INT TERM HUP
	build
	mv -T "$tmp/out" "$kept"
fi
for f in "$kept"/*; do
	cmp -s "$f" "$out/${f##*/}" && continue
	cp "$f" "$out/.${f##*/}.new"
	mv "$out/.${f##*/}.new" "$out/${f##*/}"
done
