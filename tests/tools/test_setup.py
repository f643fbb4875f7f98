# SPDX-License-Identifier: MIT
"""tools/setup and the first lines of make: what a machine that lacks something says."""
import os
import re
import shutil
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REAL = ("bash", "sh", "env", "awk", "grep", "sed", "tee", "mktemp", "rm", "dirname", "mkdir", "tail", "ls",
        "cat", "printf", "head")
INSTALLED = subprocess.run([f"{ROOT}/tools/setup", "--list"], capture_output=True,
                           text=True).stdout.split()


@pytest.fixture
def machine(tmp_path):
    """machine(missing=..., apt=..., uid=..., sudo=..., free=..., cc=...): tools/setup's run."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name in REAL:
        os.symlink(shutil.which(name), bin_ / name)

    def tool(name, text):
        (bin_ / name).write_text("#!/bin/sh\n" + text + "\n")
        (bin_ / name).chmod(0o755)

    def run(missing=(), apt="exit 0", uid=0, sudo=True, free=9000, cc="exit 0", qemu="7.2.0"):
        tool("dpkg-query", "printf '%s\\n' " + " ".join(
            f"'ii  {name}'" for name in INSTALLED if name not in missing))
        if apt is not None:
            tool("apt-get", f'echo "$@" >>{tmp_path}/apt.log\ncase $1 in update) exit 0;; esac\n{apt}')
        tool("id", f"echo {uid}")
        if sudo:
            tool("sudo", 'echo "sudo used"; exec "$@"')
        tool("df", f"echo head; echo x x x {free} x x")
        tool("arm-none-eabi-gcc", 'cat >/dev/null; case $1 in -dumpversion) echo 12.2.1;; *) '
             f"{cc};; esac")
        tool("qemu-system-arm", f"echo QEMU emulator version {qemu}")
        return subprocess.run([f"{ROOT}/tools/setup"], capture_output=True, text=True, timeout=30,
                              env={"PATH": str(bin_), "HOME": str(tmp_path)})

    run.log = tmp_path / "apt.log"
    return run


def one_line(run, text):
    """It fails, and the last line is the error with its cure."""
    assert run.returncode == 1, run.stdout + run.stderr
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ") and text in last, run.stderr


def test_the_list_is_known():
    assert "gcc-arm-none-eabi" in INSTALLED and "libxen-dev" in INSTALLED


def test_nothing_missing_says_nothing(machine):
    run = machine()
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert not machine.log.exists()


def test_missing_is_installed_and_explained(machine):
    # it stays missing for the fake dpkg, so the end is an error; the way there is looked at
    run = machine(missing=["libxen-dev", "bc"])
    assert "libxen-dev              public headers of Xen" in run.stdout
    assert "bc                      Linux is built with it" in run.stdout
    assert "install -q -y --no-install-recommends bc libxen-dev" in machine.log.read_text()
    assert "sudo used" not in run.stdout


def test_sudo_when_not_root(machine):
    run = machine(missing=["bc"], uid=1000)
    assert "sudo may ask for your password" in run.stdout


def test_neither_root_nor_sudo(machine):
    one_line(machine(missing=["bc"], uid=1000, sudo=False), "not root and no sudo: run as root: apt-get")


def test_no_apt(machine):
    one_line(machine(missing=["bc"], apt=None), "Bantam is built on Debian 12")


def test_no_mirror(machine):
    one_line(machine(missing=["bc"], apt="echo 'E: Failed to fetch http://x  Could not resolve'; exit 100"),
             "the package mirror cannot be reached")


def test_not_in_the_mirror(machine):
    one_line(machine(missing=["libxen-dev"],
                     apt="echo 'E: Unable to locate package libxen-dev'; exit 100"),
             "not in your mirror (package libxen-dev)")


def test_no_disk_space(machine):
    one_line(machine(missing=["bc"], free=10), "no disk space: /usr has 10 MiB free")
    one_line(machine(missing=["bc"], apt="echo 'E: You don.t have enough free space'; exit 100"),
             "no disk space to install")


def test_no_space_for_linux(machine):
    one_line(machine(free=100), "100 MiB free, 3200 are needed; make room or set BANTAM_CACHE")


def test_another_apt(machine):
    one_line(machine(missing=["bc"], apt="echo 'E: Could not get lock /var/lib'; exit 100"),
             "another apt is at work")


def test_wrong_compiler(machine):
    one_line(machine(cc="exit 1"), "does not compile for the ARM926")


def test_old_qemu(machine):
    one_line(machine(qemu="5.2.0"), "too old (7.0 or later")


# ---- make ------------------------------------------------------------------
def make(tmp_path, *words, **env):
    return subprocess.run(["make", "-C", ROOT, f"O={tmp_path}/out", *words], capture_output=True,
                          text=True, env={**os.environ, **env}, timeout=60)


def test_help_needs_nothing(tmp_path):
    run = make(tmp_path, "help", PATH="/usr/bin:/bin")
    assert run.returncode == 0 and "make run" in run.stdout and "make check" in run.stdout


def test_missing_tool_in_make(tmp_path):
    run = make(tmp_path, "all", "CROSS=arm-nothing-")
    assert run.returncode != 0
    assert "missing: arm-nothing-gcc; `make setup` installs it" in run.stderr


def test_compiler_for_another_machine(tmp_path):
    run = make(tmp_path, "all", "CROSS=x86_64-linux-gnu-")
    assert run.returncode != 0 and "not for ARM" in run.stderr


def test_unknown_board(tmp_path):
    for verb in "defconfig", "hypervisor", "run":
        run = make(tmp_path, verb, "BOARD=toaster")
        assert run.returncode != 0
        assert re.search('error: no board "toaster"; known: .*versatilepb', run.stderr)
        assert not (tmp_path / "out").exists()


def test_defconfig(tmp_path):
    run = make(tmp_path, "defconfig", "BOARD=versatilepb")
    assert run.returncode == 0
    assert "CONFIG_BOARD_VERSATILEPB=y" in (tmp_path / "out/.config").read_text()


def test_what_a_description_names_is_built(tmp_path):
    for description, linux, guests in (("configs/hello.dts", False, {"hello"}), ("configs/linux-once.dts", True, set()),
                                       ("configs/versatilepb/phone.dts", True, {"baseband"})):
        run = make(tmp_path, "-n", "V=1", "images", f"PARTITION={description}")
        assert run.returncode == 0 and ("linux/build.sh" in run.stdout) == linux, description
        assert set(re.findall(r"/guests/([\w-]+)\.map", run.stdout)) == guests, description


def test_another_board_in_the_same_directory(tmp_path):
    """The directory becomes that board's, with the other options as they were."""
    config, target = tmp_path / "out/.config", f"{tmp_path}/out/include/generated/autoconf.h"
    assert make(tmp_path, "defconfig").returncode == 0
    config.write_text(config.read_text() + "CONFIG_MAX_DOMAINS=5\n")
    for words, board in (([], "versatilepb"), (["BOARD=integratorcp"], "integratorcp"),
                         ([], "integratorcp")):
        run = make(tmp_path, target, *words)
        assert run.returncode == 0, run.stderr
        assert f'CONFIG_BOARD="{board}"' in config.read_text()
        with open(target, encoding="ascii") as f:
            text = f.read()
        assert f'#define CONFIG_BOARD "{board}"' in text and "CONFIG_MAX_DOMAINS 5" in text


