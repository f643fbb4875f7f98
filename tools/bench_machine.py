# SPDX-License-Identifier: MIT
"""Machines for the benchmark: Linux native and as a guest, on the same board, in icount mode.

Time is instructions: `-icount shift=0,sleep=off` makes an instruction a nanosecond, and
idle time passes at once, so the figures are the same on any host.
"""
import contextlib
import json
import os
import re
import select
import socket
import struct
import subprocess
import sys
import time
import zlib

TOOLS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TOOLS)
sys.path[:0] = [TOOLS, os.path.join(ROOT, "tests/system")]

from bootimage import HYPERVISOR_OFFSET  # noqa: E402
from descriptions import machine as describe, baseband, linux, resident  # noqa: E402
from machine import Machine, QEMU, die_with_parent  # noqa: E402

LINUX_MIB = 64                                  # memory of Linux, native and as a guest
PROGRAM = ("lat.c", "lat_calls.c", "lat_memory.c", "lat_process.c")
# native, where a boot loader would put things
TEXT, TREE, RAMDISK, ZIMAGE, MACHINE_TYPE = 0x8000, 0x1800000, 0x2000000, 0x1000000, 387


RAM = re.compile(rb"\(bantam\) (\d+) KiB of RAM are the hypervisor's")
PROGRESS = 60                                   # seconds between signs of life
part = ""                                       # of tools/bench: each has files of its own


class Failed(Exception):
    """One clear line for the user."""


