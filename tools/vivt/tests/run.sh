#!/bin/bash
# SPDX-License-Identifier: MIT
# Every hazard: silent when done right, reported when done wrong.  And in cycles, who drives whom out of the TLB.
#     tests/run.sh OUT        OUT has libvivt.so; QEMU10 is the directory of tools/vivt/fetch
set -u
cd "$(dirname "$0")" || exit 1
: "${QEMU10:?}" "${CROSS:=arm-none-eabi-}"
out=$1
ram=$(mktemp /dev/shm/vivt.XXXXXX)
trap 'rm -f "$ram"' EXIT
failed=0

run_case() { # case wrong options
	"${CROSS}gcc" -mcpu=arm926ej-s -marm -O1 -ffreestanding -nostdlib -Wall \
		-Wno-unused-function "-DCASE=$1" "-DWRONG=$2" \
		-Wl,--section-start=.start=0x10000,-Ttext=0x11000 \
		-o "$out/hazard.elf" start.S hazards.c || exit 1
	: >"$ram"
	truncate -s 256M "$ram"
	rm -f "$out/hazard.txt"
	timeout 60 "$QEMU10/root/usr/bin/qemu-system-arm" -L "$QEMU10/root/usr/share/qemu" \
		-M versatilepb,memory-backend=ram -m 256 -semihosting \
		-audio none -display none -serial none \
		-object "memory-backend-file,id=ram,size=256M,mem-path=$ram,share=on" \
		-kernel "$out/hazard.elf" \
		-plugin "$out/libvivt.so,$3,ram=$ram,out=$out/hazard.txt"
	[ -f "$out/hazard.txt" ] || { echo "FAIL: no report from QEMU"; exit 1; }
}

for spec in 11:STALE_HIT 12:STALE_HIT 21:STALE_ALIAS 22:STALE_ALIAS \
	23:STALE_ALIAS 24:STALE_ALIAS 25:STALE_ALIAS 31:LOST_WRITE 32:LOST_WRITE \
	33:LOST_WRITE 41:DIRTY_PTE 42:DIRTY_PTE 51:STALE_INSN 52:STALE_INSN \
	61:STALE_TLB 62:STALE_TLB
do
	number=${spec%%:*} kind=${spec##*:}
	run_case "$number" 0 mode=check
	if ! grep -q ' 0 sites' "$out/hazard.txt"; then
		echo "FAIL $spec: correct version reported"; cat "$out/hazard.txt"; failed=1
	fi
	run_case "$number" 1 mode=check
	if grep -q "vivt: $kind " "$out/hazard.txt"; then
		echo "ok   $spec $(grep -c count= "$out/hazard.txt") report(s)"
	else
		echo "FAIL $spec: not reported"; cat "$out/hazard.txt"; failed=1
	fi
done

expect_walks() { # page count
	if grep -q "^vivt: region 1 walks for $1: $2\$" "$out/hazard.txt"; then
		echo "ok   71 $2 walks for $1"
	else
		echo "FAIL 71: not $2 walks for $1"; cat "$out/hazard.txt"; failed=1
	fi
}

run_case 71 0 mode=cycles,walks=1
expect_walks '40000000 (4 KiB, set 0)' 1
run_case 71 1 mode=cycles,walks=1
expect_walks '40000000 (4 KiB, set 0)' 10
expect_walks '50000000 (1024 KiB, set 0)' 10
exit $failed
