# SPDX-License-Identifier: MIT
"""tools/bench and its helpers: words that mean nothing, pictures, what changed."""
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tools"), os.path.join(ROOT, "tests/system")]

import bench_chain  # noqa: E402
import bench_cycles  # noqa: E402
import bench_machine  # noqa: E402
import bench_plugin  # noqa: E402
import bench_programs  # noqa: E402
import bench_report  # noqa: E402
import bench_scale  # noqa: E402
import bench_stretch  # noqa: E402
import bench_switch  # noqa: E402
import bench_svg  # noqa: E402


def command(name="bench"):
    """tools/NAME as a module."""
    loader = importlib.machinery.SourceFileLoader(f"{name}_command", os.path.join(ROOT, "tools", name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def bench(*words, **env):
    return subprocess.run([os.path.join(ROOT, "tools/bench"), *words], capture_output=True,
                          text=True, env=dict(os.environ, **env), cwd="/")


def test_profile_shows_each_function_once(capsys):
    command("profile").show({"a": 5, "b": 1}, {"a": 1}, 40)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[3:]] == ["a", "b"]
    command("profile").show({str(n): n for n in range(30)}, {}, 5)
    assert len(capsys.readouterr().out.splitlines()) == 3 + 5 + 10


def test_profile_of_no_such_row(monkeypatch):
    """No instruction is counted then: it is no table of zeros."""
    profile = command("profile")
    monkeypatch.setattr(sys, "argv", ["profile", "/nowhere", "nothere"])
    monkeypatch.setattr(profile, "profile", lambda *_, **__: ({0: 0}, 0, ""))
    monkeypatch.setattr(profile.bench_machine, "lat_initrd", lambda *_: "lat.cpio")
    monkeypatch.setattr(profile.bench_machine, "guest_command", lambda *_: ["qemu"])
    monkeypatch.setattr(profile.Symbols, "add_map", lambda self, *_: self)
    monkeypatch.setattr(profile.Symbols, "add_elf", lambda self, *_: self)
    with pytest.raises(SystemExit, match="error: the benchmark has no row nothere; "):
        profile.main()


def test_help_is_no_output_directory():
    run = bench("--help")
    assert run.returncode == 0 and "tools/bench OUT" in run.stdout
    assert not os.path.exists("/--help")


def test_wrong_words_have_one_line_each(tmp_path):
    (tmp_path / "bantam.bin").write_bytes(b"")
    for words, line in (((), "error: no output directory"), (("--fast",), "error: --fast"),
                        ((str(tmp_path), "rowz"), "error: no part rowz; there are boot chain"),
                        (("/nowhere",), "error: no /nowhere/bantam.bin")):
        run = bench(*words)
        assert run.returncode != 0 and run.stderr.startswith(line) and run.stderr.count("\n") == 1
    run = bench(str(tmp_path), "storm", FRAMES="many")
    assert run.stderr == "error: FRAMES=many is no number of frames\n"


def compare(tmp_path, old, new):
    for name, value in (("old", old), ("new", new)):
        (tmp_path / name).write_text(json.dumps(value))
    return subprocess.run([os.path.join(ROOT, "tools/bench_compare"), str(tmp_path / "old"),
                           str(tmp_path / "new")], capture_output=True, text=True, check=True).stdout


def test_compare_shows_what_changed_by_more_than_half_a_percent(tmp_path):
    text = compare(tmp_path,
                   {"rows": {"found": {"guest": {"getppid": 1000, "stat": 1000, "gone": 1}}}},
                   {"rows": {"found": {"guest": {"getppid": 1005, "stat": 1006, "new": 1}}}})
    assert "getppid" not in text
    assert "rows guest stat" in text and "+0.6%" in text
    assert "rows guest gone" in text and "rows guest new" in text


def test_compare_leaves_histograms_out(tmp_path):
    run = {"load": "storm", "shift": 2, "frames": 10, "histogram": [[1, 2]]}
    text = compare(tmp_path, {"storm-2": {"found": dict(run, lost=4)}},
                   {"storm-2": {"found": dict(run, lost=2, histogram=[[1, 3]])}})
    assert "storm-2 lost" in text and "-50.0%" in text and text.count("\n") == 2


def test_compare_wants_reports():
    run = subprocess.run([os.path.join(ROOT, "tools/bench_compare"), "/nowhere", "/nowhere"],
                         capture_output=True, text=True)
    assert run.returncode != 0 and "neither a report nor a commit" in run.stderr


def test_pictures_are_xml():
    for text in (bench_svg.ratios("a < b", [("x & y", (1.0, 2.0), 1.5), ("z", (None, None), None)]),
                 bench_svg.histogram("h", "words", [[300, 1000], [700, 1]], 600),
                 bench_svg.lines("l", "words", [(1, 0.5), (128, 3.2)], 3),
                 bench_svg.stacks("s", "w", [("x & y", {"a <": 3, "b": 0}), ("z", {"b": 2})])):
        ElementTree.fromstring(text)


def test_a_word_may_mean_several_parts(tmp_path, monkeypatch):
    own = command()
    (tmp_path / "bantam.bin").write_bytes(b"")
    monkeypatch.delenv("FRAMES", raising=False)
    for words, parts in (((), list(own.PARTS)), (("storm",), ["storm-2", "storm-0"]),
                         (("rows", "idle-2"), ["idle-2", "rows"])):
        assert own.arguments([str(tmp_path), *words]) == (str(tmp_path), parts)
    assert set(own.PARTS) == {name for name, _, _ in own.bench_report.PARTS}


def test_lines_of_parts_are_whole():
    text = io.StringIO()
    lines = command().Lines("rows", text)
    lines.write("  nat")
    assert text.getvalue() == ""
    lines.write("ive\n  guest\nx")
    assert text.getvalue() == "rows       native\nrows       guest\n"


def test_the_stages_of_a_boot():
    first, *_, last = bench_chain.moments(0x80000000)
    assert first == (0x80010000, 0x80010000) and last[1] < 0xC0000000
    assert bench_chain.stages([100, 105, 130, 900]) == {"U-Boot": 100, "hypervisor": 30, "Linux": 770}


def test_boards_side_by_side():
    boards = {name: {"way": "sd", "instructions": {"U-Boot": n}, "sizes": {"U-Boot": n, name: 1000}}
              for name, n in (("x", 1), ("y", 2))}
    lines = bench_report.part_chain(boards, None)
    assert "|  | x, sd | y, sd |" in lines and "| together | 1 | 2 |" in lines
    assert "| y | 0 | 1,000 |" in lines and "| together | 1,001 | 1,002 |" in lines
    assert [name for name, _ in bench_report.pictures({"chain": boards})] == ["chain.svg", "parts.svg"]


def test_histogram_shows_what_is_late_in_red():
    assert bench_svg.BAD in bench_svg.histogram("h", "w", [[300, 9], [700, 1]], 600)
    text = bench_svg.histogram("h", "w", [[300, 9], [500, 1]], 600)
    assert f"fill='{bench_svg.BAD}'" not in text


REPORT = """vivt: mem_first=16 mem_next=2
vivt: region 1 entries=1 {loop}
vivt: region 2 entries=2 {own}
"""


def test_regions_become_rows():
    loop = " ".join(f"{c}=40" for c in bench_cycles.COUNTERS)
    own = " ".join(f"{c}=400" for c in bench_cycles.COUNTERS)
    rows = bench_cycles.by_row("BENCH getppid 930 2 10 1 20\nBENCH gone 1 9 1 0 0\n",
                               REPORT.format(loop=loop, own=own))
    assert list(rows) == ["getppid"]
    assert rows["getppid"]["cycles"] == 400 / 2 / 10 - 40 / 20


def test_a_row_above_its_limit_is_red():
    assert bench_report.RED in bench_report.verdict(1.601, 1.6)
    assert bench_report.RED not in bench_report.verdict(1.6, 1.6)
    assert bench_report.verdict(1.6, None) == "" and bench_report.verdict(None, 1.6) == "1.6"
    bars = bench_svg.ratios("t", [("a", (1.601, 1.6), 1.6), ("b", (9, 9), None)])
    assert bars.count(f"fill='{bench_svg.BAD}'") == 1
    counts = {c: 1 for c in bench_cycles.COUNTERS}
    cells = list(bench_report.operations("x", {"native": {"x": counts},
                                               "guest": {"x": dict(counts, **{"tlb-all": 2})}}))
    assert cells[4] == f"1 / 2 {bench_report.RED}" and cells[0] == "1 / 1"
    cells = list(bench_report.operations("x", {"native": {"x": dict(counts, dacr=-0.001)},
                                               "guest": {"x": dict(counts, dacr=-0.13, ttbr=0)}}))
    assert cells[6] == "0 / -0.13"


def test_programs_are_means_of_their_runs():
    text = "".join(f"BENCH {name} {n}\n" for name, n in (
        ("gzip", 100), ("gzip", 110), ("failed", 0), ("bzip2", 7), ("end", 0)))
    assert bench_programs.samples_of(text) == {"gzip": [100, 110], "bzip2": [7]}
    found = {"native": {"gzip": 105}, "guest": {"gzip": 126},
             "cyclictest": {"native": {"min": 1000, "avg": 2000, "max": 3000},
                            "guest": {"min": 1500, "avg": 2180, "max": 3000}},
             "samples": {"native": {"gzip": [100, 110]}, "guest": {"gzip": [126, 126]}}}
    lines = bench_report.part_programs(found, None)
    assert f"| gzip, 1 MiB | 105 | 126 | 9.5 % / 0.0 % | 1.200 | 1.08 {bench_report.RED} |" in lines
    assert any(line.startswith("| gunzip | - | not run | - / - |") for line in lines)
    assert "| guest | 1,500 | 2,180 | 3,000 |  |" in lines
    assert f"| ratio | 1.50 | 1.09 | 1.00 | 1.08 {bench_report.RED} |" in lines


def test_the_report_in_the_tree_is_understood(tmp_path):
    """A run of some parts keeps the figures of the others, which an older version may have written."""
    shutil.copy(os.path.join(ROOT, "docs/benchmarks/report.json"), tmp_path)
    assert "## Programs of Debian" in bench_report.Report(str(tmp_path)).write()


def test_stretches_are_named(tmp_path):
    symbols = bench_plugin.Symbols()
    symbols.add("f8010000 T first\nf8010010 t second\n")
    (tmp_path / "paths").write_text("stretch 3 7\nffff0008\nf8010010\nf8010014\nstretch 1 1\nf8010000\n")
    found = bench_stretch.read(tmp_path / "paths", symbols)
    assert [entry["length"] for entry in found] == [3, 1] and found[0]["count"] == 7
    assert found[0]["begins"] == "0xffff0008 vectors" and found[0]["ends"] == "0xf8010014 second"
    assert found[0]["functions"] == {"second": 2, "vectors": 1}


def test_many_domains_in_the_report():
    found = {"runs": [{"domains": 1, "sum": 1000, "ram_kib": 900},
                      {"domains": 2, "sum": 900, "ram_kib": 930, "start": 190000}],
             "fair": {"domains": 2, "turns": 9, "ns": 4, "least": 400, "most": 500, "sum": 900}}
    lines, red = bench_report.part_scale(found, None), bench_report.RED
    assert f"| 2 | 900 | 10.00 % {red} | 30.0 {red} | 190,000 |" in lines
    assert any(f"a spread of 22.22 % {red} (an instruction 4 ns)" in line for line in lines)


def test_domains_that_start_late_are_no_measure_of_shares():
    bench_scale.check_started([(0, 1999999, 5), (1, 5, 5)])
    with pytest.raises(bench_machine.Failed, match="1 domains started after"):
        bench_scale.check_started([(0, 1999999, 5), (1, 2000000, 5)])


def test_the_median_way_to_a_resident(tmp_path):
    """Of five there the third; the long ones do not count more than others."""
    path = tmp_path / "switch.txt"
    path.write_text("there 900 15 2\nback 130 0 1\nthere 161 1 1\nthere 157 0 2\n", encoding="ascii")
    found = bench_switch.read(path)
    assert bench_switch.median(found["there"]) == {"insns": 161, "operations": 1, "count": 5}
    assert bench_switch.median(found["back"]) == {"insns": 130, "operations": 0, "count": 1}


def test_the_switch_in_the_report():
    pair = {"own tables, resident": {"insns": 1500.0}}
    found = {"event": pair, "yield": pair, "stretch": {"rows": [], "storm": []},
             "switch": {"there": {"insns": 200, "operations": 1, "count": 5},
                        "back": {"insns": 100, "operations": 0, "count": 5}}}
    red = bench_report.RED
    assert f"| there and back | 300 | 1 {red} |" in bench_report.part_realtime(found, None)
    found["switch"]["back"] = {"insns": 101, "operations": 0, "count": 5}
    assert f"| there and back | 301 {red} | 1 {red} |" in bench_report.part_realtime(found, None)


def test_ram_by_purpose():
    found = {"static_kib": 200, "frames_kib": 640, "ram_kib": {"1": 900, "2": 912, "3": 960, "4": 966}}
    rows = dict(bench_report.ram_purposes(found))
    assert list(rows.values()) == [200, 640, 60, 12, 48, 6, 966] and rows["the baseband"] == 12
    rows = dict(bench_report.ram_purposes({"ram_kib": {"1": 900, "2": 912, "4": 966}}))
    assert rows["a second Linux, a small resident"] == 54 and rows["together"] == 966


LINKED = """
.bss            0x00000000 0x0 obj/kernel/gone.o
Linker script and memory map
 .text          0x00000000        0x8 /o/obj/kernel/gone.o
 .text.first    0xf8610000       0x10 /o/obj/kernel/sched.o
 .text.with_a_long_name
                0xf8610010       0x20 /o/obj/kernel/sched_static.o
 *fill*         0xf8610030        0x4
 .rodata.str1.4
                0xf8610034        0x8 /o/obj/arch/arm/cpu/cpu.o
 .bss.tables    0xf8620000      0x100 /o/obj/arch/arm/mm.o
 .text          0xf8610040        0x4 /lib/libgcc.a(_muldi3.o)
 .debug_info    0x00000010       0x99 /o/obj/kernel/sched.o
"""


def test_size_by_subsystem():
    assert command("size").subsystems(LINKED) == [("arch", 8, 256), ("kernel/sched", 48, 0), ("libgcc", 4, 0)]


def test_an_idle_phone_wakes_for_frames_and_timers():
    found = {"wake-ups": 95, "interrupts": 100, "timers": 10, "frames": 90, "linux": 6, "seconds": 2}
    lines, red = bench_report.idle_phone(found), bench_report.RED
    assert "| wake-ups of the core | 95 | 47.5 |" in lines and "| other interrupts | 0 | 0.0 |" in lines
    assert not any(red in line for line in lines)
    lines = bench_report.idle_phone(dict(found, interrupts=110, linux=200))
    assert f"| other interrupts | 10 {red} | 5.0 |" in lines
    assert f"| Linux, back from its idle loop | 200 {red} | 100.0 |" in lines


def test_what_is_measured_must_be_there():
    symbols = bench_plugin.Symbols()
    symbols.add("f8010000 T first\nf8010010 t second\n", "bantam:")
    assert symbols.address("bantam:second") == 0xF8010010
    with pytest.raises(bench_machine.Failed, match="no function second"):
        symbols.address("second")


MAP = """c0008000 T __irqentry_text_start
c0008000 T __softirqentry_text_end
c0008000 t first
c0008000 t $a
c0009000 T __se_sys_it
c0009000 T sys_it
c000a000 T __memset
c000b000 t last
c000c000 T __sched_text_start
"""


def test_hot_functions(tmp_path, monkeypatch):
    """Five lines of one set, three of them movable: an order is found in which none misses."""
    hot = command("hot_functions")
    system_map = tmp_path / "System.map"
    system_map.write_text(MAP.replace("c000b000 t last", "c000b000 t short\nc000b020 t last"))
    kernel = hot.Kernel(str(system_map))
    assert kernel.find(0xC0009004) == ("__se_sys_it", 4) and kernel.find(0xC0008004) == ("first", 4)
    for fixed in 0xC0007000, 0xC000A004, 0xC000C000:
        assert kernel.find(fixed) == (None, fixed)
    row = hot.Row(kernel, [0xC0008000, 0xC0009000, 0xC000A000, 0xC000B000, 0xC000C000])
    kernels, order = [(kernel, [row])] * 2, ["first", "__se_sys_it", "short"]
    assert hot.missing(kernels, order) == 1
    monkeypatch.setattr(hot, "ROUNDS", 50)
    assert hot.missing(kernels, hot.improve(kernels, order)) == 0


def test_hot_functions_of_linux():
    """Each once, and none that the linker cannot move."""
    with open(f"{ROOT}/guests/linux/hot-functions", encoding="ascii") as f:
        names = [line for line in f.read().split("\n")[:-1] if line[0] != "#"]
    assert len(names) > 100 and len(set(names)) == len(names)
    hot = command("hot_functions")
    assert not [name for name in names if hot.ASSEMBLY.fullmatch(name) or not re.fullmatch(r"[\w.]+", name)]


@pytest.mark.parametrize("name", ["bench_moments", "bench_stretch", "bench_switch", "bench_profile"])
def test_plugins_know_their_options(name, tmp_path):
    """QEMU does not start with another one, or without a file to write."""
    plugin = bench_plugin.build(str(tmp_path), name)
    for option, said in (f"out={tmp_path}/counts,nonsense=1", "no option nonsense=1"), ("", "needs out=FILE"):
        run = subprocess.run(["qemu-system-arm", "-M", "none", "-display", "none", "-plugin", f"{plugin},{option}"],
                             capture_output=True, text=True, timeout=60, check=False)
        assert run.returncode != 0 and said in run.stderr
