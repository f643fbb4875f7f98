# SPDX-License-Identifier: MIT
"""Operations taken out of finished images, to see that the cache model finds each one missing.

A call of an operation, or its instruction, or a function of Linux that makes it, is overwritten in a copy;
nothing is compiled.
"""
import os
import re
import shutil
import struct
import subprocess

NOP, RETURN = 0xE1A00000, 0xE12FFF1E          # mov r0, r0; bx lr
RESULT_0 = 0xE3A00000                         # mov r0, #0
THUMB_NOPS = 0x46C046C0                       # mov r8, r8, twice
CODE = re.compile(r"^([0-9a-f]+):\s+([0-9a-f]{8}|[0-9a-f]{4} [0-9a-f]{4})\s+(\S+)\s+(.*)$")
INVALIDATE_I = "15, 0, r0, cr7, cr5, {0}"
TABLES = "test_guests and (mmu or sdkl)"
RESTART = "test_policy_always"
NOTHING = "a function of Linux that does nothing"
# name, {function: the operation that is taken out of it: a callee or operands of an MCR}, test
# as for pytest -k
SEEDS = (
    ("PTE clean", {"arch_frame_map": "arch_cache_clean_range"}, TABLES),
    ("D flush on space switch",
     {"space_switch": "arch_cache_flush_all", "arch_space_load": "arch_cache_flush_all"},
     "test_pair and ll and event"),
    ("TLB flush", {"arch_frame_map": "arch_tlb_flush_va"}, TABLES),
    ("hand-over of a frame", {"arch_frame_retire_writable": "arch_cache_flush_all"}, TABLES),
    # (what is flushed when domains are made and started would hide it)
    ("vector page update", {"arch_init": "arch_cache_flush_range",
                            "arch_domain_init": "arch_cache_flush_all",
                            "arch_frame_retire_writable": "arch_cache_flush_all",
                            "run": "arch_cache_flush_all"}, "test_pair and ab and event"),
    ("image load", {"arch_frame_retire_writable": "arch_cache_flush_all",
                    "run": "arch_cache_flush_all"}, RESTART),
    ("I-cache after load", {"arch_cache_flush_all": INVALIDATE_I}, RESTART),
    ("cache operations of Linux's port", {"HYPERVISOR_cache_op": NOTHING}, "test_killed_linux"),
)


class Stale(Exception):
    """A seed names what is no longer there."""


class Elf:
    """An ELF file whose loaded words can be changed by address."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.data = bytearray(f.read())
        offset, = struct.unpack_from("<I", self.data, 28)
        size, count = struct.unpack_from("<HH", self.data, 42)
        self.segments = [struct.unpack_from("<8I", self.data, offset + n * size)
                         for n in range(count)]

    def put(self, address, word):
        for kind, offset, start, _, size, *_ in self.segments:
            if kind == 1 and start <= address < start + size:
                struct.pack_into("<I", self.data, offset + address - start, word)
                return
        raise Stale(f"error: {address:#x} is in no segment")


def sites(image, function, target):
    """(address, replacement) of each place in a function where the operation is made."""
    text = subprocess.run(["arm-none-eabi-objdump", "-d", f"--disassemble={function}", image],
                          capture_output=True, text=True, check=True).stdout
    return sites_in(text, target)


def sites_in(text, target):
    """The same of what objdump has written.  From Thumb state the linker calls by a veneer."""
    callees = (f"<{target}>", f"<__{target}_from_thumb>")
    for line in text.splitlines():
        found = CODE.match(line.strip())
        if not found:
            continue
        address, thumb, name, operands = int(found[1], 16), " " in found[2], found[3], found[4]
        if name in ("bl", "blx", "b") and operands.endswith(callees):
            yield address, THUMB_NOPS if thumb else RETURN if name == "b" else NOP
        elif name == "mcr" and operands == target:
            yield address, NOP


def beginning(system_map, function):
    """(address, replacement) of a function's first two instructions."""
    with open(system_map, encoding="ascii") as f:
        for address, _, name in map(str.split, f):
            if name == function:
                yield int(address, 16), RESULT_0
                yield int(address, 16) + 4, RETURN


def plant(out, seed, work):
    """An output directory like out, whose image, or Linux, lacks the operation."""
    name, places, _ = seed
    in_linux = NOTHING in places.values()
    image = "linux/vmlinux" if in_linux else "bantam.elf"
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    shared = ("bantam.elf", "bantam.bin") if in_linux else ("linux",)
    for path in ("guests", ".config", "include", *shared):
        if os.path.exists(os.path.join(out, path)):
            os.symlink(os.path.join(out, path), os.path.join(work, path))
    if in_linux:
        shutil.copytree(os.path.join(out, "linux"), os.path.join(work, "linux"))
    elf = Elf(os.path.join(out, image))
    for function, target in places.items():
        found = list(beginning(os.path.join(out, "linux/System.map"), function) if in_linux
                     else sites(os.path.join(out, image), function, target))
        if not found:
            raise Stale(f"error: {name}: no {target} in {function}: tools/vivt/seeds.py")
        for address, word in found:
            elf.put(address, word)
    with open(os.path.join(work, image), "wb") as f:
        f.write(elf.data)
    if not in_linux:
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", os.path.join(work, image),
                        os.path.join(work, "bantam.bin")], check=True)
