# SPDX-License-Identifier: MIT
"""Unmodified Debian armel programs in Linux's shell, doing what people do there."""
import hashlib
import re

import pytest

from phone import BANTAM


def test_cpuinfo(linux):
    status, lines = linux.shell("cat /proc/cpuinfo")
    text = "\n".join(lines)
    assert status == 0
    assert "ARM926EJ-S" in text and "CPU architecture: 5TEJ" in text, text


@pytest.mark.parametrize("command,expected", [
    ("echo hello", ["hello"]),
    ("echo a b c | tr ' ' '\\n' | sort -r | head -n 2", ["c", "b"]),
    ("i=0; while [ $i -lt 5 ]; do i=$((i+1)); done; echo $i", ["5"]),
    ("for f in x y z; do echo $f; done | wc -l", ["3"]),
    ("(exit 7); echo $?", ["7"]),
    ("seq 1 1000 | awk '{s+=$1} END {print s}'", ["500500"]),
    ("sh -c 'kill -9 $$'; echo $?", ["137"]),
    ("expr 12345 '*' 6789", ["83810205"]),
])
def test_command(linux, command, expected):
    _, lines = linux.shell(command)
    assert lines[-len(expected):] == expected


def test_fork_and_exec_storm(linux):
    status, lines = linux.shell(
        "i=0; while [ $i -lt 500 ]; do /bin/true && i=$((i+1)); done; echo $i", 240)
    assert (status, lines[-1]) == (0, "500")
    status, lines = linux.shell(
        "for j in 1 2 3 4 5 6 7 8; do (i=0; while [ $i -lt 40 ]; do /bin/true; i=$((i+1)); done; "
        "echo d$j) & done; wait; echo all", 240)
    assert lines[-1] == "all" and sum(bool(re.search(r"d\d$", line)) for line in lines) == 8


def test_signals(linux):
    _, lines = linux.shell("trap 'echo caught' USR1; kill -USR1 $$; trap - USR1; echo after")
    assert lines[-2:] == ["caught", "after"]
    _, lines = linux.shell("sleep 100 & sleep 1; kill $!; wait $!; echo $?")
    assert lines[-1] == "143"
    _, lines = linux.shell("i=0; trap 'i=$((i+1))' USR2; for k in 1 2 3 4 5 6 7 8 9; do "
                           "kill -USR2 $$; done; trap - USR2; echo $i")
    assert lines[-1] == "9"


def test_interrupt_key(linux):
    # typed while the shell still edits its line, it would be a character like another
    linux.send("sh -c 'echo be''gun; exec sleep 1000'\n")
    linux.expect(r"begun\n", name="linux")
    linux.send("\x03")
    status, lines = linux.shell("echo back")
    assert lines[-1] == "back"


def test_large_file_with_checksum(linux):
    _, lines = linux.shell("mkdir -p /tmp/t && mount -t tmpfs none /tmp/t; "
                           "dd if=/dev/zero of=/tmp/t/big bs=64k count=256 2>/dev/null; "
                           "sha256sum </tmp/t/big", 240)
    assert lines[-1].split()[0] == hashlib.sha256(bytes(16 << 20)).hexdigest()
    _, lines = linux.shell("cd /tmp/t; dd if=/dev/urandom of=r bs=64k count=64 2>/dev/null; "
                           "sha256sum <r >a; cat r | cat | cat >s; sha256sum <s >b; "
                           "cmp a b && echo same; cd /", 240)
    assert lines[-1] == "same"
    linux.shell("umount /tmp/t")


def test_dd_into_sha256sum(linux):
    _, lines = linux.shell("dd if=/dev/zero bs=4k count=512 2>/dev/null | sha256sum", 120)
    assert lines[-1].split()[0] == hashlib.sha256(bytes(2 << 20)).hexdigest()


def test_top(linux):
    status, lines = linux.shell("top -b -n 1 | head -n 8")
    assert any(line.startswith("Mem:") for line in lines)
    assert any("PID" in line and "COMMAND" in line for line in lines)


def test_ps_and_proc(linux):
    _, lines = linux.shell("ps | grep -c kworker")
    assert int(lines[-1]) > 0
    _, lines = linux.shell("cat /proc/uptime /proc/loadavg /proc/self/maps | wc -l")
    assert int(lines[-1]) > 3


def test_time_goes_on(linux):
    _, lines = linux.shell("a=$(cut -d. -f1 /proc/uptime); sleep 2; "
                           "b=$(cut -d. -f1 /proc/uptime); echo $((b-a))")
    assert 2 <= int(lines[-1]) <= 4


def test_hypervisor_is_visible_in_sysfs(linux):
    status, lines = linux.shell("cat /sys/hypervisor/type 2>/dev/null || echo none")
    assert lines[-1] in ("xen", "none")


def test_our_programs(start, programs):
    """tests/system/programs: page tables, threads with futexes, signals, kuser helpers."""
    initrd, names = programs
    phone = start("phone.dts", initrd=initrd)
    phone.wait_shell()
    for name in names:
        status, lines = phone.shell(f"/tests/{name}", 300)
        assert status == 0, f"{name}: {lines}"


def test_out_of_memory_is_survived(start):
    phone = start("phone.dts", memory=32)
    phone.wait_shell()
    phone.shell("(x=y; while :; do x=$x$x; done) 2>/dev/null; echo survived", 300)
    _, lines = phone.shell("echo still here")
    assert lines[-1] == "still here"
    assert "crashed" not in "\n".join(phone.lines_of(BANTAM))


def test_long_output(linux):
    _, lines = linux.shell("seq 1 5000", 240)
    assert lines == [str(n) for n in range(1, 5001)]
