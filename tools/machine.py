# SPDX-License-Identifier: MIT
"""The machine of a run: partition description compiled, QEMU's command line.

Shared by tools/run and tests/system, so that tests run what users run.
"""
import ctypes
import json
import os
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
QEMU = os.environ.get("QEMU", "qemu-system-arm")
RAM_DEFAULT = 256                 # MiB; versatilepb takes no more


def die_with_parent():
    """For a child between fork and exec: no QEMU is left behind, however we end."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)      # PR_SET_PDEATHSIG


class MachineError(Exception):
    """One or more clear lines for the user."""


class Machine:
    """What to run.  out: build directory; work: where the tree and logs go."""

    def __init__(self, out, partition, work=None, *, initrd=None, cmdline=None, icount=None,
                 memory=None, ram=RAM_DEFAULT):
        self.out, self.partition = os.path.abspath(out), partition
        self.work = os.path.abspath(work or os.path.join(out, "run"))
        self.initrd, self.cmdline, self.memory, self.ram = initrd, cmdline, memory, ram
        # icount: None, or the shift (0: an instruction is 1 ns; 2: 4 ns).  Without it
        # an instruction is 1 ns, too, but the devices tick as the board's do.
        self.icount = icount
        self.timer_hz = 1000000000 if icount is not None else 1000000
        self.tree = os.path.join(self.work, "machine.dtb")

    def compile(self):
        """Checks the description and places the images."""
        if self.initrd and not os.path.isfile(self.initrd):
            raise MachineError(f"error: no root file system {self.initrd}; INITRD= names a file")
        command = [sys.executable, os.path.join(ROOT, "tools/partition"),
                   "--images", self.out, "--ram", str(self.ram),
                   "--timer-hz", str(self.timer_hz)]
        for flag, value in (("--memory", self.memory), ("--append", self.cmdline),
                            ("--ramdisk", self.initrd)):
            if value:
                command += [flag, str(value)]
        run = subprocess.run(command + [self.partition, self.tree],
                             capture_output=True, text=True, check=False)
        if run.returncode:
            raise MachineError(run.stderr.strip())
        sys.stderr.write(run.stderr)
        with open(os.path.splitext(self.tree)[0] + ".json", encoding="ascii") as f:
            self.layout = json.load(f)

    def command(self, *extra):
        """QEMU's command line, the serial line on its standard input and output."""
        image = os.path.join(self.out, "bantam.bin")
        if not os.path.isfile(image):
            raise MachineError(f"error: no {image}; `make` builds it")
        command = [QEMU, "-M", "versatilepb", "-m", str(self.ram), "-audiodev", "none,id=a", "-global", "pl041.audiodev=a",
                   "-display", "none", "-monitor", "none", "-nodefaults", "-no-reboot",
                   "-kernel", image, "-dtb", self.tree]
        if "-chardev" not in extra:
            command += ["-chardev", "stdio,id=serial,signal=off", "-serial", "chardev:serial"]
        command += ["-icount", f"shift={self.icount or 0},sleep=off"]
        for timer in ("freq0", "freq1"):
            command += ["-global", f"sp804.{timer}={self.timer_hz}"]
        for module in self.layout["modules"]:
            path = module["file"].replace(",", ",,")
            command += ["-device", f"loader,file={path},addr={module['addr']:#x},force-raw=on"]
        return command + list(extra)
