# SPDX-License-Identifier: MIT
"""docs/flash.md, typed into U-Boot; and power that goes while a slot is written."""
import os
import random
import re

import pytest
from uboot import FlashBoard, needs_flash

from descriptions import machine, resident
from machine import ROOT

BOOT_TIME = 90
CUTS = 8                          # power cuts at random, besides the chosen ones
# a small image: QEMU writes some 3,000 words a second
HELLO = machine(resident("hello", "guests/hello.elf"), scheduler="null")


@pytest.fixture(autouse=True)
def flash(out):
    needs_flash(out)


def documented(heading, after):
    """The commands of docs/flash.md: the first indented block behind some words of a section."""
    with open(os.path.join(ROOT, "docs/flash.md"), encoding="utf-8") as f:
        section = f.read().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = section[section.index(after):].split("\n\n")[1]
    commands = [line[4:] for line in lines.split("\n") if line.startswith("    ")]
    assert commands, heading
    return commands


class NetBoard(FlashBoard):
    """With the image on a TFTP server."""

    def power_cycle(self, *extra, stop=False):
        extra += ("-nic", f"user,model=smc91c111,tftp={self.machine.work}")
        super().power_cycle(*extra, stop=stop)


def type_all(phone, commands):
    """All but the last, which does not come back."""
    for line in commands[:-1]:
        said = phone.command(line, 300)
        assert not re.search(r"error|fail|not found|Bad |Unknown command", said, re.I), said
        if line.startswith("cmp"):
            assert "were the same" in said, said
    phone.send(commands[-1] + "\n")


def test_a_blank_flash_from_the_network(start):
    phone = start(HELLO, kind=NetBoard, slots="")
    phone.power_cycle(stop=True)
    type_all(phone, documented("versatilepb: NOR flash", "Slot a:"))
    phone.expect("^Bantam: flash, slot a$", BOOT_TIME)
    phone.expect(r"^\(hello\) ", BOOT_TIME)
    phone.power_cycle()
    phone.expect("^Bantam: flash, slot a$", BOOT_TIME)
    phone.expect(r"^\(hello\) ", BOOT_TIME)
    phone.off()
    assert phone.get(phone.numbers["slot_a"], len(phone.fit)) == phone.fit
    assert phone.read_log() == [0x0000000A, 0xFFFFFF0A, 0xFFFFFF0A]


def test_an_sd_card_from_the_network(start):
    """An image that is written to the card's slot b boots from there."""
    phone = start(HELLO, kind=NetBoard, slots="", boot="sd")
    with open(phone.images.path("sd.img"), "r+b") as card:      # as it comes from the shop
        card.write(b"\0" * os.path.getsize(phone.images.path("sd.img")))
    phone.power_cycle(stop=True)
    type_all(phone, documented("SD card", "slot b:"))
    phone.expect("^Bantam: SD card, slot b$", BOOT_TIME)
    phone.expect(r"^\(hello\) ", BOOT_TIME)


def test_flash_from_an_sd_card(start):
    phone = start(HELLO, kind=FlashBoard, slots="", boot="sd")
    phone.power_cycle(stop=True)
    net = documented("versatilepb: NOR flash", "Slot a:")
    type_all(phone, documented("versatilepb: NOR flash", "From an SD card") +
             net[net.index("iminfo ${loadaddr}"):])
    phone.expect("^Bantam: flash, slot a$", BOOT_TIME)
    phone.expect(r"^\(hello\) ", BOOT_TIME)


# ---- power cuts ------------------------------------------------------------
def writes(path):
    """What QEMU has done to the flash, in order: (offset, bytes)."""
    done = []
    with open(path, encoding="ascii") as f:
        for line in f:
            data = re.search(r"data offset:0x([0-9a-f]+) size:(\d+) value:0x([0-9a-f]+)", line)
            erase = re.search(r"block erase offset:0x([0-9a-f]+) bytes:0x([0-9a-f]+)", line)
            if "pflash_data_write" in line and data:
                done.append((int(data[1], 16), int(data[3], 16).to_bytes(int(data[2]), "little")))
            elif "pflash_write_block_erase" in line and erase:
                done.append((int(erase[1], 16), b"\xff" * int(erase[2], 16)))
    return done


def after(before, done):
    flash = bytearray(before)
    for at, data in done:
        flash[at:at + len(data)] = data
    return bytes(flash)


def test_power_cut_while_a_slot_is_written(start):
    """Slot b is written while a is good: whichever write is the last, the board boots.

    QEMU tells each write in order, so the flash as a cut after N writes leaves it is put
    together here, exactly, for any N.
    """
    phone = start(HELLO, kind=NetBoard, slots="a")
    everything = phone.numbers["flash"], phone.numbers["flash_size"]
    phone.write_log(0x0000000A)
    old = phone.fit[:5000] + b"old" + phone.fit[5003:]        # what b holds: it does not boot
    phone.put(phone.numbers["slot_b"], old)
    before = phone.get(*everything)
    trace = phone.images.path("trace")
    phone.power_cycle("-trace", "pflash_data_write", "-trace", "pflash_write_block_erase", "-D", trace,
                      stop=True)
    commands = documented("versatilepb: NOR flash", "Slot a:")
    type_all(phone, [c.replace("slot_a", "slot_b").replace("select_a", "select_b") for c in commands])
    phone.expect("^Bantam: flash, slot b$", BOOT_TIME)
    phone.expect(r"^\(hello\) ", BOOT_TIME)
    phone.off()
    done = writes(trace)
    assert after(before, done) == phone.get(*everything)      # so the writes are all there
    assert len(done) > len(phone.fit) // 4
    select = next(i for i, (at, data) in enumerate(done) if at >= phone.numbers["log"] - phone.numbers["flash"])
    chance = random.Random(3)
    points = {1, 2, select - 1, select, select + 1} | {chance.randrange(3, select) for _ in range(CUTS)}
    for n in sorted(points):
        phone.put(phone.numbers["flash"], after(before, done[:n]))
        phone.power_cycle()
        phone.expect(f"^Bantam: flash, slot {'b' if n > select else 'a'}$", BOOT_TIME)
        phone.expect(r"^\(hello\) ", BOOT_TIME)
