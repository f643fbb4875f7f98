# SPDX-License-Identifier: MIT
"""TCG plugins of the benchmark: their header, how they are built, names of addresses."""
import bisect
import os
import tempfile

import bench_machine
from bench_machine import call

MIRRORS = ("deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
           "http://deb.debian.org/debian bookworm main\n")
HEADER = "qemu-plugin.h"
VECTORS = 0xFFFF0000        # a page that no file names


def fetch_header(cache):
    """qemu-plugin.h out of Debian's source of QEMU; apt's own state stays as it is."""
    print("fetching the source package of qemu, 24 MB, for its plugin header", flush=True)
    with tempfile.TemporaryDirectory(dir=cache) as work:
        for folder in ("lists/partial", "archives/partial"):
            os.makedirs(os.path.join(work, folder))
        sources = os.path.join(work, "sources.list")
        with open(sources, "w", encoding="ascii") as f:
            f.write(MIRRORS)
        apt = ["apt-get", "-qq", "-o", f"Dir::Etc::SourceList={sources}", "-o",
               "Dir::Etc::SourceParts=/dev/null", "-o", f"Dir::State::Lists={work}/lists", "-o",
               f"Dir::Cache={work}", "-o", "Debug::NoLocking=1", "-o",
               "APT::Sandbox::User=root", "-o", "Acquire::Languages=none"]
        call(apt + ["update"])
        call(apt + ["source", "--download-only", "qemu"], cwd=work)
        tar = [n for n in os.listdir(work) if n.endswith(".orig.tar.xz")]
        call(["tar", "-xf", tar[0], "--wildcards", "--strip-components=3",
              f"*/include/qemu/{HEADER}"], cwd=work)
        os.replace(os.path.join(work, HEADER), os.path.join(cache, HEADER))


def header_folder():
    """Where the header of the machine's QEMU is."""
    cache = os.environ.get("BANTAM_CACHE") or os.path.expanduser("~/.cache/bantam")
    os.makedirs(cache, exist_ok=True)
    if not os.path.exists(os.path.join(cache, HEADER)):
        fetch_header(cache)
    return cache


def build(out, source):
    """A plugin of tools/, built against that header."""
    cache = header_folder()
    plugin = os.path.join(bench_machine.work_of(out), f"{source}.so")
    call(["gcc", "-O2", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", f"-I{cache}", "-o",
          plugin, os.path.join(bench_machine.TOOLS, f"{source}.c")])
    return plugin


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

    def name(self, address):
        if address >= VECTORS:
            return "vectors"
        at = bisect.bisect_right(self.starts, address) - 1
        return self.names[at] if at >= 0 else f"{address:#x}"
