# SPDX-License-Identifier: MIT
"""The boot chain of each board: instructions from reset through U-Boot to Linux's init, sizes of its parts.

The phone boots as `make run` boots it.  bench_moments.c counts executed instructions: what waits in a
loop counts, what waits for an interrupt does not.
"""
import os
import subprocess
import time

import bench_machine
import bench_plugin
from board import Board, known
from bootimage import HYPERVISOR_OFFSET
from machine import Machine, die_with_parent

STAGES = ("U-Boot", "hypervisor", "Linux")      # what runs until the next moment
HYPERVISOR, TOP = 0xF8000000, 0xFFFFFFFF        # its window
PROGRAMS = (0, 0xBEFFFFFF)                      # of Linux: below TASK_SIZE
LIMIT = 600                                     # seconds of the host


def outputs(out):
    """Board: where it is built, as `make boards` does it."""
    own = Board(out).name
    return {name: out if name == own else os.path.join(out, "boards", name) for name in known()}


def moments(base):
    """First and last address of what is waited for, one after the other.

    The hypervisor as U-Boot enters it, in its window, left for a guest; a program of Linux.
    """
    entry = base + HYPERVISOR_OFFSET
    return ((entry, entry), (HYPERVISOR, TOP), (0, HYPERVISOR - 1), PROGRAMS)


def stages(counts):
    """Instructions of each stage, out of those executed up to each moment."""
    entered, _, guest, init = counts
    return dict(zip(STAGES, (entered, guest - entered, init - guest)))


def instructions(machine, plugin):
    """Boots until the last moment."""
    path, log = (os.path.join(machine.work, name) for name in ("moments.txt", "console.log"))
    wanted = moments(machine.layout["base"])
    option = ",".join([f"{plugin},out={path}", *(f"moment={a:x}-{b:x}" for a, b in wanted)])
    counts, until = [], time.monotonic() + LIMIT
    if os.path.exists(path):
        os.unlink(path)
    with open(log, "wb") as console, \
            subprocess.Popen(machine.command("-plugin", option), stdin=subprocess.DEVNULL, stdout=console,
                             stderr=subprocess.STDOUT, preexec_fn=die_with_parent) as qemu:
        try:
            while len(counts) < len(wanted):
                if qemu.poll() is not None or time.monotonic() > until:
                    raise bench_machine.Failed(f"error: {machine.board.name} did not come to Linux's init; "
                                               f"its console is in {log}")
                time.sleep(0.2)
                if os.path.exists(path):
                    with open(path, encoding="ascii") as f:
                        counts = [int(line) for line in f.read().split("\n")[:-1]]
        finally:
            qemu.kill()
    return stages(counts)


def sizes(machine):
    """Bytes of what is flashed or loaded, by part; the rest of the image is its header, hashes and signature."""
    size, work = os.path.getsize, machine.work
    found = {"U-Boot": size(os.path.join(work, "u-boot.bin")), "hypervisor": size(machine.image()),
             "partition description": size(machine.tree)}
    for module in machine.layout["modules"]:
        found[os.path.basename(module["file"])] = size(module["file"])
    fit = size(os.path.join(work, "bantam.fit"))
    found["signature, hashes, header"] = fit - (sum(found.values()) - found["U-Boot"])
    return found


def measure(out):
    plugin, found = bench_plugin.build(out, "bench_moments"), {}
    for name, folder in outputs(out).items():
        work = os.path.join(bench_machine.work_of(out), f"chain-{name}")
        way = next(iter(Board(folder).qemu().boots))
        machine = Machine(folder, None, work, icount=0, boot=way)
        machine.compile()
        found[name] = {"way": way, "instructions": instructions(machine, plugin), "sizes": sizes(machine)}
        print(f"  {name}, {way}: {sum(found[name]['instructions'].values()):,} instructions", flush=True)
    return found