def test_flags_that_changed_are_compiled_with(tmp_path):
    """-W: as if that file had been written just now."""
    out = f"{tmp_path}/out"
    for folder, targets, changed, said in (
            (".", ("obj/lib/string.o", "obj/drivers/sp804.o"), "lib/build.mk", ["CC obj/lib/string.o"]),
            ("guests", ("guests/hello.elf",), "examples/hello/guest.mk", ["LD guests/hello.elf"])):
        targets = [f"{out}/{name}" for name in targets]
        assert make(tmp_path, "-C", folder, *targets).returncode == 0
        assert make(tmp_path, "-C", folder, *targets).stdout.count("  CC ") == 0
        run = make(tmp_path, "V=", "-C", folder, "-W", changed, *targets)
        assert [" ".join(line.split()) for line in run.stdout.splitlines() if line[:2] == "  "] == said
    assert "CC       guests/obj/sdk/init.c.o" in make(
        tmp_path, "V=", "-C", "guests", "-W", "sdk/sdk.mk", f"{out}/guests/hello.elf").stdout


# ---- tools/run -------------------------------------------------------------
@pytest.mark.parametrize("arguments,text", [
    (["--mem", "lots"], "error: MEM=lots is no number of MiB"),
    (["--icount", "maybe"], "error: ICOUNT=maybe means nothing"),
    (["--boot", "toaster"], "error: BOOT=toaster is not for versatilepb; use kernel flash sd tftp"),
    (["--initrd", "/nowhere"], "error: no root file system /nowhere"),
    (["--partition", "nowhere.dts"], "error: no partition description nowhere.dts"),
])
def test_run_with_wrong_words(tmp_path, arguments, text):
    run = subprocess.run([f"{ROOT}/tools/run", "--out", str(tmp_path), *arguments],
                         capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    assert run.returncode == 2 and text in run.stderr, run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
