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

from board import Board, ROOT
from bootimage import BootImage, ImageError

QEMU = os.environ.get("QEMU", "qemu-system-arm")
BOOTS = ("kernel", "flash", "sd", "tftp")
LOADER_ROOM = 8                   # MiB at the end of RAM where U-Boot runs while it loads images


def die_with_parent():
    """For a child between fork and exec: no QEMU is left behind, however we end."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)      # PR_SET_PDEATHSIG


def is_root(path):
    """A cpio archive as Linux unpacks it, or a gzipped something."""
    with open(path, "rb") as f:
        return f.read(6).startswith((b"070701", b"070702", b"\x1f\x8b"))


class MachineError(Exception):
    """One or more clear lines for the user."""


class Machine:
    """What to run.  out: build directory, which says the board; work: where tree and logs go.

    boot: "kernel", QEMU loads everything; else where U-Boot takes its image from.
    """

    def __init__(self, out, partition=None, work=None, *, initrd=None, cmdline=None, icount=None,
                 memory=None, ram=None, boot="kernel"):
        self.out, self.board = os.path.abspath(out), Board(out)
        self.qemu = self.board.qemu()
        self.partition = partition or os.path.join(self.board.configs, "phone.dts")
        self.work = os.path.abspath(work or os.path.join(out, "run"))
        self.initrd, self.cmdline, self.memory, self.ram = initrd, cmdline, memory, ram
        self.boot = boot
        # icount: None, or the shift (0: an instruction is 1 ns; 2: 4 ns).  Without it
        # an instruction is 1 ns, too, but the devices tick as the board's do.
        self.icount = icount
        self.timer_hz = self.qemu.icount_timer_hz if icount is not None else None
        self.tree = os.path.join(self.work, "machine.dtb")
        if boot not in BOOTS or (boot != "kernel" and boot not in self.qemu.boots):
            raise MachineError(f"error: BOOT={boot} is not for {self.board.name}; "
                               f"use {' '.join(['kernel', *self.qemu.boots])}")

    def compile(self):
        """Checks the description and places the images."""
        if self.initrd and not os.path.isfile(self.initrd):
            raise MachineError(f"error: no root file system {self.initrd}; INITRD= names a file")
        if self.initrd and not is_root(self.initrd):
            raise MachineError(f"error: {self.initrd} is no root file system for Linux; "
                               "make one by `cpio -o -H newc`, gzipped or not")
        hypervisor = os.path.join(self.out, "bantam.bin")
        command = [sys.executable, os.path.join(ROOT, "tools/partition"),
                   "--images", self.out]
        for flag, value in (("--memory", self.memory), ("--append", self.cmdline),
                            ("--ramdisk", self.initrd), ("--ram", self.ram),
                            ("--timer-hz", self.timer_hz),
                            ("--loader-room", self.boot != "kernel" and LOADER_ROOM),
                            ("--record", self.boot == "kernel" and os.path.isfile(hypervisor) and hypervisor)):
            if value:
                command += [flag, str(value)]
        run = subprocess.run(command + [self.partition, self.tree],
                             capture_output=True, text=True, check=False)
        if run.returncode:
            raise MachineError(run.stderr.strip())
        sys.stderr.write(run.stderr)
        with open(os.path.splitext(self.tree)[0] + ".json", encoding="ascii") as f:
            self.layout = json.load(f)
        self.image()
        if self.boot != "kernel":
            self.make_images()

    def image(self):
        """The hypervisor, if it is there and this board's."""
        path = os.path.join(self.out, "bantam.bin")
        if not os.path.isfile(path):
            raise MachineError(f"error: no {path}; `make` builds it")
        with open(path, "rb") as f:
            if self.layout["compatible"].encode() + b"\0" not in f.read():
                raise MachineError(f"error: {path} is not built for {self.board.name}; "
                                   f"`make O={self.out}` builds it")
        return path

    def make_images(self):
        """The signed image, and flash and SD card that U-Boot finds it on."""
        try:
            images = BootImage(self, self.work)
            slots = {"a": images.make_fit()}
            images.make_u_boot()
            if "flash" in self.qemu.boots:
                images.make_flash(slots if self.boot == "flash" else {})
            if self.boot == "sd":
                images.make_sd(slots)
        except ImageError as error:
            raise MachineError(str(error)) from error

    def loading(self):
        """QEMU's options that bring the images in: U-Boot's, or all of them."""
        if self.boot != "kernel":
            words = self.qemu.u_boot + (self.qemu.boots[self.boot] if self.boot != "flash" else [])
            return [word.replace("{folder}", self.work.replace(",", ",,")) for word in words]
        words = ["-kernel", self.image(), "-dtb", self.tree]
        for module in self.layout["modules"]:
            path = module["file"].replace(",", ",,")
            words += ["-device", f"loader,file={path},addr={module['addr']:#x},force-raw=on"]
        return words

    def command(self, *extra):
        """QEMU's command line, the serial line on its standard input and output."""
        command = [QEMU, "-M", self.qemu.machine, "-m", str(self.layout["ram"] >> 20),
                   *self.qemu.options, "-display", "none", "-monitor", "none", "-nodefaults",
                   "-no-reboot", *self.loading()]
        if "-nic" not in command:
            command += self.qemu.nic
        if "-chardev" not in extra:
            command += ["-chardev", "stdio,id=serial,signal=off", "-serial", "chardev:serial"]
        command += ["-icount", f"shift={self.icount or 0},sleep=off"]
        if self.icount is not None:
            command += self.qemu.icount_options
        return command + list(extra)
