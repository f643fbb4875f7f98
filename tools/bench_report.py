# SPDX-License-Identifier: MIT
"""The benchmark's report: report.json keeps the figures, report.md shows them."""
import json
import math
import os
import statistics
import subprocess

import bench_svg

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# rows: name in the program, words, limit of guest / native
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
    ("memory-read", "read 64 KiB of memory", None),
    ("memory-write", "write 64 KiB of memory", None),
    ("memory-copy", "copy 64 KiB of memory", None),
    ("pipe", "pipe, a byte there and back", 1.35),
    ("af-unix", "AF_UNIX, a byte there and back", 1.35),
    ("pipe-64K", "pipe, 64 KiB", None),
    ("ctx-2p-0k", "context switch, 2 processes", 1.4),
    ("ctx-2p-16k", "context switch, 2 processes of 16 KiB", None),
    ("ctx-2p-64k", "context switch, 2 processes of 64 KiB", None),
    ("ctx-8p-0k", "context switch, 8 processes", None),
    ("ctx-8p-16k", "context switch, 8 processes of 16 KiB", 1.4),
    ("ctx-8p-64k", "context switch, 8 processes of 64 KiB", None),
    ("ctx-16p-0k", "context switch, 16 processes", None),
    ("ctx-16p-16k", "context switch, 16 processes of 16 KiB", None),
    ("ctx-16p-64k", "context switch, 16 processes of 64 KiB", None),
    ("fork-exit", "fork and exit", 1.35),
    ("vfork-exit", "vfork and exit", None),
    ("fork-exec", "fork, exec and exit", 1.25),
    ("sh-c", "sh -c of a program", 1.2),
)
PROGRAMS = (
    ("gzip", "gzip, 1 MiB", 1.08), ("gunzip", "gunzip", 1.08),
    ("bzip2", "bzip2, 1 MiB", 1.08), ("bunzip2", "bunzip2", 1.08),
    ("sqlite3", "sqlite3, 200 transactions on tmpfs", 1.08),
    ("python3-start", "python3, start and end", 1.08),
    ("python3-loop", "python3, pystone-like loop", 1.005),
    ("python3-compile", "python3, compiles 8 modules", 1.08),
    ("hackbench-pipe", "hackbench, pipes", 1.08),
    ("hackbench-socket", "hackbench, sockets", 1.08),
    ("hackbench-threads", "hackbench, threads and pipes", 1.08),
    ("nginx-ab", "nginx and ab, 400 requests of 1 KiB", 1.08),
    ("nginx-ab-64k", "nginx and ab, 200 requests of 64 KiB", 1.08),
)
MEAN_LIMIT, LATENCY_LIMIT = 1.05, 1.08
LOSS_LIMIT, SPREAD_LIMIT, EACH_LIMIT, START_LIMIT = 3, 1, 20, 300000   # of many domains
SWITCH_LIMIT, STRETCH_LIMIT = 300, 400
TICKS = 100                                   # a second: CONFIG_HZ_100 of guests/linux/config
# columns of the operations: the plugin's name, words, dear ones
OPERATIONS = (
    ("d-whole", "D whole", True), ("d-line", "D lines", False), ("i-whole", "I whole", True),
    ("i-line", "I lines", False), ("tlb-all", "TLB whole", True), ("tlb-pg", "TLB pages", False),
    ("dacr", "DACR", False), ("ttbr", "TTBR", False))
BOOT_LIMIT, BAR, COLUMNS, RED = 1.5, 50, 24, ":red_circle:"
FRAME_MEDIAN, FRAME_WORST = 250, 600          # instructions, Linux under the storm


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


