# SPDX-License-Identifier: MIT
"""The boot chain of each board: instructions from reset through U-Boot to Linux's init, sizes of its parts.

The phone boots as `make run` boots it.  bench_moments.c counts executed instructions: what waits in a
loop counts, what waits for an interrupt does not.
"""
import os

import bench_machine
import bench_plugin
from board import Board, known
from bootimage import HYPERVISOR_OFFSET
from machine import Machine

STAGES = ("U-Boot", "hypervisor", "Linux")      # what runs until the next moment
HYPERVISOR, TOP = 0xF8000000, 0xFFFFFFFF        # its window


def outputs(out):
    """Board: where it is built, as `make boards` does it."""
    own = Board(out).name
    return {name: out if name == own else os.path.join(out, "boards", name) for name in known()}


def moments(base):
    """First and last address of what is waited for, one after the other.

    The hypervisor as U-Boot enters it, in its window, left for a guest; a program of Linux.
    """
    entry = base + HYPERVISOR_OFFSET
    return ((entry, entry), (HYPERVISOR, TOP), (0, HYPERVISOR - 1), bench_plugin.PROGRAMS)


def stages(counts):
    """Instructions of each stage, out of those executed up to each moment."""
    entered, _, guest, init = counts
    return dict(zip(STAGES, (entered, guest - entered, init - guest)))


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
        counts = bench_plugin.count(machine.command("-plugin", plugin), work, moments(machine.layout["base"]))
        found[name] = {"way": way, "instructions": stages(counts), "sizes": sizes(machine)}
        print(f"  {name}, {way}: {sum(found[name]['instructions'].values()):,} instructions", flush=True)
    return found
