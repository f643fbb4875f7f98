# SPDX-License-Identifier: MIT
"""A board with U-Boot in its flash: power on and off, its prompt, what is in the flash."""
import os

import pytest
from board import Board
from bootimage import BootImage
from phone import Phone

STOP = " "                        # a key that is there before U-Boot looks stops it
PROMPT = r"^=> $"
PROMPT_TIME = 60


def needs_flash(out):
    """For tests of what only a board with NOR flash has."""
    if "flash" not in Board(out).qemu().boots:
        pytest.skip("the board has no NOR flash")


class FlashBoard(Phone):
    """Its images are made when it is made; it is off until power_cycle()."""

    def __init__(self, out, partition, work, slots="a", boot="flash", **options):
        super().__init__(out, partition, work, boot=boot, **options)
        self.slots = slots

    def __enter__(self):
        self.machine.compile()
        self.images = BootImage(self.machine, self.machine.work)
        self.numbers = self.images.numbers
        with open(self.images.path("bantam.fit"), "rb") as f:
            self.fit = f.read()
        for slot in "ab":
            self.put(self.numbers[f"slot_{slot}"], self.fit if slot in self.slots else b"\xff" * len(self.fit))
        return self

    def __exit__(self, *_):
        self.off()
        for name in ("flash.img", "sd.img"):      # 64 MiB each
            path = os.path.join(self.machine.work, name)
            if os.path.exists(path):
                os.unlink(path)

    # ---- flash -------------------------------------------------------------
    def put(self, address, data):
        """Writes into the flash of a board that is off."""
        with open(self.images.path("flash.img"), "r+b") as f:
            f.seek(address - self.numbers["flash"])
            f.write(data)

    def get(self, address, size):
        with open(self.images.path("flash.img"), "rb") as f:
            f.seek(address - self.numbers["flash"])
            return f.read(size)

    def write_log(self, *words):
        size = self.numbers["log_end"] - self.numbers["log"]
        self.put(self.numbers["log"], b"".join(w.to_bytes(4, "little") for w in words).ljust(size, b"\xff"))

    def read_log(self):
        """The words of U-Boot's log that are used."""
        data = self.get(self.numbers["log"], self.numbers["log_end"] - self.numbers["log"])
        words = [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]
        return words[:words.index(0xFFFFFFFF)] if 0xFFFFFFFF in words else words

    # ---- power -------------------------------------------------------------
    def off(self):
        super().__exit__()

    def power_cycle(self, *extra, stop=False):
        """From power on; stop: at U-Boot's prompt.  The machine resets itself when it is told to."""
        self.off()
        command = [word for word in self.machine.command(*extra) if word != "-no-reboot"]
        self.power_on(command)
        if stop:
            self.send(STOP)
            self.prompt()

    # ---- U-Boot ------------------------------------------------------------
    def prompt(self, timeout=PROMPT_TIME):
        self.expect(PROMPT, timeout, unfinished=True)

    def command(self, line, timeout=PROMPT_TIME):
        """Types a command into U-Boot; returns what it said."""
        start = len(self.text)
        for character in line + "\n":             # its console takes 16 characters at a time
            self.send(character)
            self.expect("\\n" if character == "\n" else ".", 10, unfinished=True)
        self.prompt(timeout)
        return self.text[start:]
