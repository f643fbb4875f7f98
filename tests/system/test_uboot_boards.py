# SPDX-License-Identifier: MIT
"""The boot chain of the boards without NOR flash (docs/boot.md)."""
import json
import os
import socket
import tempfile

import pytest

from board import Board
from phone import Phone
from test_measure import check_u_boot
from test_uboot import BOOT_TIME, flip


class CardBoard(Phone):
    """An SD card with an image in each slot; resets are warm, and QEMU's monitor listens."""
    MARK = 0x78010000                 # boards/imx25-pdk/u-boot/bantam.env

    def __init__(self, *words, damaged="", **options):
        super().__init__(*words, **options)
        self.damaged, self.folder = damaged, tempfile.TemporaryDirectory()

    def __enter__(self):
        self.machine.compile()
        if self.machine.boot == "sd":
            self.write_card()
        self.path = os.path.join(self.folder.name, "qmp")
        command = self.machine.command("-qmp", f"unix:{self.path},server=on,wait=off")
        self.power_on([word for word in command if word != "-no-reboot"])
        return self

    def write_card(self):
        with open(os.path.join(self.machine.work, "bantam.fit"), "rb") as f:
            fit = f.read()
        with open(os.path.join(self.machine.work, "sd.img"), "r+b") as card:
            for slot, block in ("a", 0x800), ("b", 0xF000):
                card.seek(block * 512)
                card.write(flip(fit, len(fit) // 2) if slot in self.damaged else fit)

    def __exit__(self, *_):
        super().__exit__()
        self.folder.cleanup()

    def monitor(self, line):
        """Says a line to QEMU's monitor; returns the answer."""
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(self.path)
            with link.makefile("rw", encoding="utf-8") as qmp:
                for name, arguments in (("qmp_capabilities", {}), ("human-monitor-command",
                                                                   {"command-line": line})):
                    qmp.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
                    qmp.flush()
                    answer = {}
                    while "return" not in answer:
                        answer = json.loads(qmp.readline())
                        assert "error" not in answer, answer
                return answer["return"]

    def boot_mark(self):
        return int(self.monitor(f"xp /1wx {self.MARK:#x}").split()[-1], 16)

    def boots(self, slot):
        self.expect(f"^Bantam: SD card, slot {slot}$", BOOT_TIME)
        self.expect(r"^\(bantam\) Bantam ", BOOT_TIME)


@pytest.fixture
def out(request):
    configured = os.path.abspath(request.config.getoption("out"))
    if Board(configured).name == request.param:
        return configured
    path = os.path.join(configured, "boards", request.param)
    assert Board(path).name == request.param, f"{path} is not built; `make boards` does it"
    return path


@pytest.mark.parametrize("out,way,says", [
    ("imx25-pdk", "sd", "SD card, slot a"), ("imx25-pdk", "tftp", "network"),
    ("integratorcp", "tftp", "network")], indirect=["out"])
def test_the_phone_boots(start, way, says):
    phone = start("phone.dts", boot=way)
    phone.expect(f"^Bantam: {says}$", BOOT_TIME)
    phone.wait_shell(BOOT_TIME * 2)
    for _ in range(2):
        assert phone.expect(r"(\d+) frames, (\d+) lost", 60, "baseband")[2] == "0"
    assert phone.shell("echo it works") == (0, ["it works"])


@pytest.mark.parametrize("out,way", [("imx25-pdk", "sd"), ("integratorcp", "tftp")], indirect=["out"])
def test_the_log_of_measurements(start, way):
    check_u_boot(start, way)


@pytest.mark.parametrize("out", ["imx25-pdk"], indirect=True)
def test_a_damaged_card_image_is_refused(start):
    phone = start("hello.dts", kind=CardBoard, boot="sd", damaged="a")
    phone.expect("^Bantam: SD card, slot a$", BOOT_TIME)
    phone.expect("Bad (?:hash value|Data Hash)", BOOT_TIME)
    phone.boots("b")


@pytest.mark.parametrize("out", ["imx25-pdk"], indirect=True)
def test_a_slot_that_never_runs_a_program(start):
    """Its guest makes no system call, so three warm resets later it is the other's turn."""
    phone = start("hello.dts", kind=CardBoard, boot="sd")
    for slot, mark in zip("aaabbba", (0x1A, 0x2A, 0x3A, 0x1B, 0x2B, 0x3B, 0x1A)):
        phone.boots(slot)
        assert phone.boot_mark() == 0x42414E00 + mark
        phone.monitor("system_reset")
    assert "Bantam: slot b was tried 3 times and never ran a program" in phone.text


@pytest.mark.parametrize("out", ["imx25-pdk"], indirect=True)
def test_init_confirms_the_slot(start):
    """In slot b, for a is refused; a reboot from Linux comes back to it."""
    phone = start("phone.dts", kind=CardBoard, boot="sd", damaged="a")
    phone.boots("b")
    phone.wait_shell(BOOT_TIME * 2)
    assert phone.boot_mark() == 0x42414E0B
    phone.send("reboot\n")
    phone.expect(r"^\(bantam\) reboot", 60)
    phone.boots("b")
    assert phone.text.count("slot a") == 1


@pytest.mark.parametrize("out", ["imx25-pdk"], indirect=True)
def test_a_network_boot_closes_the_mark(start):
    """The hypervisor confirms no slot then: tests/unit/test_imx.c."""
    phone = start("hello.dts", kind=CardBoard, boot="tftp")
    phone.expect(r"^\(bantam\) Bantam ", BOOT_TIME)
    assert phone.boot_mark() == 0x42414F0A