def call(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise Failed(f"error: {' '.join(command[:2])}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def cache_folder():
    """Where what is fetched is kept."""
    return os.environ.get("BANTAM_CACHE") or os.path.expanduser("~/.cache/bantam")


def work_of(out):
    work = os.path.join(out, "bench", part)
    os.makedirs(work, exist_ok=True)
    return work


def pack(out, name, lines, **sources):
    """An initramfs from the lines of a list."""
    work = work_of(out)
    path = os.path.join(work, name)
    with open(path + ".list", "w", encoding="ascii") as f:
        f.write(lines)
    with open(path, "wb") as f:
        subprocess.run([sys.executable, os.path.join(ROOT, "guests/linux/rootfs/mkcpio.py"),
                        path + ".list", *(f"{k}={v}" for k, v in sources.items())],
                       stdout=f, check=True)
    return path


def busybox(out):
    """Debian's busybox from the package that rootfs.sh has fetched."""
    cache = cache_folder()
    packages = sorted(p for p in os.listdir(cache) if p.startswith("busybox-static"))
    if not packages:
        raise Failed("error: no busybox-static:armel; `make linux` fetches it")
    work = work_of(out)
    call(["dpkg-deb", "-x", os.path.join(cache, packages[-1]), os.path.join(work, "root")])
    return os.path.join(work, "root/bin/busybox")


def lat_initrd(out):
    """An initramfs with the benchmark program as init, and a shell."""
    program = os.path.join(work_of(out), "lat")
    folder = os.path.join(ROOT, "tests/bench")
    call(["arm-linux-gnueabi-gcc", "-O2", "-static", "-Wall", "-Wextra", "-Werror", "-o", program,
          *(os.path.join(folder, name) for name in PROGRAM)])
    return pack(out, "lat.cpio",
                "dir /bin 755\ndir /dev 755\ndir /proc 555\ndir /tmp 1777\n"
                "node /dev/console 600 c 5 1\nfile /init 755 {program}\n"
                "file /bin/busybox 755 {busybox}\nlink /bin/sh busybox\n",
                program=program, busybox=busybox(out))


def script_initrd(out, name):
    """An initramfs of busybox with a script of tests/bench as init."""
    return pack(out, f"{name}.cpio",
                "dir /bin 755\ndir /sbin 755\ndir /usr 755\ndir /usr/bin 755\ndir /usr/sbin 755\n"
                "dir /dev 755\ndir /proc 555\ndir /sys 555\ndir /tmp 1777\n"
                "node /dev/console 600 c 5 1\nfile /bin/busybox 755 {busybox}\n"
                "link /bin/sh busybox\nfile /init 755 {script}\n",
                busybox=busybox(out), script=os.path.join(ROOT, "tests/bench", name))


# ---- the machine at its reset ------------------------------------------------
class Run:
    """QEMU that ends when the machine resets or powers off, after its plugins have written what they found."""

    def __init__(self, command, work, name, env=None, limit=7200):
        self.path, self.limit, self.text = os.path.join(work, f"{name}.qmp"), limit, ""
        self.name, self.env = name, env
        self.log = os.path.join(work, f"{name}.log")
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.command = command + ["-no-reboot", "-no-shutdown", "-qmp",
                                  f"unix:{self.path},server=on,wait=off"]

    def ask(self, name, **arguments):
        self.qmp.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.qmp.flush()
        while True:
            answer = json.loads(self.qmp.readline())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise Failed(f"error: QEMU: {answer['error']['desc']}")

    def run(self):
        """To the end; the console is in self.text."""
        with subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=self.env,
                              preexec_fn=die_with_parent) as self.qemu:
            try:
                with socket.socket(socket.AF_UNIX) as link:
                    self.connect(link)
                    self.qmp = link.makefile("rw", encoding="utf-8")
                    self.qmp.readline()
                    self.ask("qmp_capabilities")
                    self.wait_paused()
                    self.ask("quit")
                    self.qemu.wait(60)
            finally:
                self.qemu.kill()
                with open(self.log, "w", encoding="utf-8") as f:
                    f.write(self.text)

    def connect(self, link):
        for _ in range(600):
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                link.connect(self.path)
                return
            time.sleep(0.05)
        raise Failed(f"error: QEMU does not start: {self.qemu.stdout.read().decode().strip()}")

    def wait_paused(self):
        began, shown, out = time.monotonic(), 0, self.qemu.stdout
        while time.monotonic() < began + self.limit:
            if time.monotonic() > began + shown + PROGRESS:
                shown += PROGRESS
                print(f"  {self.name}: {shown} s, {self.text.count('BENCH ')} figures", flush=True)
            ready, _, _ = select.select([out], [], [], 0.2)
            data = os.read(out.fileno(), 65536) if ready else b""
            if ready and not data:
                raise Failed(f"error: QEMU ended; its console is in {self.log}")
            self.text += data.decode("ascii", "replace").replace("\r", "")
            if not ready and self.ask("query-status")["status"] != "running":
                return
        raise Failed(f"error: the machine never came to its reset; its console is in {self.log}")


# ---- Linux on the board itself -----------------------------------------------
def native_tree(folder, work, initrd, words, mib):
    """The kernel's own device tree: timers at 1 GHz, memory, initrd and command line."""
    tree = os.path.join(work, "native.dtb")
    with open(os.path.join(folder, "versatile-pb.dtb"), "rb") as f:
        data = f.read()
    with open(tree, "wb") as f:
        f.write(data)
    timer = [n for n in call(["fdtget", "-l", tree, "/"]).split() if n.startswith("timclk")]
    timer = [f"/{n}" for n in timer] or [f"/core-module@10000000/{n}" for n in call(
        ["fdtget", "-l", tree, "/core-module@10000000"]).split() if n.startswith("timclk")]
    if not timer:
        raise Failed("error: the native kernel's device tree has no timclk")
    # 24 MHz / 24 * 1000: QEMU's SP804 runs at 1 GHz, too
    call(["fdtput", "-t", "i", tree, timer[0], "clock-mult", "1000"])
    call(["fdtput", "-t", "x", tree, "/memory", "reg", "0", f"{mib << 20:x}"])
    call(["fdtput", "-t", "s", tree, "/chosen", "bootargs", f"console=ttyAMA0 {words}"])
    call(["fdtput", "-t", "x", tree, "/chosen", "linux,initrd-start", f"{RAMDISK:x}"])
    call(["fdtput", "-t", "x", tree, "/chosen", "linux,initrd-end",
          f"{RAMDISK + os.path.getsize(initrd):x}"])
    return tree


def unpacked(path, work):
    """The kernel out of a gzipped zImage: what a hypervisor's builder gets, too."""
    with open(path, "rb") as f:
        data = f.read()
    at = data.find(b"\x1f\x8b\x08\x00")
    image = os.path.join(work, "Image-native")
    with open(image, "wb") as f:
        f.write(zlib.decompressobj(31).decompress(data[at:]))
    return image


def boot_stub(work, entry):
    """Enters the kernel as a boot loader does: r0 = 0, r1 = machine, r2 = device tree."""
    path = os.path.join(work, f"stub-{entry:x}.bin")
    with open(path, "wb") as f:
        f.write(struct.pack("<7I", 0xE3A00000, 0xE59F1004, 0xE59F2004, 0xE59FF004,
                            MACHINE_TYPE, TREE, entry))
    return path


def native_command(out, initrd, words, packed=False, mib=LINUX_MIB):
    folder, work = os.path.join(out, "linux"), work_of(out)
    image = os.path.join(folder, "zImage-native")
    if not packed:
        image = unpacked(image, work)
    entry = ZIMAGE if packed else TEXT
    command = [QEMU, "-M", "versatilepb", "-m", str(mib), "-audiodev", "none,id=a", "-global",
               "pl041.audiodev=a", "-display", "none", "-monitor", "none", "-nodefaults",
               "-chardev", "stdio,id=serial,signal=off", "-serial", "chardev:serial",
               "-icount", "shift=0,sleep=off"]
    for timer in ("freq0", "freq1"):
        command += ["-global", f"sp804.{timer}=1000000000"]
    for path, address in ((boot_stub(work, entry), 0), (image, entry), (initrd, RAMDISK),
                          (native_tree(folder, work, initrd, words, mib), TREE)):
        command += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
    return command


# ---- Linux in a domain ---------------------------------------------------------
def described(out, work, name, text, **options):
    """The machine of a description, whose source is kept in a folder as name.dts."""
    path = os.path.join(work, f"{name}.dts")
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    machine = Machine(out, path, work, **options)
    machine.compile()
    return machine


def guest_command(out, initrd, words, mib=LINUX_MIB):
    """Linux alone on the machine, as the native one is."""
    return described(out, work_of(out), "linux",
                     describe(linux(mib=mib, bootargs="console=hvc0"), scheduler="null"),
                     initrd=initrd, cmdline=words, icount=0).command()


# ---- what the hypervisor keeps for itself -----------------------------------------
def hypervisor_static(out):
    """KiB from the start of its RAM to the end of its static data."""
    names = call(["arm-none-eabi-nm", os.path.join(out, "bantam.elf")])
    start, end = (int(re.search(rf"^(\w+) . {name}$", names, re.M)[1], 16) for name in ("_start", "_end"))
    return (end - start + HYPERVISOR_OFFSET) // 1024


def ram_of(console):
    """KiB that the hypervisor keeps, by its boot line; None before it."""
    found = RAM.search(console)
    return found and int(found[1])


def hypervisor_ram(out, domains, memory=None):
    """The same with the first few of four domains, and so many MiB in the machine."""
    work = os.path.join(work_of(out), f"ram-{domains}")
    os.makedirs(work, exist_ok=True)
    second = linux(mib=LINUX_MIB).replace("linux {", "linux2 {").replace("bantam,privileged;", "")
    together = [linux(mib=LINUX_MIB), baseband(), second,
                resident("echo", "guests/echo.elf", 0xF0100000, size=0x100000)]
    machine = described(out, work, "machine", describe(*together[:domains]), icount=0, ram=memory)
    with subprocess.Popen(machine.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as qemu:
        try:
            for line in qemu.stdout:
                kib = ram_of(line)
                if kib:
                    return kib
        finally:
            qemu.kill()
    raise Failed("error: the hypervisor did not print its memory")
