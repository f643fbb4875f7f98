# SPDX-License-Identifier: MIT
"""tools/partition: what it writes, and one clear line for each mistake."""
import glob
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tests/system"), os.path.join(ROOT, "tools")]

import board  # noqa: E402
from descriptions import domain, machine, resident  # noqa: E402

LOAD, NOTE, ARM, EXEC = 1, 4, 40, 2
XEN_VERSION, VIRT_BASE = 5, 3


def note(kind, data):
    return struct.pack("<3I4s", 4, len(data), kind, b"Xen\0") + data + b"\0" * (-len(data) % 4)


def elf(base=0xC0000000, size=0x1000, machine=ARM, notes=None, kind=EXEC, load=LOAD):
    """A file with one segment and one note segment."""
    if notes is None:
        notes = note(XEN_VERSION, b"xen-3.0\0") + note(VIRT_BASE, struct.pack("<I", base))
    head = 52 + 2 * 32
    return (b"\x7fELF\x01\x01\x01" + bytes(9) +
            struct.pack("<HHIIIIIHHHHHH", kind, machine, 1, base, 52, 0, 0, 52, 32, 2, 0, 0, 0) +
            struct.pack("<8I", load, head, base, base, len(notes), size, 7, 4) +
            struct.pack("<8I", NOTE, head, base, base, len(notes), len(notes), 4, 4) + notes)


@pytest.fixture
def compile(tmp_path):
    """compile(description, files, *flags): the finished run, with the tree's text."""
    def run(text, files=None, *flags):
        if files is None:
            files = {"g.elf": elf(), "r.elf": elf(0xF0000000)}
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        (tmp_path / "p.dts").write_text(text)
        done = subprocess.run(
            [sys.executable, f"{ROOT}/tools/partition", "--images", str(tmp_path), *flags,
             str(tmp_path / "p.dts"), str(tmp_path / "o.dtb")], capture_output=True, text=True)
        done.json = tmp_path / "o.json"
        if done.returncode == 0:
            done.layout = json.loads(done.json.read_text())
            done.tree = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts",
                                        str(tmp_path / "o.dtb")],
                                       capture_output=True, text=True, check=True).stdout
        return done
    return run


def good():
    return machine(domain("large", "g.elf", "bantam,privileged", bootargs="quiet"),
                   resident("small", "r.elf"))


def test_record(compile):
    """What a boot loader that checks images tells of them, at the addresses that the tree gives."""
    files = {"g.elf": elf(), "r.elf": elf(0xF0000000), "bantam.bin": b"hypervisor"}
    plain = compile(good(), files)
    assert "fit-images" not in plain.tree
    done = compile(good(), files, "--record", str(plain.json.parent / "bantam.bin"))
    assert done.layout == plain.layout
    base = done.layout["base"] + 0x10000
    wanted = [(base, files["bantam.bin"])] + [(m["addr"], files[os.path.basename(m["file"])])
                                              for m in done.layout["modules"]]
    told = re.findall(r"load = <0x0+ (0x[0-9a-f]+)>;\s+size = <(0x[0-9a-f]+)>;\s+hash-1 {\s+"
                      r'algo = "sha256";\s+value = <([^>]*)>;', done.tree)
    assert [(int(load, 16), int(size, 16), "".join(word[2:].zfill(8) for word in value.split()))
            for load, size, value in told] == \
        [(load, len(data), hashlib.sha256(data).hexdigest()) for load, data in wanted]


def test_good_description(compile):
    run = compile(good())
    assert (run.returncode, run.stderr) == (0, "")
    first, second = run.layout["modules"]
    assert run.layout["domains"] == ["large", "small"]
    assert first["addr"] % 4096 == 0 and second["addr"] + second["size"] <= first["addr"]
    assert first["addr"] + first["size"] <= 256 << 20
    assert f"reg = <{first['addr']:#x} {first['size']:#x}>" in run.tree.replace("0x0", "0x")
    assert "bantam,file" not in run.tree


def test_options(compile):
    run = compile(good(), None, "--ram", "64", "--memory", "16", "--append", "one two",
                  "--timer-hz", "1000000000")
    assert run.returncode == 0, run.stderr
    assert "reg = <0x00 0x4000000>" in run.tree
    assert "memory = <0x00 0x4000>" in run.tree
    assert 'bootargs = "quiet one two"' in run.tree
    assert "clock-frequency = <0x3b9aca00>" in run.tree
    assert run.layout["modules"][0]["addr"] < 64 << 20


