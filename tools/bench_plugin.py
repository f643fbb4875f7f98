# SPDX-License-Identifier: MIT
"""TCG plugins of the benchmark: their header, how they are built, names of addresses."""
import bisect
import contextlib
import functools
import os
import subprocess
import tempfile
import time

import bench_machine
from bench_machine import call
from machine import die_with_parent

HEADER = "qemu-plugin.h"
VECTORS = 0xFFFF0000        # a page that no file names
KERNEL, PROGRAMS = (0xC0000000, 0xFFFFFFFF), (0, 0xBEFFFFFF)    # of Linux: first and last address
LIMIT = 1200                # seconds of the host


def fetch_header(cache):
    """qemu-plugin.h out of Debian's source of QEMU."""
    print("fetching the source package of qemu, 24 MB, for its plugin header", flush=True)
    with tempfile.TemporaryDirectory(dir=cache) as work:
        call([os.path.join(bench_machine.TOOLS, "fetch"), "source", work, "qemu"])
        tar = [n for n in os.listdir(work) if n.endswith(".orig.tar.xz")]
        call(["tar", "-xf", tar[0], "--no-same-owner", "--wildcards", "--strip-components=3",
              f"*/include/qemu/{HEADER}"], cwd=work)
        os.replace(os.path.join(work, HEADER), os.path.join(cache, HEADER))


def header_folder():
    """Where the header of the machine's QEMU is."""
    cache = bench_machine.cache_folder()
    os.makedirs(cache, exist_ok=True)
    if not os.path.exists(os.path.join(cache, HEADER)):
        fetch_header(cache)
    return cache


@functools.cache
def build(out, source):
    """A plugin of tools/, built against that header."""
    cache = header_folder()
    plugin = os.path.join(bench_machine.work_of(out), f"{source}.so")
    call(["gcc", "-O2", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", f"-I{cache}", "-o",
          plugin, os.path.join(bench_machine.TOOLS, f"{source}.c")])
    return plugin


def count(command, work, moments):
    """Instructions executed up to each moment; command ends in the plugin bench_moments.

    A moment is the first and last address of what is executed for the first time after the one before.
    """
    path, log = (os.path.join(work, name) for name in ("moments.txt", "moments.log"))
    command[-1] += "".join([f",out={path}", *(f",moment={a:x}-{b:x}" for a, b in moments)])
    counts, began, shown = [], time.monotonic(), 0
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    with open(log, "wb") as console, \
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT,
                             preexec_fn=die_with_parent) as qemu:
        try:
            while len(counts) < len(moments):
                seconds = time.monotonic() - began
                if qemu.poll() is not None or seconds > LIMIT:
                    raise bench_machine.Failed(f"error: the machine did not come to its end; its console is in {log}")
                if seconds > shown + bench_machine.PROGRESS:
                    shown += bench_machine.PROGRESS
                    print(f"  {shown} s, {len(counts)} of {len(moments)} moments", flush=True)
                time.sleep(0.2)
                with contextlib.suppress(FileNotFoundError), open(path, encoding="ascii") as f:
                    counts = [int(line) for line in f.read().split("\n")[:-1]]
        finally:
            qemu.kill()
    return counts


def profile(out, name, command, marks=True):
    """How often each address is executed between the marks of tests/bench, or in all.

    Returns {address: count}, how often the marked part was entered, and the console.
    """
    work, plugin = bench_machine.work_of(out), build(out, "bench_profile")
    path = os.path.join(work, f"{name}.txt")
    option = f"{plugin},out={path}" + (",marks=on" if marks else "")
    run = bench_machine.Run([*command, "-plugin", option], work, name)
    run.run()
    with open(path, encoding="ascii") as f:
        counts = dict(line.split() for line in f)
    entries = int(counts.pop("entries", 0))
    return {int(address, 16): int(count) for address, count in counts.items()}, entries, run.text


class Symbols:
    """Names of addresses, from System.map files and ELF images."""

    def __init__(self):
        self.starts, self.names = [], []

    def add(self, text, prefix=""):
        rows = [line.split() for line in text.splitlines()]
        known = dict(zip(self.starts, self.names))
        for row in rows:
            if len(row) == 3 and row[1] in "tTwW" and not row[2].startswith("$"):
                known.setdefault(int(row[0], 16), prefix + row[2])
        self.starts, self.names = sorted(known), [known[a] for a in sorted(known)]

    def add_map(self, path):
        if os.path.exists(path):
            with open(path, encoding="ascii") as f:
                self.add(f.read())
        return self

    def add_elf(self, path, prefix):
        if os.path.exists(path):
            self.add(call(["arm-none-eabi-nm", path]), prefix)
        return self

    def address(self, name):
        if name not in self.names:
            raise bench_machine.Failed(f"error: no function {name} in what is measured")
        return self.starts[self.names.index(name)]

    def name(self, address):
        if address >= VECTORS:
            return "vectors"
        at = bisect.bisect_right(self.starts, address) - 1
        return self.names[at] if at >= 0 else f"{address:#x}"
