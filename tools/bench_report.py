# SPDX-License-Identifier: MIT
"""The benchmark's report: report.json keeps the figures, report.md shows them."""
import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# rows: name in the program, words, limit of guest / native that a later issue asks for
ROWS = (
    ("compute", "1,000 steps of arithmetic", 1.005),
    ("getppid", "getppid", 1.6),
    ("clock_gettime", "clock_gettime", None),
    ("read", "read a byte of /dev/zero", 1.5),
    ("write", "write a byte to /dev/null", 1.5),
    ("stat", "stat", 1.1),
    ("open-close", "open and close", 1.1),
    ("signal-install", "signal: install a handler", 1.4),
    ("signal-catch", "signal: catch", 1.3),
    ("protection-fault", "protection fault, caught", 1.3),
    ("page-fault", "page fault, anonymous", 1.3),
    ("page-fault-file", "page fault, file (16 pages at once)", None),
    ("mmap", "mmap and unmap 1 MB, untouched", 1.5),
    ("mmap-touched", "mmap and unmap 1 MB, each page touched", None),
    ("pipe", "pipe, a byte there and back", 1.35),
    ("af-unix", "AF_UNIX, a byte there and back", 1.35),
    ("pipe-64K", "pipe, 64 KiB", None),
    ("ctx-2p-0k", "context switch, 2 processes", 1.4),
    ("ctx-2p-16k", "context switch, 2 processes of 16 KiB", None),
    ("ctx-8p-0k", "context switch, 8 processes", None),
    ("ctx-8p-16k", "context switch, 8 processes of 16 KiB", 1.4),
    ("fork-exit", "fork and exit", 1.35),
    ("vfork-exit", "vfork and exit", None),
    ("fork-exec", "fork, exec and exit", 1.25),
    ("sh-c", "sh -c of a program", 1.2),
)
BOOT_LIMIT, BAR, COLUMNS = 1.5, 50, 24


def call(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          cwd=ROOT).stdout.strip()


def table(head, rows):
    def line(cells):
        return "| " + " | ".join(cells) + " |"
    rule = "|" + "|".join("---" if n == 0 else "---:" for n in range(len(head))) + "|"
    return [line(head), rule, *(line(row) for row in rows), ""]


def ratio(guest, native):
    return f"{guest / native:.2f}" if native else "-"


def part_boot(found):
    native, guest = found["native"], found["guest"]
    return ["## Boot",
            "From the first instruction to Linux's init, which resets the machine as the first thing "
            "it does (the reset is counted on both sides). The native kernel is entered unpacked, as "
            "the domain builder enters the guest. It calibrates its delay loop by waiting for ticks, tens of "
            "millions of instructions, which the guest does not do: without that the guest takes "
            f"{ratio(guest, found['native, lpj'])} x native. Goal: below {BOOT_LIMIT} x native.", "",
            *table(("", "instructions", "of native"), [
                ("native", f"{native:,}", "1.00"),
                ("native, delay loop not calibrated (lpj=)", f"{found['native, lpj']:,}",
                 ratio(found["native, lpj"], native)),
                ("native, from a gzipped zImage", f"{found['native, packed']:,}",
                 ratio(found["native, packed"], native)),
                ("Bantam: hypervisor and Linux", f"{guest:,}", ratio(guest, native))])]


def part_rows(found):
    native, guest, lines = found["native"], found["guest"], []
    for name, words, limit in ROWS:
        a, b = native.get(name), guest.get(name)
        lines.append((words, f"{a / 10:,.1f}" if a else "-", f"{b / 10:,.1f}" if b else "not run",
                      ratio(b, a) if a and b else "-", f"{limit:g}" if limit else ""))
    return ["## Linux, native and as a guest",
            "Instructions an operation, measured by one static program (`tests/bench`) as init. Same "
            "source, compiler, options, initramfs and memory; the native kernel has the drivers of "
            "the board instead of the port, and no `CPU_SW_DOMAIN_PAN`. The last column is what "
            "the benchmark issue will ask for.", "",
            *table(("", "native", "Bantam", "ratio", "wanted"), lines)]


