#!/bin/bash
# SPDX-License-Identifier: MIT
# Fails if a Linux image contains an instruction that USR mode does not execute or silently ignores:
#     check-privileged.sh OBJDUMP VMLINUX
# Allowed: msr to the flags only (CPSR_f), and swi #0xEA1, the hypercall.
set -euo pipefail

[ $# = 2 ] || { echo "usage: $0 OBJDUMP VMLINUX" >&2; exit 1; }

found=$("$1" -d "$2" | awk -F '\t' '
	/^[0-9a-f]+ <.*>:$/ { name = $1; next }
	NF < 3 { next }
	{ op = $3; gsub(/ /, "", op) }
	op ~ /^msr/ && $4 ~ /^(CPSR_f|APSR_nzcvq?),/ { next }
	op ~ /^(mrs|msr|mcr2?|mrc2?|mcrr|mrrc|cdp|ldc|stc|cps|cpsid|cpsie|wfi|wfe|rfe|srs|dsb|isb|dmb)/ ||
	(op ~ /^(ldm|stm|pop|push)/ && $4 ~ /\^/) ||
	(op ~ /^(mov|sub|add|and|orr|eor|bic|mvn|rsb)(eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?s/ && $4 ~ /^pc,/) ||
	(op ~ /^(swi|svc)/ && $4 !~ /^0x0*ea1/) {
		print name " " $0
	}')
[ -z "$found" ] && exit 0
echo "$found" | head -n 20 >&2
echo "error: privileged instructions in $2 (above); the port must replace them" >&2
exit 1
