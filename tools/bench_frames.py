# SPDX-License-Identifier: MIT
"""The frame interrupt of the baseband while Linux works: how late, how often lost."""
import os
import re
import select
import subprocess
import time

import bench_machine
from descriptions import machine as describe, baseband, linux

FRAME = 3 / 650                                   # seconds
REPORT = re.compile(rb"baseband: (\d+) frames, (\d+) lost, worst (\d+) ns, median (\d+) ns")
LATE = re.compile(rb"^\(baseband\) baseband: late((?: \d+:\d+)+)", re.M)
STORM = re.compile(rb"storm: (\d+) rounds")
END = b"baseband: end"
QUIET, PROGRESS = 600, 60       # seconds of the host: without a word, it hangs; between signs of life


class Frames:
    """One machine: Linux under a load, an instruction counted as 2^shift ns."""

    def __init__(self, out, load, shift, count, options=()):
        self.load, self.shift, self.count = load, shift, count
        self.options = options
        self.name = f"{load}, shift={shift}"
        work = os.path.join(bench_machine.work_of(out), f"frames-{load}-{shift}")
        os.makedirs(work, exist_ok=True)
        text = describe(linux(mib=bench_machine.LINUX_MIB), baseband(words=f"frames={count}"))
        initrd = bench_machine.script_initrd(out, load) if load == "storm" else None
        self.machine = bench_machine.described(out, work, "phone", text, initrd=initrd, icount=shift)
        self.log = os.path.join(work, "console.log")
        self.done, self.data = 0, b""

    def run(self):
        """Runs to the last frame; the host's time does not matter."""
        began = heard = time.monotonic()
        shown = began
        with open(self.log, "wb") as log, \
                subprocess.Popen(self.machine.command(*self.options), stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as qemu:
            try:
                while END not in self.data[-4096:]:
                    now = time.monotonic()
                    if now > shown + PROGRESS:
                        print(f"  {self.progress(now - began)}", flush=True)
                        shown = now
                    ready, _, _ = select.select([qemu.stdout], [], [], PROGRESS)
                    data = os.read(qemu.stdout.fileno(), 65536) if ready else b""
                    heard = now if ready else heard
                    if not data and (ready or now > heard + QUIET):
                        raise bench_machine.Failed(
                            f"error: frames ({self.name}): the machine "
                            f"{'ended' if ready else 'hangs'}; its console is in {self.log}")
                    log.write(data)
                    self.data += data.replace(b"\r", b"")
                    found = REPORT.findall(self.data[-65536:])
                    self.done = int(found[-1][0]) if found else self.done
            finally:
                qemu.terminate()        # plugins write what they have found
                try:
                    qemu.wait(60)
                except subprocess.TimeoutExpired:
                    qemu.kill()
        return self.result()

    def result(self):
        """In nanoseconds of machine time, and instructions."""
        frames, lost, worst, median = map(int, REPORT.findall(self.data)[-1])
        histogram = {}
        for line in LATE.findall(self.data):
            for pair in line.split():
                late, count = map(int, pair.split(b":"))
                histogram[late >> self.shift] = histogram.get(late >> self.shift, 0) + count
        rounds = STORM.findall(self.data)
        return {"load": self.load, "shift": self.shift, "frames": frames, "lost": lost,
                "median_ns": median, "worst_ns": worst, "median": median >> self.shift,
                "worst": worst >> self.shift, "histogram": sorted(histogram.items()),
                "crashes": self.data.count(b"crashed:"),
                "storm_rounds": int(rounds[-1]) if rounds else 0}

    def progress(self, seconds):
        left = f", {(self.count - self.done) * seconds / self.done / 60:.0f} min left" if self.done else ""
        return f"{self.done:,} of {self.count:,} frames{left}"


def measure(out, load, shift, count=100000):
    """So many frames or, if it is set, FRAMES, and what came of them."""
    result = Frames(out, load, shift, int(os.environ.get("FRAMES") or count)).run()
    print(f"  worst {result['worst']:,} instructions, {result['lost']:,} lost", flush=True)
    return result