def part_boot(found, _):
    native, guest = found["native"], found["guest"]
    return ["## Boot",
            "Executed instructions from the first one to the first one of Linux's init. The native kernel is entered unpacked, as "
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


def verdict(value, limit):
    """The limit of a ratio, red if it is not kept."""
    return over(f"{limit:g}", bench_svg.above(value, limit)) if limit else ""


def of(guest, native):
    return guest / native if guest is not None and native else None


def worst(*values):
    """The greatest of what is known."""
    return max((v for v in values if v is not None), default=None)


def row_ratios(rows, cycles):
    """(words, (ratio of instructions, ratio of cycles), limit) of each row."""
    for name, words, limit in ROWS:
        counts = of(rows["guest"].get(name), rows["native"].get(name))
        estimated = None
        if cycles and name in cycles["guest"] and name in cycles["native"]:
            estimated = of(cycles["guest"][name]["cycles"], cycles["native"][name]["cycles"])
        yield words, (counts, estimated), limit


def part_rows(found, cycles):
    native, guest, lines = found["native"], found["guest"], []
    for (name, words, limit), (_, pair, _) in zip(ROWS, row_ratios(found, cycles)):
        a, b = native.get(name), guest.get(name)
        costs = [cycles[k].get(name, {}).get("cycles") if cycles else None
                 for k in ("native", "guest")]
        lines.append((words, f"{a / 10:,.1f}" if a else "-", f"{b / 10:,.1f}" if b else "not run",
                      f"{pair[0]:.2f}" if pair[0] else "-",
                      *(f"{c:,.0f}" if c is not None else "-" for c in costs),
                      f"{pair[1]:.2f}" if pair[1] else "-", verdict(worst(*pair), limit)))
    return ["## Linux, native and as a guest",
            "An operation in instructions and in estimated ARM926 cycles, measured by one static program "
            "(`tests/bench`) as init. Same source, compiler, options, initramfs and memory; the "
            "native kernel has the drivers of the board instead of the port, and no "
            f"`CPU_SW_DOMAIN_PAN`. {RED}: a ratio, of instructions or of cycles, is above the limit. "
            "The explanations are in `notes.md`.", "",
            "![bars against native](rows.svg)", "",
            *table(("", "native insns", "Bantam insns", "ratio", "native cycles", "Bantam cycles",
                    "ratio", "limit"), lines)]


def operations(name, cycles):
    """Cells "native / Bantam" of a row; red where a whole-cache or whole-TLB count is above native.

    Less than 0: a loop of the row alone, which is taken off, has more.  (+ 0.0: no -0.)
    """
    for counter, _, dear in OPERATIONS:
        a, b = (round(cycles[k][name][counter], 2) + 0.0 for k in ("native", "guest"))
        yield f"{a:,g} / {b:,g}" + (f" {RED}" if dear and b > a else "") if a or b else ""


def part_cycles(found, _):
    lines = [(words, *operations(name, found)) for name, words, _ in ROWS
             if name in found["native"] and name in found["guest"]]
    return ["## Operations that icount charges nothing for",
            "Native / Bantam, an operation of each row, counted by `tools/vivt` (mode=cycles): whole-cache "
            "and line operations of the data and the instruction cache, TLB operations, writes of DACR "
            "and TTBR. Nothing is empty. Limit: no more whole-cache and whole-TLB operations than "
            f"natively. Costs of memory: `{found['constants']}`; where each constant comes "
            "from is in [README](README.md).", "",
            *table(("", *(words for _, words, _ in OPERATIONS)), lines)]


def program_ratios(found):
    """(words, (ratio, None), limit) of each program."""
    for name, words, limit in PROGRAMS:
        yield words, (of(found["guest"].get(name), found["native"].get(name)), None), limit


def spread(samples):
    """Per cent of their mean that samples lie apart."""
    return f"{100 * (max(samples) - min(samples)) / statistics.mean(samples):.1f} %" if samples else "-"


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def latencies(found):
    """Lines of cyclictest: native, guest, and the ratio of each figure."""
    sides = [(side, found[side]) for side in ("native", "guest") if side in found]
    yield from ((side, *(f"{values[k]:,}" for k in ("min", "avg", "max")), "") for side, values in sides)
    if len(sides) == 2:
        ratio = {k: of(found["guest"][k], found["native"][k]) for k in ("min", "avg", "max")}
        yield ("ratio", *(f"{r:.2f}" for r in ratio.values()), verdict(ratio["avg"], LATENCY_LIMIT))


def part_programs(found, _):
    lines, ratios, samples = [], [], found.get("samples", {})   # none in reports before eb9f60a
    for (name, _, _), (words, (value, _), limit) in zip(PROGRAMS, program_ratios(found)):
        a, b = (found[side].get(name) for side in ("native", "guest"))
        ratios += [value] if value else []
        spreads = " / ".join(spread(samples.get(side, {}).get(name)) for side in ("native", "guest"))
        lines.append((words, f"{a:,}" if a else "-", f"{b:,}" if b else "not run", spreads,
                      f"{value:.3f}" if value else "-", verdict(value, limit)))
    mean = geometric_mean(ratios)
    lines.append(("geometric mean", "", "", "", f"{mean:.3f}" if mean else "-",
                  verdict(mean, MEAN_LIMIT)))
    return ["## Programs of Debian, native and as a guest",
            "Unmodified armel packages of Debian 12 in one initramfs, 128 MiB, on tmpfs and the loopback "
            "device; each job is run once before it is measured. Instructions until it has ended, the mean of "
            "five runs; spread: from the least to the most of them, native / Bantam. Who of hackbench's 400 "
            "processes runs when is chance; addresses are not (`norandmaps`).",
            "", "![programs against native](programs.svg)", "",
            *table(("", "native", "Bantam", "spread", "ratio", "limit"), lines),
            "cyclictest, instructions from a timer's time to its thread (priority 80, each ms, "
            "2,000 times):", "", *table(("", "least", "average", "most", "limit"), latencies(found["cyclictest"]))]


def losses(runs):
    """(domains, per cent of the progress of one domain alone that is lost) of each run."""
    alone = runs[0]["sum"]
    return [(run["domains"], max(0.0, 100 * (1 - run["sum"] / alone))) for run in runs]


def part_scale(found, _):
    lines, runs, fair = [], found["runs"], found["fair"]
    first = runs[0]
    spread = 100 * (fair["most"] - fair["least"]) / (fair["sum"] / fair["domains"])
    for run, (_, loss) in zip(runs, losses(runs)):
        each = (run["ram_kib"] - first["ram_kib"]) / (run["domains"] - 1) if run["domains"] > 1 else None
        lines.append((str(run["domains"]), f"{run['sum']:,}", over(f"{loss:.2f} %", loss > LOSS_LIMIT),
                      over(f"{each:.1f}", each > EACH_LIMIT) if each else "-",
                      over(f"{run['start']:,}", run["start"] > START_LIMIT) if "start" in run else "-"))
    return ["## Many domains",
            "The smallest guest with tables of its own (1 MiB, a compute loop), equal shares, an instruction "
            "4 ns; a hypervisor configured for 128 domains. Start: instructions from one domain's first "
            "instruction in C to the next one's, so building it and its own start-up. Limits: "
            f"{LOSS_LIMIT} % lost, progress equal within {SPREAD_LIMIT} %, {EACH_LIMIT} KiB of the "
            f"hypervisor's memory a domain, {START_LIMIT:,} instructions to create and start one.", "",
            "![loss by number of domains](scale.svg)", "",
            *table(("domains", "rounds together", "lost against one", "KiB a domain", "start, instructions"), lines),
            f"Progress of {fair['domains']} domains after {fair['turns']} turns of each: {fair['least']:,} to "
            f"{fair['most']:,} rounds, a spread of " + over(f"{spread:.2f} %", spread > SPREAD_LIMIT)
            + f" (an instruction {fair['ns']} ns).", ""]


def over(text, bad):
    return f"{text} {RED}" if bad else text


def idle_phone(found):
    """What wakes it.  A frame may come while the core is awake, so interrupts are more than wake-ups."""
    others = found["interrupts"] - found["frames"] - found["timers"]
    lines = [(words, over(f"{count:,}", bad), f"{count / found['seconds']:,.1f}") for words, count, bad in (
        ("wake-ups of the core", found["wake-ups"], found["wake-ups"] > found["frames"] + found["timers"]),
        ("frame interrupts", found["frames"], False), ("timers that were armed", found["timers"], False),
        ("other interrupts", others, others != 0),
        ("Linux, back from its idle loop", found["linux"], found["linux"] >= TICKS * found["seconds"]))]
    return ["An idle phone: Linux's only program sleeps, the baseband hears its frames and writes a line each second, which "
            "the console sends in pieces by a timer. Counted by a plugin (`tools/bench_profile.c`). Limit: "
            f"wake-ups only for frames and armed timers, and no tick, which would wake Linux {TICKS} times a second.", "",
            *table(("", f"in {found['seconds']} s", "a second"), lines)]


def part_realtime(found, _):
    lines, stretches = [], []
    there, back = found["switch"]["there"], found["switch"]["back"]
    both = {key: there[key] + back[key] for key in ("insns", "operations")}
    for what in ("event", "yield"):
        for name, run in found[what].items():
            cache = sum(run.get(c, 0) for c in ("d-whole", "i-whole", "d-line", "i-line"))
            tlb = run.get("tlb-all", 0) + run.get("tlb-pg", 0)
            lines.append((f"{what}: {name}", f"{run['insns']:,.0f}",
                          f"{run['cycles']:,.0f}" if "cycles" in run else "-", f"{cache:g}", f"{tlb:g}",
                          f"{run.get('dacr', 0):g}", f"{run.get('ttbr', 0):g}"))
    loads = {"rows": "the rows, Linux alone", "storm": "the storm, with the baseband",
             "keys": "debug keys, typed when the host has time"}
    for load, entries in found["stretch"].items():
        words = loads.get(load) or load.replace("-", " guest: ")
        for entry in entries[:5 if load in loads else 1]:
            functions = ", ".join(f"`{name}` {n}" for name, n in list(entry["functions"].items())[:4])
            stretches.append((words, over(f"{entry['length']:,}", entry["length"] > STRETCH_LIMIT),
                              f"{entry['count']:,}", f"`{entry['begins']}`", f"`{entry['ends']}`",
                              functions))
    return ["## Switches, events, interrupts off, wake-ups",
            "A switch to a resident and back: from the instruction of Linux that the baseband's frame interrupt "
            "meets to the first one of its handler, and from the baseband's SCHEDOP_block to Linux's next "
            f"instruction, the median of {there['count']:,} and {back['count']:,} under the storm, counted by a "
            "plugin (`tools/bench_switch.c`). Limit: "
            f"{SWITCH_LIMIT} instructions, no cache and no TLB operation.", "",
            *table(("", "instructions", "cache and TLB ops"), [
                ("to a resident", f"{there['insns']:,}", str(there["operations"])),
                ("back", f"{back['insns']:,}", str(back["operations"])),
                ("there and back", over(f"{both['insns']:,}", both["insns"] > SWITCH_LIMIT),
                 over(f"{both['operations']}", both["operations"] > 0))]),
            "Two guests of a page of C (`guests/bench/pair`), 1,000 rounds, their own instructions "
            "and two decisions of the scheduler included. A Linux has tables of its own: to another Linux is "
            "\"own tables, own tables\".", "",
            *table(("there and back", "instructions", "cycles", "cache ops", "TLB ops", "DACR", "TTBR"),
                   lines),
            "The longest stretches of the hypervisor with interrupts off, found by a plugin "
            "(`tools/bench_stretch.c`): from leaving a guest, or from the last look at the interrupt "
            "controller, to the next look or guest. Those that spend most instructions in the same 256 bytes "
            f"of code are one line, with the longest of them. Limit: {STRETCH_LIMIT} instructions.",
            "", *table(("while", "longest", "how many of 200 and more", "begins", "ends", "most of it in"),
                       stretches), *(idle_phone(found["idle"]) if "idle" in found else [])]


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


def part_frames(run, _):
    words = {"storm": "Linux under a fork, exec and I/O storm", "idle": "Linux idle"}[run["load"]]
    shift, total = run["shift"], run["frames"]

    def limited(value, limit):
        return over(f"{value:,}", run["load"] == "storm" and value > limit)
    lines = [f"## Frame interrupt, {words}, an instruction as {1 << shift} ns (shift={shift})",
             "Instructions from the frame interrupt to the handler's reading of the timer, and "
             "frames that are LOST by OsmocomBB's rule (2.46 us off). 4 ns: about an ARM926 at 266 MHz. "
             f"Limits, under the storm: median {FRAME_MEDIAN}, worst {FRAME_WORST}, 0 LOST.", "",
             *table(("frames", "median", "worst", "LOST", "rounds of the storm", "crashes"), [
                 (f"{total:,}", limited(run["median"], FRAME_MEDIAN), limited(run["worst"], FRAME_WORST),
                  limited(run["lost"], 0), f"{run['storm_rounds']:,}", str(run["crashes"]))])]
    if run["histogram"]:
        lines += [f"![frames by instructions](frames-{run['load']}-{shift}.svg)", "", "```",
                  *bars(run["histogram"], total), "```", ""]
    return lines


def stacked(boards, what):
    """Rows of a table, boards side by side, with their sums."""
    names = dict.fromkeys(name for board in boards.values() for name in board[what])
    rows = [(name, *(f"{board[what].get(name, 0):,}" for board in boards.values())) for name in names]
    return [*rows, ("together", *(f"{sum(board[what].values()):,}" for board in boards.values()))]


def part_chain(found, _):
    head = ("", *(f"{name}, {board['way']}" for name, board in found.items()))
    return ["## From reset to the guests",
            "The phone through U-Boot, from where `make run` boots it. Executed instructions: of U-Boot until it "
            "enters the hypervisor, of the hypervisor until a guest runs, of all until Linux's first program runs. "
            "U-Boot's waits are loops and count.", "", "![instructions by stage](chain.svg)", "",
            *table(head, stacked(found, "instructions")),
            "Bytes of what is flashed or loaded. All but U-Boot is in one signed image.", "",
            "![bytes by part](parts.svg)", "", *table(head, stacked(found, "sizes"))]


DOMAINS = ("Linux", "the baseband", "a second Linux", "a small resident")


def ram_purposes(found):
    """(words, KiB) of what the hypervisor's RAM is for: itself, the machine, one domain after the other."""
    known = found.get("static_kib", 0) + found.get("frames_kib", 0)
    if known:                   # (not in reports before 2a08311)
        yield "image and static data (by subsystem: below)", found["static_kib"]
        yield "256 MiB of frames: owner, type and counts of each; M2P", found["frames_kib"]
    before = 0
    for n, kib in found["ram_kib"].items():
        yield ", ".join(DOMAINS[before:int(n)]), kib - known
        before, known = int(n), kib
    yield "together", known


def part_sizes(found, _):
    return ["## Sizes", "RAM that the hypervisor keeps, by its boot line (goal: below 1,024 KiB for four domains). "
            "What the frames take is found with half the RAM, what a domain takes (tables, port table, p2m, "
            "its part of the description) without it.", "",
            *table(("for", "KiB"), [(words, f"{kib:,}") for words, kib in ram_purposes(found)]),
            "`make size` (goals: image below 64 KiB, privileged code below 10,000 lines, Linux "
            "patches below 3,000 changed lines):", "", "```", found["text"].rstrip(), "```", ""]


FRAMES = ("storm-2", "storm-0", "idle-2", "idle-0")

# part, what shows it, and the part whose figures it also shows
PARTS = (("rows", part_rows, "cycles"), ("cycles", part_cycles, None),
         ("programs", part_programs, None),
         *((name, part_frames, None) for name in FRAMES),
         ("realtime", part_realtime, None), ("scale", part_scale, None), ("boot", part_boot, None),
         ("chain", part_chain, None), ("sizes", part_sizes, None))


def pictures(parts):
    """Names and texts of the pictures that the figures allow."""
    if "rows" in parts:
        yield "rows.svg", bench_svg.ratios("Linux on Bantam against native Linux", list(row_ratios(
            parts["rows"], parts.get("cycles"))))
    if "programs" in parts:
        yield "programs.svg", bench_svg.ratios("Programs of Debian on Bantam against native Linux",
                                               list(program_ratios(parts["programs"])))
    if "scale" in parts:
        yield "scale.svg", bench_svg.lines(
            "Many domains", "per cent of one domain's progress that is lost, by number of domains; "
            "red: the limit", losses(parts["scale"]["runs"]), LOSS_LIMIT)
    for name, what, words in (("chain", "instructions", "instructions from reset to Linux's first program"),
                              ("parts", "sizes", "bytes of what is flashed or loaded")):
        if "chain" in parts:
            yield f"{name}.svg", bench_svg.stacks("Boot chain of the phone", words, [
                (board, entry[what]) for board, entry in parts["chain"].items()])
    for run in (parts[name] for name in FRAMES if name in parts):
        if run["histogram"]:
            yield f"frames-{run['load']}-{run['shift']}.svg", bench_svg.histogram(
                f"Frame interrupt to handler, Linux {'under a storm' if run['load'] == 'storm' else 'idle'}",
                f"frames by instructions, {run['frames']:,} frames, one instruction "
                f"{1 << run['shift']} ns, {run['lost']:,} LOST", run["histogram"], FRAME_WORST)


class Report:
    """What was measured, part by part; written after each one."""

    def __init__(self, folder):
        self.folder = folder
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
                 "Written by `make bench`; do not edit. QEMU versatilepb, `-icount shift=0,sleep=off`, timers at 1 GHz: "
                 "where nothing else is said an instruction is a tick is a nanosecond. icount knows no cache, "
                 "TLB or memory cost.", ""]
        found = {part: entry["found"] for part, entry in self.parts.items()}
        for part, show, other in PARTS:
            if part in self.parts:
                entry = self.parts[part]
                lines += show(entry["found"], found.get(other))
                qemu = entry["found"].get("qemu", entry["qemu"])       # of the part itself, if it has another one
                lines += [f"Measured at {entry['version']}, {qemu}.", ""]
        for name, picture in pictures(found):
            with open(os.path.join(self.folder, name), "w", encoding="ascii") as f:
                f.write(picture)
        text = "\n".join(lines)
        with open(self.markdown, "w", encoding="ascii") as f:
            f.write(text)
        return text
