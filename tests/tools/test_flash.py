# SPDX-License-Identifier: MIT
"""Keys and images for U-Boot: tools/flash, tools/bootimage.py, and the addresses in boards/*/u-boot."""
import os
import re
import stat
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import bootimage  # noqa: E402
from board import Board  # noqa: E402
from machine import Machine, MachineError  # noqa: E402
from test_partition import elf  # noqa: E402

BOARDS = sorted(b for b in os.listdir(f"{ROOT}/boards") if os.path.isdir(f"{ROOT}/boards/{b}/u-boot"))


def configured(tmp_path, board="versatilepb", key=""):
    (tmp_path / ".config").write_text(f'CONFIG_BOARD="{board}"\nCONFIG_SIGNING_KEY="{key}"\n')
    return str(tmp_path)


# ---- U-Boot from an empty cache --------------------------------------------
def test_the_makefiles_of_u_boot_do_not_hear_of_our_variables(tmp_path):
    """BOARD is a variable of U-Boot's, too."""
    tools, source, told = tmp_path / "bin", tmp_path / "cache/u-boot-source", tmp_path / "told"
    tools.mkdir()
    source.mkdir(parents=True)
    (source / "u-boot.dsc").write_text("")
    for name, text in (("dpkg-source", 'mkdir -p "$4/board/freescale/mx25pdk"'), ("patch", "exit 0"),
                       ("make", f'echo "told: $MAKEFLAGS" >{told}; exit 1')):
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    subprocess.run(["/usr/bin/make", "-C", ROOT, f"O={tmp_path}/out", "BOARD=imx25-pdk", "u-boot"], timeout=120,
                   capture_output=True, env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}",
                                             "BANTAM_CACHE": str(tmp_path / "cache")}, check=False)
    assert told.read_text() == "told: \n"


# ---- keys ------------------------------------------------------------------
def test_a_key_is_made_once_and_is_private(tmp_path):
    def keys():
        return subprocess.run([f"{ROOT}/tools/flash", "--make-key"], capture_output=True, text=True,
                              env={**os.environ, "BANTAM_KEYS": str(tmp_path / "keys")}, timeout=60)

    assert keys().returncode == 0
    key = tmp_path / "keys/development.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    text = subprocess.run(["openssl", "rsa", "-in", key, "-noout", "-text"], capture_output=True, text=True,
                          check=True).stdout
    assert "(2048 bit" in text
    before = key.read_bytes()
    again = keys()
    assert again.returncode == 2 and "error: there is a key already" in again.stderr
    assert key.read_bytes() == before


