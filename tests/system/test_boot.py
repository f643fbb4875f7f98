# SPDX-License-Identifier: MIT
"""From power on to power off."""
import os
import re
import subprocess
import sys

import pytest

from descriptions import baseband, linux as linux_domain, machine
from phone import BANTAM

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def test_the_image_is_small(out):
    assert os.path.getsize(f"{out}/bantam.bin") < 64 << 10


def test_banner_and_partitions(start):
    phone = start("phone.dts")
    phone.expect(r"Bantam \S+ on .*MIDR 4106926", 20, BANTAM)
    mib = phone.machine.layout["ram"] >> 20
    phone.expect(rf"{mib} MiB of RAM, scheduler static, domains:", 10, BANTAM)
    phone.expect(r"0 linux +65536 KiB +own tables, privileged", 10, BANTAM)
    phone.expect(r"1 baseband +512 KiB +resident", 10, BANTAM)


def test_linux_reaches_its_shell_and_the_baseband_counts(linux):
    linux.expect(r"baseband: \d+ frames, 0 lost", 60, "baseband")
    first = counted(linux)
    linux.expect(r"baseband: \d+ frames", 60, "baseband")
    assert counted(linux) > first


def counted(phone):
    return int(re.findall(r"baseband: (\d+) frames", phone.text)[-1])


def test_dmesg_is_free_of_warnings(linux):
    # levels emerg to warn; and what prints a trace at any level
    status, lines = linux.shell("dmesg | grep -c .")
    assert status == 0 and int(lines[-1]) > 20
    _, lines = linux.shell("dmesg -r | grep -E '^<[0-4]>'")
    assert lines == []
    _, lines = linux.shell("dmesg | grep -iE 'WARNING|BUG:|Call trace|Oops'")
    assert lines == []


def test_power_off(linux):
    linux.send("poweroff -f\n")
    linux.expect(r"linux: shut down: power off", 60, BANTAM)
    linux.expect(r"power off, status 0", 10, BANTAM)
    linux.wait_off()


def test_reboot(linux):
    linux.send("reboot -f\n")
    linux.expect(r"reboot", 60, BANTAM)
    linux.wait_off()        # QEMU runs with -no-reboot


def test_clean_poweroff(linux):
    """Through init, as a user does."""
    linux.send("poweroff\n")
    linux.expect(r"power off, status 0", 60, BANTAM)
    linux.wait_off()


@pytest.mark.parametrize("mib", [32, 128])
def test_memory_of_linux(start, mib):
    phone = start("phone.dts", memory=mib)
    phone.wait_shell()
    _, lines = phone.shell("grep MemTotal /proc/meminfo")
    total = int(lines[-1].split()[1])
    assert (mib - 12) * 1024 < total <= mib * 1024


def test_small_machine(start):
    phone = start("phone.dts", memory=32, ram=64)
    phone.wait_shell()


def test_icount(start):
    phone = start("phone.dts", icount=0)
    phone.wait_shell(300)
    phone.expect(r"baseband: \d+ frames, 0 lost", 120, "baseband")


def test_words_on_the_command_line(start):
    phone = start("phone.dts", cmdline="bantam.test=yes quiet")
    phone.wait_shell()
    _, lines = phone.shell("cat /proc/cmdline")
    assert lines[-1].endswith("bantam.test=yes quiet")


def test_null_scheduler_runs_linux_alone(start):
    phone = start(machine(linux_domain(), scheduler="null"))
    phone.wait_shell()


def test_linux_beside_nothing(start):
    phone = start(machine(linux_domain()))
    phone.wait_shell()


def test_order_of_domains_is_free(start):
    phone = start(machine(baseband(board=start.board), linux_domain()))
    phone.expect("KiB of RAM are the hypervisor's", 30, BANTAM)
    phone.switch_to("linux")
    phone.wait_shell()


# ---- make run, as scripts use it ------------------------------------------------
def run(out, *arguments, keys=""):
    return subprocess.run([sys.executable, f"{ROOT}/tools/run", "--out", out, "--timeout", "120",
                           *arguments], input=keys, capture_output=True, text=True, timeout=150)


def test_run_returns_the_status(out):
    done = run(out, keys="echo one; poweroff -f\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "power off, status 0" in done.stdout


def test_run_reads_a_long_script(out):
    """More than any ring holds, typed before anybody listens."""
    lines = [f"echo line {i} $(({i} * {i}))" for i in range(300)]
    done = run(out, keys="\n".join(lines) + "\npoweroff -f\n")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    for i in range(300):
        # (the terminal's echo of the next lines may stand before it)
        assert f"line {i} {i * i}\n" in done.stdout.replace("\r", ""), i


def test_run_with_the_users_root_file_system(out, tmp_path):
    """A root file system with one program: a shell script as init."""
    root = tmp_path / "root"
    subprocess.run(f"mkdir {root} && cd {root} && zcat {out}/linux/initrd.gz | cpio -idm --quiet "
                   "--no-absolute-filenames 2>/dev/null; rm -f init; "
                   "printf '#!/bin/sh\\nb=/bin/busybox\\n$b mount -t proc proc /proc\\n"
                   "echo MINE $($b uname -m)\\n$b poweroff -f\\n' >init && chmod +x init && "
                   f"find . | cpio -o -H newc --quiet >{tmp_path}/mine.cpio",
                   shell=True, check=True)
    done = run(out, "--initrd", str(tmp_path / "mine.cpio"))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert re.search(r"\(linux\) MINE armv5", done.stdout)


def test_run_refuses_what_linux_cannot_unpack(out, tmp_path):
    """`cpio -o` without `-H newc` makes such: Linux would end in vain, and start again for ever."""
    (tmp_path / "old.cpio").write_bytes(b"\xc7\x71 an old archive")
    done = run(out, "--initrd", str(tmp_path / "old.cpio"))
    assert done.returncode == 2 and "is no root file system for Linux; make one by" in done.stderr


def test_run_names_its_time_limit(out):
    done = run(out, "--partition", f"{ROOT}/configs/hello.dts", "--timeout", "2")
    assert done.returncode == 1 and "\n2 s have passed before the machine was powered off" in done.stderr


def test_run_says_when_linux_dies(out):
    done = run(out, "--cmdline", "rdinit=/bin/nothing init=/bin/nothing panic=0",
               "--partition", f"{ROOT}/configs/linux-once.dts", "--timeout", "60")
    assert done.returncode != 0
