# SPDX-License-Identifier: MIT
"""Two small guests: an event there and back, a yield; Linux to a resident and back; wake-ups; interrupts off."""
import os
import re
import sys

import bench_cycles
import bench_idle
import bench_machine
import bench_stretch
import bench_switch
from descriptions import domain, machine as describe, resident

sys.path[:0] = [os.path.join(bench_machine.TOOLS, "vivt")]

import model  # noqa: E402

SMALL = {"size": 0x100000, "kib": 256}
KINDS = {                                   # who asks, who answers
    "resident, resident": ("a", "b"), "own tables, resident": ("l", "b"),
    "own tables, own tables": ("l", "l"),
    "own tables, real-time resident": ("l", "b")}
ROUND = re.compile(r"BENCH (\w+) (\d+)")


def guest(name, kind, *properties, words):
    image = f"guests/bench-pair-{kind}.elf"
    if kind == "l":
        return domain(name, image, *properties, kib=1024, bootargs=words)
    window = {"a": 0xF0000000, "b": 0xF0100000}[kind]
    return resident(name, image, window, *properties, bootargs=words, **SMALL)


def command(out, kinds, what, budget):
    text = describe(guest("ask", kinds[0], "bantam,privileged", words=what),
                    guest("answer", kinds[1], budget, words=f"answer {what}"))
    return bench_machine.described(out, bench_machine.work_of(out), "pair", text, icount=0).command()


def pairs(out, env):
    """Instructions of a round, and, under the cache model, its cycles and operations."""
    found = {}
    for name, kinds in KINDS.items():
        # who yields and has a budget left goes on
        budget = "bantam,real-time = <4000 4615>" if "real-time" in name else None
        for what in ("event",) if budget else ("event", "yield"):
            line = command(out, kinds, what, budget)
            run = bench_machine.Run(line, bench_machine.work_of(out), "pair")
            run.run()
            tenths = dict(ROUND.findall(run.text))
            if what not in tenths:
                raise bench_machine.Failed(f"error: {name} did not end; see {run.log}")
            entry = found.setdefault(what, {}).setdefault(name, {"insns": int(tenths[what]) / 10})
            if env:
                counters, _ = bench_cycles.run(out, "pair", line, env)
                entry.update({k: v for k, v in counters[what].items() if k != "insns"})
        print(f"  {name}: " + ", ".join(f"{what} {pairs_found[name]['insns']:.0f}" for what, pairs_found
                                        in found.items() if name in pairs_found)
              + " instructions there and back", flush=True)
    return found


def measure(out):
    try:
        env = model.build(out)
    except model.NoModel:
        print("  the cache model is missing: no cycles", flush=True)
        env = None
    found = pairs(out, env)
    found["switch"] = bench_switch.measure(out)
    found["idle"] = bench_idle.measure(out)
    found["stretch"] = bench_stretch.measure(out)
    return found
