# SPDX-License-Identifier: MIT
"""From Linux to the baseband when its frame interrupt comes, and back when it blocks."""
import os

import bench_frames
import bench_machine
import bench_plugin

FRAMES = 400                # of the storm, shift=2


def read(path):
    """What the plugin wrote, by direction: (instructions, operations, how often), the shortest first."""
    found = {"there": [], "back": []}
    with open(path, encoding="ascii") as f:
        for line in f:
            direction, *numbers = line.split()
            found[direction].append(tuple(map(int, numbers)))
    return {direction: sorted(ways) for direction, ways in found.items()}


def median(ways):
    """The middle one of all.  (The long ones began as a hypercall of Linux, which had to end.)"""
    total, passed = sum(count for _, _, count in ways), 0
    for length, operations, count in ways:
        passed += count
        if 2 * passed >= total:
            return {"insns": length, "operations": operations, "count": total}
    raise bench_machine.Failed("error: no switch to a resident was seen")


def measure(out):
    """Beside Linux under the storm."""
    plugin = bench_plugin.build(out, "bench_switch")
    path = os.path.join(bench_machine.work_of(out), "switch.txt")
    bench_frames.Frames(out, "storm", 2, FRAMES, ["-plugin", f"{plugin},out={path}"]).run()
    found = {direction: median(ways) for direction, ways in read(path).items()}
    print(f"  to a resident {found['there']['insns']} and back {found['back']['insns']} instructions",
          flush=True)
    return found