def bars(histogram, total):
    """A text histogram; at most COLUMNS bars of equal width."""
    low, high = histogram[0][0], histogram[-1][0]
    width = max(1, -(-(high + 1 - low) // COLUMNS))
    counts = {}
    for late, count in histogram:
        counts[(late - low) // width] = counts.get((late - low) // width, 0) + count
    most = max(counts.values())
    for n in sorted(counts):
        first = low + n * width
        yield (f"{first:>5}-{first + width - 1:<5}{counts[n]:>9,} {counts[n] / total:8.3%} "
               + "#" * max(1, round(counts[n] * BAR / most)))


def part_frames(title, runs):
    lines = [f"## {title}",
             "Instructions from the frame interrupt to the handler's reading of the timer, and "
             "frames that are LOST by OsmocomBB's rule (2.46 us off). shift=0 counts an instruction as 1 ns, "
             "shift=2 as 4 ns: about an ARM926 at 266 MHz. Goals: median below 400, worst below "
             "2,000, 0 LOST at shift=0.", ""]
    lines += table(("", "frames", "median", "worst", "LOST", "rounds of the storm", "crashes"), [
        (f"shift={run['shift']}", f"{run['frames']:,}", f"{run['median']:,}", f"{run['worst']:,}",
         f"{run['lost']:,}", f"{run['storm_rounds']:,}", str(run["crashes"])) for run in runs])
    for run in runs:
        if run["histogram"]:
            lines += [f"shift={run['shift']}, instructions:", "", "```",
                      *bars(run["histogram"], run["frames"]), "```", ""]
    return lines


def part_sizes(found):
    names = ("Linux", "the baseband", "a second Linux", "a small resident")
    ram = [(f"{n}: {', '.join(names[:int(n)])}", f"{kib:,}") for n, kib in found["ram_kib"].items()]
    return ["## Sizes", "RAM that the hypervisor keeps, by its boot line (goal: below 1,024 KiB "
            "for four domains):", "", *table(("domains", "KiB"), ram),
            "`make size` (goals: image below 64 KiB, privileged code below 10,000 lines, Linux "
            "patches below 3,000 changed lines):", "", "```", found["text"].rstrip(), "```", ""]


PARTS = (("storm", lambda f: part_frames("Frame interrupt, Linux under a fork, exec and I/O storm", f)),
         ("idle", lambda f: part_frames("Frame interrupt, Linux idle", f)),
         ("boot", part_boot), ("rows", part_rows), ("sizes", part_sizes))


class Report:
    """What was measured, part by part; written after each one."""

    def __init__(self, folder):
        self.json, self.markdown = (os.path.join(folder, f"report.{s}") for s in ("json", "md"))
        os.makedirs(folder, exist_ok=True)
        self.read()

    def read(self):
        self.parts = {}
        if os.path.exists(self.json):
            with open(self.json, encoding="ascii") as f:
                self.parts = json.load(f)

    def add(self, part, found, version):
        self.read()                 # another run may have added something
        self.parts[part] = {"version": version,
                            "qemu": call("qemu-system-arm", "--version").split("\n", 1)[0],
                            "compiler": call("arm-none-eabi-gcc", "--version").split("\n", 1)[0],
                            "found": found}
        self.write()

    def write(self):
        """Both files; returns the text."""
        with open(self.json, "w", encoding="ascii") as f:
            json.dump(self.parts, f, indent=1)
            f.write("\n")
        lines = ["# Benchmark report",
                 "Written by `make bench`; do not edit. QEMU versatilepb, `-icount shift=0,sleep=off`, "
                 "timers at 1 GHz: an instruction is a tick is a nanosecond. icount knows no cache, "
                 "TLB or memory cost.", ""]
        for part, show in PARTS:
            if part in self.parts:
                entry = self.parts[part]
                lines += show(entry["found"])
                lines += [f"Measured at {entry['version']}, {entry['qemu']}.", ""]
        text = "\n".join(lines)
        with open(self.markdown, "w", encoding="ascii") as f:
            f.write(text)
        return text
