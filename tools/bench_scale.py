# SPDX-License-Identifier: MIT
"""1, 2, 4 ... 128 domains of the smallest guest with equal shares: progress, loss, memory, start."""
import os
import re
import shutil
import subprocess
import time

import bench_machine
from descriptions import domain, machine as describe
from machine import die_with_parent

DOMAINS = (1, 2, 4, 8, 16, 32, 64, 128)
MOST = DOMAINS[-1]
SHIFT = 2                                   # an instruction is 4 ns
FAIR_SHIFT, FAIR_TURNS = 4, 128             # equal shares show after many turns: 16 ns, for speed
SLICE = 10000000                            # ns of a turn in slack: SLICE_NS of sched_static.c
FROM, TURNS = 2000000000, 8                 # ns, when all have started; turns of each of the most domains
KIB = 1024                                  # memory of a domain: the least with tables of its own
SHARE = re.compile(rb"\(d(\d+)\) share: started (\d+) us, (\d+) rounds")
LIMIT = 1200                                # seconds of the host


def build(out):
    """A hypervisor with room for the most domains, beside the one of the output directory."""
    work = os.path.join(bench_machine.work_of(out), "scale")
    os.makedirs(work, exist_ok=True)
    with open(os.path.join(out, ".config"), encoding="ascii") as f:
        options = f.read()
    options = re.sub(r"^CONFIG_MAX_DOMAINS=.*$", f"CONFIG_MAX_DOMAINS={MOST}", options, flags=re.M)
    with open(os.path.join(work, ".config"), "w", encoding="ascii") as f:
        f.write(options)
    bench_machine.call(["make", "-C", bench_machine.ROOT, f"O={work}", "hypervisor"])
    os.makedirs(os.path.join(work, "guests"), exist_ok=True)
    shutil.copy(os.path.join(out, "guests/bench-share.elf"), os.path.join(work, "guests"))
    return work


def description(count, turns):
    words = f"from={FROM} to={FROM + turns * MOST * SLICE}"
    return describe(*(domain(f"d{n}", "guests/bench-share.elf", kib=KIB, bootargs=words)
                      for n in range(count)))


def run(work, count, shift=SHIFT, turns=TURNS):
    """One machine until each domain has said how far it came."""
    machine = bench_machine.described(work, work, f"scale-{count}", description(count, turns), icount=shift)
    text, until = b"", time.monotonic() + LIMIT
    with subprocess.Popen(machine.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, preexec_fn=die_with_parent) as qemu:
        try:
            while len(SHARE.findall(text)) < count and time.monotonic() < until:
                data = os.read(qemu.stdout.fileno(), 65536)
                if not data:
                    break
                text += data.replace(b"\r", b"")
        finally:
            qemu.kill()
            with open(os.path.join(work, f"scale-{count}.log"), "wb") as f:
                f.write(text)
    found = [tuple(map(int, line)) for line in SHARE.findall(text)]
    if len(found) != count:
        raise bench_machine.Failed(f"error: {len(found)} of {count} domains came to their end; "
                                   f"see {work}/scale-{count}.log")
    check_started(found)
    return found, bench_machine.ram_of(text)


def check_started(found):
    """Who is not there when the rounds begin to count has fewer, however fair the shares are."""
    late = [n for n, started, _ in found if started * 1000 >= FROM]
    if late:
        raise bench_machine.Failed(f"error: {len(late)} domains started after {FROM} ns; "
                                   "cure: a later FROM in tools/bench_scale.py")


def summary(count, found, ram):
    rounds, started = [r for _, _, r in found], sorted(s for _, s, _ in found)
    first = {} if count == 1 else {
        "start": round((started[-1] - started[0]) * 1000 / (1 << SHIFT) / (count - 1))}
    return {"domains": count, "sum": sum(rounds),
            "ram_kib": ram, **first}


def measure(out):
    work, results = build(out), []
    for count in DOMAINS:
        results.append(summary(count, *run(work, count)))
        print(f"  {count} domains: {results[-1]['sum']:,} rounds", flush=True)
    rounds = [r for _, _, r in run(work, MOST, FAIR_SHIFT, FAIR_TURNS)[0]]
    print(f"  {FAIR_TURNS} turns of {MOST} domains: {min(rounds):,} to {max(rounds):,} rounds", flush=True)
    return {"runs": results, "fair": {"domains": MOST, "turns": FAIR_TURNS, "ns": 1 << FAIR_SHIFT,
                                      "least": min(rounds), "most": max(rounds), "sum": sum(rounds)}}