def test_ramdisk_option(compile, tmp_path):
    other = tmp_path / "mine.cpio"
    other.write_bytes(b"x" * 5000)
    text = machine(domain("large", "g.elf", "bantam,privileged", ramdisk="none.gz"))
    run = compile(text, None, "--ramdisk", str(other))
    assert run.returncode == 0, run.stderr
    assert run.layout["modules"][1] == {"file": str(other), "size": 5000,
                                        "addr": run.layout["modules"][1]["addr"]}


@pytest.mark.parametrize("ram", [256, 128])
def test_images_keep_clear_of_qemus_device_tree(compile, ram):
    text = machine(domain("large", "g.elf", ramdisk="big"))
    tree = min(ram // 2, 128) << 20
    for size in 20, 45, 60:
        run = compile(text, {"g.elf": elf() + bytes(30 << 20), "big": bytes(size << 20)},
                      "--ram", str(ram))
        assert run.returncode == 0, run.stderr
        for module in run.layout["modules"]:
            assert module["addr"] >= tree + (1 << 20) or module["addr"] + module["size"] <= tree


def with_large(*properties, **more):
    return machine(domain("large", "g.elf", *properties, **more))


def with_small(*properties, **more):
    return machine(resident("small", "r.elf", 0xF0000000, *properties, **more))


TWO = (resident("a", "r.elf", 0xF0000000), "r.elf")
MISTAKES = {
    "unknown property": (
        with_large("bantam,privileged", "bantam,restrat = \"always\""),
        r'unknown property "bantam,restrat"; did you mean "bantam,restart"\?'),
    "unknown restart": (
        with_large('bantam,restart = "maybe"'), r'unknown restart policy "maybe"; known: "never"'),
    "unknown scheduler": (
        machine(domain("large", "g.elf"), scheduler="fair"), r'unknown scheduler "fair"; known'),
    "memory not whole MiB": (with_large(kib=1500), r"memory of 1500 KiB is not whole MiB"),
    "memory not whole pages": (with_small(kib=6), r"memory of 6 KiB is not whole pages"),
    "memory one cell": (
        with_large().replace("memory = <0 0x400>", "memory = <0x400>"), r"two cells.*64-bit"),
    "too much memory": (
        with_large(kib=256 * 1024), r"domains want 256 MiB, 253 MiB of 256 are left"),
    "windows overlap": (
        machine(resident("a", "r.elf"), resident("b", "r.elf", 0xF0100000)),
        r"window 0xf0100000 size 0x200000 overlaps that of a"),
    "window not aligned": (
        machine(resident("a", "r.elf", 0xF0001000)), r"0xf0001000 .* is not aligned to 1 MiB"),
    "window outside": (
        machine(resident("a", "r.elf", 0xE0000000)), r"outside of the resident window"),
    "window too small": (
        machine(resident("a", "r.elf", kib=4096)), r"memory of 0x400000 does not fit"),
    "schedule overlap": (
        machine(resident("a", "r.elf", 0xF0000000, "bantam,windows = <0 2000>"),
                domain("b", "g.elf", "bantam,windows = <1999 1000>")),
        r"window at 1999 us of 1000 us overlaps one of a"),
    "schedule beyond": (
        with_small("bantam,windows = <9000 2000>"), r"ends beyond the major frame of 10000 us"),
    "schedule short": (with_small("bantam,windows = <0 10>"), r"too short; use at least"),
    "schedule cells": (with_small("bantam,windows = <0 10 20>"), r"takes 2 for each entry"),
    "budget": (with_small("bantam,real-time = <5000 4615>"), r"budget of 5000 us in a period"),
    "budget sum": (
        machine(resident("a", "r.elf", 0xF0000000, "bantam,real-time = <600 1000>"),
                domain("b", "g.elf", "bantam,real-time = <600 1000>")),
        r"budgets add up to 120 % of the core"),
    "device of hypervisor": (
        with_small("xen,reg = <0x101f1000 0x1000 0xf0100000>"),
        r"belongs to the hypervisor; no domain can have it"),
    "device of nowhere": (
        with_small("xen,reg = <0x20000000 0x1000 0xf0100000>"),
        r"0x20000000 size 0x1000 is not on the ARM Versatile PB; see .*board.dtsi"),
    "device is RAM": (
        with_small("xen,reg = <0x00200000 0x1000 0xf0100000>"), r"belongs to RAM"),
    "device twice": (
        machine(resident("a", "r.elf", 0xF0000000, "xen,reg = <0x101e3000 0x1000 0xf0100000>"),
                domain("b", "g.elf", "xen,reg = <0x101e3000 0x1000 0xc0100000>")),
        r"device 0x101e3000 size 0x1000 belongs to a"),
    "device not aligned": (
        with_small("xen,reg = <0x101e3020 0x20 0xf0100000>"), r"not aligned to pages"),
    "device over memory": (
        with_small("xen,reg = <0x101e3000 0x1000 0xf0000000>"), r"use addresses from 0xf0100000"),
    "interrupt twice": (
        machine(resident("a", "r.elf", 0xF0000000, "interrupts = <5>"),
                domain("b", "g.elf", "interrupts = <5>")),
        r"interrupt 5 belongs to a; grant an interrupt to one domain"),
    "interrupt of hypervisor": (with_small("interrupts = <4>"),
                                r"belongs to the hypervisor; no domain can have it"),
    "interrupt too high": (with_small("interrupts = <64>"), r"there is no interrupt 64"),
    "two privileged": (
        machine(domain("a", "g.elf", "bantam,privileged"),
                domain("b", "g.elf", "bantam,privileged")), r"a is privileged already"),
    "no domain": (machine(), r"no domain; add a node"),
    "two CPUs": (with_large("cpus = <2>"), r"a domain has one CPU"),
    "the hypervisor's name": (machine(domain("bantam", "g.elf")), r"cannot be a console name"),
    "long name": (machine(domain("a" * 16, "g.elf")), r"cannot be a console name"),
    "long command line": (with_large(bootargs="x" * 300), r"the command line is too long"),
    "no kernel": (
        with_large().replace("multiboot,kernel", "multiboot,ramdisk"), r"large has 0 kernels; a domain has one node"),
    "missing image": (machine(domain("a", "none.elf")), r"none\.elf is missing; name a file below"),
    "missing guest": (machine(domain("a", "guests/none.elf")), r"`make guests` builds it if .* guest\.mk"),
    "missing Linux": (machine(domain("a", "linux/vmlinux")), r"`make linux` builds it"),
    "nine domains": (
        machine(*(domain(f"d{i}", "g.elf") for i in range(9))), r"9 domains are more than 8"),
    "more RAM than the board's": (
        with_large() + "/ { memory@0 { reg = <0 0x20000000>; }; };\n",
        r"there are no 512 MiB of RAM at 0x0; ARM Versatile PB has at most 256 MiB at 0x0"),
    "RAM elsewhere": (
        with_large() + "/ { memory@0 { reg = <0x80000000 0x1000000>; }; };\n",
        r"there are no 16 MiB of RAM at 0x80000000"),
    "no such include": (
        with_large().replace("board.dtsi", "bord.dtsi"),
        r"p\.dts:2: error: there is no bord\.dtsi to include; .* in boards/versatilepb$"),
    "same name twice": (
        machine(domain("a", "g.elf"), domain("a", "g.elf")), r"/chosen/a: Duplicate node name; leave one out"),
    "syntax": (with_large().replace("};", "}", 1), r"syntax error"),
    "major frame": (
        machine(domain("a", "g.elf"), major_frame=10), r"major frame of 10 us is out of range"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(compile, name):
    text, pattern = MISTAKES[name]
    run = compile(text)
    assert run.returncode == 1
    assert re.search(pattern, run.stderr), run.stderr
    for line in run.stderr.splitlines():
        assert re.match(r".*p\.dts:\d+: error: .*; .", line), line
    assert not run.json.exists()


def test_more_ram_than_the_boards(compile):
    run = compile(good(), None, "--ram", "512")
    assert run.returncode == 1 and "there are no 512 MiB of RAM" in run.stderr
    assert re.match(r".*board\.dtsi:\d+: error: ", run.stderr)


def test_domains_are_as_many_as_configured(compile, tmp_path):
    text = machine(*(domain(f"d{i}", "g.elf") for i in range(3)))
    for most in 2, 3:
        (tmp_path / ".config").write_text(f'CONFIG_BOARD="versatilepb"\nCONFIG_MAX_DOMAINS={most}\n')
        run = compile(text)
        assert (run.returncode == 0) == (most == 3)
        third = text[:text.index("d2 {")].count("\n") + 1
        assert most == 3 or (f"p.dts:{third}: error: 3 domains are more than 2; raise MAX_DOMAINS in"
                             in run.stderr)


def test_another_boards_description(tmp_path):
    shutil.copy(f"{ROOT}/configs/integratorcp_defconfig", tmp_path / ".config")
    run = subprocess.run([sys.executable, f"{ROOT}/tools/partition", "--no-images", "--images",
                          str(tmp_path), f"{ROOT}/configs/versatilepb/phone.dts",
                          str(tmp_path / "o.dtb")], capture_output=True, text=True)
    assert run.returncode == 1
    assert re.search(r"phone\.dts:\d+: error: device 0x101e3000 .* is not on the ARM Integrator/CP; ",
                     run.stderr), run.stderr


def test_every_mistake_is_told_at_once(compile):
    run = compile(with_large("bantam,oops", "cpus = <3>", kib=100))
    assert len(run.stderr.splitlines()) == 3


def test_the_line_is_the_propertys(compile):
    text = with_large("cpus = <2>")
    line = text[:text.index("cpus")].count("\n") + 1
    assert f"p.dts:{line}: error" in compile(text).stderr


IMAGES = {
    "text": (b"hello, this is no program\n" * 10, r"is not an ELF file"),
    "empty": (b"", r"is not an ELF file"),
    "x86": (elf(machine=62), r"for another machine"),
    "object": (elf(kind=1), r"is not a linked executable"),
    "no notes": (elf(notes=b""), r"is not a guest: it has no Xen ELF notes"),
    "other version": (elf(notes=note(XEN_VERSION, b"xen-2.0\0")), r"XEN_VERSION is not xen-3.0"),
    "cut": (elf()[:80], r"is cut short"),
    "nothing to load": (elf(load=6), r"has nothing to load"),
    "linked elsewhere": (elf(0xF0000000), r"linked for 0xf0000000, its place is 0xc0000000"),
    "too large": (elf(size=0x200000), r"wants 0xc0000000 to 0xc01fffff, its memory is"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_image(compile, name):
    data, pattern = IMAGES[name]
    run = compile(with_large(), {"g.elf": data})
    assert run.returncode == 1
    assert re.search(pattern, run.stderr), run.stderr


def test_no_memory_for_bus_masters_goes_unsaid(compile):
    run = compile(with_small("xen,reg = <0x10130000 0x1000 0xf0100000>"))
    assert run.returncode == 0
    assert "WARNING" in run.stderr and "no IOMMU" in run.stderr


def test_missing_description():
    run = subprocess.run([sys.executable, f"{ROOT}/tools/partition", "nowhere.dts", "o.dtb"],
                         capture_output=True, text=True)
    assert run.returncode == 1 and run.stderr.startswith("error: no partition description")


@pytest.mark.parametrize("board", board.known())
def test_the_projects_own_descriptions(board, tmp_path):
    """Each compiles for each board that it is for; images are checked when they are built."""
    shutil.copy(f"{ROOT}/configs/{board}_defconfig", tmp_path / ".config")
    found = glob.glob(f"{ROOT}/configs/*.dts") + glob.glob(f"{ROOT}/configs/{board}/*.dts")
    assert f"{ROOT}/configs/{board}/phone.dts" in found
    for path in found:
        run = subprocess.run([sys.executable, f"{ROOT}/tools/partition", "--no-images", "--images",
                              str(tmp_path), path, str(tmp_path / "o.dtb")],
                             capture_output=True, text=True)
        assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("board", board.known())
def test_a_boards_folder_is_complete(board):
    with open(f"{ROOT}/configs/{board}_defconfig", encoding="ascii") as f:
        assert f'CONFIG_BOARD="{board}"' in f.read()
    for name in "board.c", "board.dtsi", "build.mk", "qemu.ini":
        assert os.path.isfile(f"{ROOT}/boards/{board}/{name}")
