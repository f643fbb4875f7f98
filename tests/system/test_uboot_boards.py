# SPDX-License-Identifier: MIT
"""The boot chain of the boards without NOR flash (docs/boot.md)."""
import os

import pytest

from board import Board
from phone import Phone
from test_uboot import BOOT_TIME, flip


class CardBoard(Phone):
    """An SD card with a damaged image in slot a and a good one in slot b."""

    def __enter__(self):
        self.machine.compile()
        with open(os.path.join(self.machine.work, "bantam.fit"), "rb") as f:
            fit = f.read()
        with open(os.path.join(self.machine.work, "sd.img"), "r+b") as card:
            for block, data in (0x800, flip(fit, len(fit) // 2)), (0xF000, fit):
                card.seek(block * 512)
                card.write(data)
        self.power_on(self.machine.command())
        return self


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


@pytest.mark.parametrize("out", ["imx25-pdk"], indirect=True)
def test_a_damaged_card_image_is_refused(start):
    phone = start("hello.dts", kind=CardBoard, boot="sd")
    phone.expect("^Bantam: SD card, slot a$", BOOT_TIME)
    phone.expect("Bad (?:hash value|Data Hash)", BOOT_TIME)
    phone.expect("^Bantam: SD card, slot b$", BOOT_TIME)
    phone.expect(r"^\(bantam\) Bantam ", BOOT_TIME)