def test_a_place_where_no_key_can_be(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(bootimage.ImageError, match="cannot make a key in .*; set BANTAM_KEYS"):
        bootimage.make_key(str(tmp_path / "file/keys/x.key"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bootimage.ImageError, match="error: no openssl; `make setup` installs it"):
        bootimage.make_key(str(tmp_path / "x.key"))


def test_the_configured_key(tmp_path):
    path = str(tmp_path / "release.key")
    with pytest.raises(bootimage.ImageError, match="no signing key .*release.key"):
        bootimage.signing_key(path)
    bootimage.make_key(path)
    assert bootimage.signing_key(path) == path
    os.unlink(tmp_path / "release.crt")
    with pytest.raises(bootimage.ImageError, match="certificate x.crt"):
        bootimage.signing_key(path)


# ---- make flash ------------------------------------------------------------
@pytest.mark.parametrize("board,made", [("versatilepb", ["flash.img", "sd.img"]), ("imx25-pdk", ["sd.img"]),
                                        ("integratorcp", [])])
def test_what_a_board_is_flashed_with(tmp_path, board, made):
    """For each board what it boots from, and nothing of the board that was there before."""
    bootimage.make_key(str(tmp_path / "x.key"))
    out = configured(tmp_path, board, str(tmp_path / "x.key"))
    for folder in "u-boot", "flash":
        (tmp_path / folder).mkdir()
    compatible = re.search(r'compatible = "([^"]*)"', open(f"{ROOT}/boards/{board}/board.dtsi").read())[1]
    (tmp_path / "bantam.bin").write_bytes(compatible.encode() + b"\0" * 100)
    (tmp_path / "u-boot/u-boot-nodtb.bin").write_bytes(b"program " * 100)
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", tmp_path / "u-boot/u-boot.dtb"], input=b"/dts-v1/; / { };", check=True)
    guest = tmp_path / "guests/hello.elf"
    guest.parent.mkdir()
    guest.write_bytes(elf(0xF0000000))
    for name in "flash.img", "sd.img":
        (tmp_path / "flash" / name).write_text("another board's")
    done = subprocess.run([f"{ROOT}/tools/flash", "--out", out, "--partition", f"{ROOT}/configs/hello.dts"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for name in "u-boot.bin", "bantam.fit", *made:
        assert (tmp_path / "flash" / name).stat().st_size > 100 and f"flash/{name}\n" in done.stdout
    assert [name for name in ("flash.img", "sd.img") if (tmp_path / "flash" / name).exists()] == made


# ---- images ----------------------------------------------------------------
class FakeMachine:
    """As much of one as an image needs."""

    def __init__(self, out, guest):
        self.out, self.board, self.timer_hz = str(out), Board(str(out)), None
        self.tree = str(out / "machine.dtb")
        self.layout = {"base": 0, "modules": [{"file": str(guest), "addr": 0x8000000}]}


@pytest.fixture
def images(tmp_path):
    configured(tmp_path)
    (tmp_path / "u-boot").mkdir()
    for name in "bantam.bin", "u-boot/u-boot-nodtb.bin":
        (tmp_path / name).write_bytes(b"program " * 100)
    for name in "machine.dtb", "u-boot/u-boot.dtb":
        subprocess.run(["dtc", "-q", "-O", "dtb", "-o", tmp_path / name], input=b"/dts-v1/; / { };", check=True)
    (tmp_path / "guest").write_bytes(b"guest " * 1000)
    bootimage.make_key(str(tmp_path / "x.key"))
    return bootimage.BootImage(FakeMachine(tmp_path, tmp_path / "guest"), tmp_path / "images", str(tmp_path / "x.key"))


def prop(path, node, name):
    return subprocess.run(["fdtget", "-t", "s", path, node, name], capture_output=True, text=True,
                          check=True).stdout.split()


def test_everything_is_signed(images):
    fit = images.make_fit()
    nodes = prop(fit, "/configurations/versatilepb/signature-1", "hashed-nodes")
    for name in "hypervisor", "partition", "guest-1":
        assert f"/images/{name}" in nodes and f"/images/{name}/hash-1" in nodes
    assert prop(images.path("u-boot.dtb"), "/signature/key-x", "required") == ["conf"]


def test_the_same_input_the_same_image(images):
    with open(images.make_fit(), "rb") as f:
        first = f.read()
    with open(images.make_fit(), "rb") as f:
        assert f.read() == first


def test_larger_than_its_slot(images):
    images.numbers["slot_size"] = 5000
    with pytest.raises(bootimage.ImageError, match=r"^error: the image has \d+ bytes, a slot 5000: leave out"):
        images.make_fit()


def test_u_boot_is_not_built(images):
    os.unlink(os.path.join(images.machine.out, "u-boot/u-boot.dtb"))
    with pytest.raises(bootimage.ImageError, match="`make u-boot` builds it"):
        images.make_fit()


# ---- boards ----------------------------------------------------------------
def test_boot_that_the_board_has_not(tmp_path):
    with pytest.raises(MachineError, match="error: BOOT=flash is not for integratorcp; use kernel tftp"):
        Machine(configured(tmp_path, "integratorcp"), boot="flash")


@pytest.mark.parametrize("board", BOARDS)
def test_slots_do_not_overlap(tmp_path, board):
    board = Board(configured(tmp_path, board))
    numbers = bootimage.environment(board)
    with open(os.path.join(board.folder, "u-boot/bantam.env"), encoding="ascii") as f:
        assert re.search(rf"^board={board.name}$", f.read(), re.M)
    if "flash" in numbers:
        ends = [numbers["flash"] + (1 << 20), numbers["slot_a"], numbers["slot_a"] + numbers["slot_size"],
                numbers["slot_b"], numbers["slot_b"] + numbers["slot_size"], numbers["log"],
                numbers["log_end"], numbers["flash"] + numbers["flash_size"]]
        assert ends == sorted(ends)
        assert all(numbers[n] % numbers["log_sector"] == 0 for n in ("slot_a", "slot_b", "slot_size", "log"))
    if "sd_a" in numbers:
        blocks = numbers["sd_blocks"]
        assert numbers["sd_a"] + blocks <= numbers["sd_b"]
        assert (numbers["sd_b"] + blocks) * bootimage.BLOCK <= numbers["sd_size"]
        assert blocks * bootimage.BLOCK == numbers["slot_size"]


def test_the_hypervisor_knows_the_log(tmp_path):
    """The driver's size and the board's address are those of U-Boot's environment."""
    numbers = bootimage.environment(Board(configured(tmp_path)))
    with open(f"{ROOT}/drivers/versatile_sys.c", encoding="ascii") as f:
        size = int(re.search(r"#define LOG_SIZE +(0x[0-9A-F]+)u", f.read())[1], 16)
    assert size == numbers["log_end"] - numbers["log"]
    with open(f"{ROOT}/boards/versatilepb/board.c", encoding="ascii") as f:
        text = f.read()
    assert "0x37F00000u }" in text and ".boot_log = LAST_OF_FLASH + 0xC0000u" in text
    assert numbers["log"] == 0x37F00000 + 0xC0000


def test_the_hypervisor_knows_the_mark(tmp_path):
    with open(f"{ROOT}/boards/imx25-pdk/board.c", encoding="ascii") as f:
        text = f.read()
    assert "0x78000000u }" in text and ".boot_mark = IRAM + 0x10000u" in text
    assert bootimage.environment(Board(configured(tmp_path, "imx25-pdk")))["mark"] == 0x78010000


def test_patches_are_one_series():
    names = sorted(name for board in BOARDS for name in os.listdir(f"{ROOT}/boards/{board}/u-boot")
                   if name.endswith(".patch"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
