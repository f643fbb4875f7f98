# SPDX-License-Identifier: MIT
"""The rows in estimated cycles, and in the operations that icount charges nothing for.

Both machines run under tools/vivt (mode=cycles), which adds up the regions that the
benchmark program marks.
"""
import os
import re
import sys

import bench_machine

sys.path[:0] = [os.path.join(bench_machine.TOOLS, "vivt")]

import model  # noqa: E402

ROW = re.compile(r"BENCH (\S+) \d+ (\d+) (\d+) (\d+) (\d+)")
REGION = re.compile(r"^vivt: region (\d+) entries=(\d+) (.*)$", re.M)
CONSTANTS = re.compile(r"^vivt: (mem_first=.*)$", re.M)
# what report.json keeps, by the plugin's names
COUNTERS = ("insns", "cycles", "i-miss", "d-miss", "uncached", "walks", "d-whole", "d-line",
            "i-whole", "i-line", "tlb-all", "tlb-pg", "dacr", "ttbr")


def regions(report):
    """Counters of one entry, by region."""
    found = {}
    for number, entries, counters in REGION.findall(report):
        values = (pair.split("=") for pair in counters.split())
        found[int(number)] = {name: int(value) / int(entries) for name, value in values}
    return found


def by_row(text, report):
    """Counters of one operation, by row; what the row's loop costs is taken off."""
    parts, rows = regions(report), {}
    for name, *numbers in ROW.findall(text):
        own, count, less, less_count = map(int, numbers)
        if own not in parts:
            continue
        rows[name] = {c: parts[own][c] / count - (parts[less][c] / less_count if less else 0)
                      for c in COUNTERS}
        rows[name] = {c: round(value, 4) for c, value in rows[name].items()}
    return rows


def run(out, name, command, env):
    report = os.path.join(bench_machine.work_of(out), f"cycles-{name}.txt")
    machine = bench_machine.Run([env["QEMU"], *command[1:]], bench_machine.work_of(out),
                                f"cycles-{name}",
                                env=dict(env, VIVT_OPTIONS="mode=cycles,walks=1", VIVT_REPORT=report))
    machine.run()
    with open(report, encoding="ascii") as f:
        found = f.read()
    rows = by_row(machine.text, found)
    if not rows:
        raise bench_machine.Failed(f"error: no regions in {report}")
    print(f"  {name}: {len(rows)} rows", flush=True)
    return rows, CONSTANTS.search(found)[1]


def measure(out):
    try:
        env = model.build(out)
    except model.NoModel as error:
        raise bench_machine.Failed("error: no cycles without the cache model (above)") from error
    initrd, found = bench_machine.lat_initrd(out), {}
    for name, make in (("native", bench_machine.native_command),
                       ("guest", bench_machine.guest_command)):
        found[name], found["constants"] = run(out, name, make(out, initrd, "quiet"), env)
    binary = os.path.join(env["QEMU10"], "root/usr/bin/qemu-system-arm")
    found["qemu"] = bench_machine.call([binary, "--version"]).split("\n", 1)[0]
    return found
