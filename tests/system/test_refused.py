# SPDX-License-Identifier: MIT
"""What the hypervisor itself refuses: trees that tools/partition did not make for this board."""
import os
import struct
import subprocess

import pytest

from board import Board
from descriptions import machine, resident
from machine import Machine, MachineError, QEMU

HELLO = resident("hello", "guests/hello.elf")


@pytest.fixture
def compiled(out, tmp_path):
    """A machine whose tree is made, and may now be spoiled."""
    path = tmp_path / "p.dts"
    path.write_text(machine(HELLO, scheduler="null"))
    found = Machine(out, str(path), str(tmp_path))
    found.compile()
    return found


def put(found, *words):
    subprocess.run(["fdtput", *words[:2], found.tree, *words[2:]], check=True)


def boot(found, mib=None):
    """Enters the image as U-Boot does, r2 = tree: QEMU's own loader would mend the tree."""
    base, work = found.layout["base"], os.path.dirname(found.tree)
    stub, code = os.path.join(work, "stub"), base + 0x10000
    with open(stub, "wb") as f:     # r0 = 0, r1 = machine, r2 = tree, on to the image
        f.write(struct.pack("<7I", 0xE3A00000, 0xE59F1004, 0xE59F2004, 0xE59FF004, 0,
                            base + 0x1000000, code))
    command = [QEMU, "-M", found.qemu.machine, "-m", str(mib or found.layout["ram"] >> 20),
               *found.qemu.options, "-display", "none", "-monitor", "none", "-nodefaults",
               "-no-reboot", "-serial", "stdio", "-icount", "shift=0,sleep=off"]
    for path, at in (found.tree, base + 0x1000000), (os.path.join(found.out, "bantam.bin"), code):
        command += ["-device", f"loader,file={path},addr={at:#x},force-raw=on"]
    command += ["-device", f"loader,file={stub},addr={base + 0x8000:#x},cpu-num=0,force-raw=on"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True) as qemu:
        lines = []
        try:
            for line in qemu.stdout:
                lines.append(line.strip())
                if "end of panic" in line or "not started" in line:
                    return lines
        finally:
            qemu.kill()
    return lines


def test_the_way_in_is_right(compiled):
    """(no images are loaded, so the domain is not started)"""
    assert any("hello: not started" in line for line in boot(compiled))


def test_another_boards_tree(compiled):
    put(compiled, "-t", "s", "/", "compatible", "nobody,toaster")
    name = subprocess.run(["fdtget", compiled.tree, "/", "model"], capture_output=True, text=True,
                          check=True).stdout.strip()
    assert f"(bantam) PANIC: the device tree is not for {name}" in boot(compiled)


def test_overlapping_windows(out, tmp_path):
    path = tmp_path / "two.dts"
    path.write_text(machine(resident("hello", "guests/hello.elf", size=0x100000),
                            resident("other", "guests/test-survivor.elf", 0xF0100000)))
    found = Machine(out, str(path), str(tmp_path))
    for name, window in (("hello", ("f0000000", "200000")), ("other", ("f0000000", "100000")),
                         ("other", ("f0000000", "400000")), ("hello", ("f0100000", "100000"))):
        found.compile()
        put(found, "-t", "x", f"/chosen/{name}", "bantam,resident", *window)
        assert "(bantam) PANIC: other: its window overlaps that of hello" in boot(found)


def test_more_memory_than_there_is(compiled):
    """(On some boards what is not there is the same as what is there.)"""
    mib = compiled.layout["ram"] >> 20
    wanted = f"(bantam) PANIC: there are no {mib} MiB of RAM"
    assert wanted in boot(compiled, mib // 2)
    assert wanted in boot(compiled, mib // 4)


def test_another_boards_image(out, compiled, tmp_path):
    """tools/run says so before QEMU starts."""
    other = tmp_path / "other"
    other.mkdir()
    with open(os.path.join(out, "bantam.bin"), "rb") as f:
        image = f.read().replace(compiled.layout["compatible"].encode(), b"nobody,toaster")
    (other / "bantam.bin").write_bytes(image)
    compiled.out = str(other)
    with pytest.raises(MachineError, match="is not built for " + Board(out).name):
        compiled.image()
