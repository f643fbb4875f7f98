# SPDX-License-Identifier: MIT
"""The boot chain: U-Boot, signatures, slots and the boot log (docs/boot.md)."""
import os
import re
import struct

import pytest
from bootimage import BootImage, make_key
from uboot import FlashBoard, needs_flash

A, B = 0x0000000A, 0x0000000B
TRY_A, TRY_B = 0xFFFFFF0A, 0xFFFFFF0B
CLOSED_A = 0x7FFFFF0A             # in vain, and the network was tried since
BOOT_TIME = 90
REFUSED = r"^Bantam: flash, slot b"


@pytest.fixture(autouse=True)
def flash(out):
    needs_flash(out)


def board(start, description="hello.dts", **options):
    return start(description, kind=FlashBoard, **options)


def boots(phone, slot, timeout=BOOT_TIME):
    """U-Boot takes this slot and the hypervisor starts from it."""
    phone.expect(rf"^Bantam: flash, slot {slot}$", timeout)
    phone.expect(r"^\(bantam\) Bantam ", timeout)


# ---- the phone, by each way ------------------------------------------------
@pytest.mark.parametrize("way", ["flash", "sd", "tftp"])
def test_the_phone_boots(start, way):
    phone = board(start, "phone.dts", slots="a" if way == "flash" else "", boot=way)
    phone.power_cycle()
    phone.expect({"flash": r"^Bantam: flash, slot a$", "sd": r"^Bantam: SD card, slot a$",
                  "tftp": r"^Bantam: network$"}[way], BOOT_TIME)
    phone.wait_shell(BOOT_TIME * 2)
    for _ in range(2):
        assert phone.expect(r"(\d+) frames, (\d+) lost", 60, "baseband")[2] == "0"
    assert phone.shell("echo it works") == (0, ["it works"])
    phone.off()
    assert phone.read_log() == ([] if way == "tftp" else [A])


def test_reboot_from_linux(start):
    """A warm reset goes through the flash again, to the same slot."""
    phone = board(start, "phone.dts", slots="ab")
    phone.write_log(TRY_A, B)
    phone.power_cycle()
    boots(phone, "b")
    phone.wait_shell(BOOT_TIME * 2)
    phone.send("reboot\n")
    phone.expect(r"^\(bantam\) reboot", 60)
    boots(phone, "b")
    phone.wait_shell(BOOT_TIME * 2)
    phone.off()
    assert phone.read_log() == [TRY_A, B, B, B]


# ---- images that are refused -----------------------------------------------
def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def inside(phone, name):
    """Where an image's own bytes are in the FIT, by its file."""
    with open(name, "rb") as f:
        return phone.fit.index(f.read())


def damaged(phone, what):
    """The image with something wrong, and what U-Boot says of it."""
    hypervisor = os.path.join(phone.machine.out, "bantam.bin")
    guest = phone.machine.layout["modules"][0]["file"]
    if what == "hypervisor":
        return flip(phone.fit, inside(phone, hypervisor) + 5000), "Bad hash value"
    if what == "guest":
        return flip(phone.fit, inside(phone, guest) + 5000), "Bad hash value"
    if what == "device tree":
        return flip(phone.fit, inside(phone, phone.machine.tree) + 200), "Bad hash value"
    if what == "load address":       # of the guest: in what is signed
        word = struct.pack(">I", phone.machine.layout["modules"][0]["addr"])
        return flip(phone.fit, phone.fit.rindex(word, inside(phone, guest)) + 1), "Failed to verify required signature"
    if what == "truncated":
        return phone.fit[:len(phone.fit) // 2], "Bad"
    images = BootImage(phone.machine, phone.images.path("other"), key=other_key(phone))
    says = "Failed to verify required signature"
    if what == "another key":
        images.make_fit()
    elif what == "no signature":
        images.make_fit(signed=False)
    elif what == "another board":
        images.key, says = phone.images.key, "Could not find configuration node"
        images.make_fit(board="toaster")
    with open(images.path("bantam.fit"), "rb") as f:
        return f.read(), says


def other_key(phone):
    path = phone.images.path("other/development.key")   # by name the same
    make_key(path)
    return path


@pytest.mark.parametrize("what", ["hypervisor", "guest", "device tree", "load address", "truncated",
                                  "no signature", "another key", "another board"])
def test_refused_and_the_other_slot_boots(start, what):
    phone = board(start, slots="ab")
    image, says = damaged(phone, what)
    phone.put(phone.numbers["slot_a"], image.ljust(len(phone.fit), b"\xff"))
    phone.power_cycle()
    phone.expect(r"^Bantam: flash, slot a$", BOOT_TIME)
    boots(phone, "b")
    refusal = phone.text[phone.text.index("slot a"):phone.text.index("slot b")]
    assert says in refusal and "Starting kernel" not in refusal, refusal


def test_both_slots_refused(start):
    phone = board(start, slots="")
    for slot in "ab":
        phone.put(phone.numbers[f"slot_{slot}"], flip(phone.fit, len(phone.fit) // 2))
    phone.power_cycle()
    phone.expect(r"^Bantam: no image boots; docs/flash.md", BOOT_TIME)
    phone.prompt()
    assert "(bantam)" not in phone.text


# ---- the log ---------------------------------------------------------------
@pytest.mark.parametrize("log,slot", [
    ([], "a"), ([A], "a"), ([B], "b"), ([A, TRY_A, TRY_A], "a"), ([TRY_A, TRY_A, TRY_A], "b"),
    ([A, TRY_B, TRY_B, TRY_B], "a"), ([TRY_A, TRY_A, A, TRY_A], "a"), ([B, TRY_A, TRY_B, TRY_B], "b"),
    ([CLOSED_A, TRY_A], "a"), ([A, CLOSED_A, TRY_A, TRY_A], "b"),
    ([A] * 200 + [TRY_A] * 3, "b"),
    ([0x0000000F], "a"), ([B, 0xFFF0FF0B], "b"), ([0xFFFFFF0F], "a"),       # words cut short
])
def test_the_log_names_the_slot(start, log, slot):
    phone = board(start, slots="ab")
    phone.write_log(*log)
    phone.power_cycle()
    boots(phone, slot)
    phone.off()
    assert phone.read_log() == log + [TRY_A if slot == "a" else TRY_B]


def test_a_full_log_begins_again(start):
    phone = board(start, slots="ab")
    phone.write_log(*[B] * 256)
    phone.power_cycle()
    boots(phone, "b")
    phone.off()
    assert phone.read_log() == [TRY_B]


def test_a_slot_that_never_runs_a_program(start):
    """Its guest makes no system call, so three power cycles later it is the other's turn."""
    phone = board(start, slots="ab")
    for slot in "aaabbba":
        phone.power_cycle()
        boots(phone, slot)
    assert "Bantam: slot b was tried 3 times and never ran a program" in phone.text


def test_select(start):
    phone = board(start, slots="ab")
    phone.power_cycle(stop=True)
    phone.command("run select_b")
    phone.send("reset\n")
    boots(phone, "b")
    phone.off()
    assert phone.read_log() == [B, TRY_B]


def test_a_network_boot_confirms_no_slot(start):
    phone = board(start, "phone.dts", slots="a", boot="tftp")
    phone.write_log(A, TRY_A)
    phone.power_cycle(stop=True)
    phone.send("run net\n")
    phone.expect(r"^Bantam: network$", BOOT_TIME)
    phone.wait_shell(BOOT_TIME * 2)
    phone.off()
    assert phone.read_log() == [A, CLOSED_A]
