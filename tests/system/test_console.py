# SPDX-License-Identifier: MIT
"""One serial line for all: names, switching, debug keys."""
import re

from descriptions import machine, resident
from phone import BANTAM, SWITCH

NAMES = ("linux", "baseband", BANTAM)


def test_every_line_carries_a_name(linux):
    linux.shell("ls -l / ; ps")
    linux.expect(r"baseband: \d+ frames", 60, "baseband")
    lines = linux.text.split("\n")[:-1]
    stray = [line for line in lines if line and not re.match(
        r"\((?:%s)\) " % "|".join(NAMES), line + " ")]
    assert stray == []


def test_switching_goes_round(linux):
    seen = []
    for _ in range(6):
        linux.send(SWITCH)
        seen.append(linux.expect(r"^\(bantam\) input to (the debug keys|[\w-]+)[^\n]*\n", 10)[1])
    assert seen == ["baseband", "the debug keys", "linux"] * 2
    assert linux.shell("echo typed")[1][-1] == "typed"


def test_two_ctrl_a_are_the_domains(linux):
    """Ctrl-A once is the shell's: to the beginning of the line."""
    linux.send("cho x\x01e\n")
    linux.expect(r"^\(linux\) x\n", 20)


def test_input_reaches_only_its_domain(linux):
    linux.switch_to("baseband")
    linux.send("echo lost\n")
    linux.switch_to("linux")
    _, lines = linux.shell("echo here")
    assert lines[-1] == "here"
    assert "lost\n" not in re.sub(r"\d+ lost", "", "\n".join(linux.lines_of("linux")))


def test_help_lists_the_keys(linux):
    linux.key("h", r"debug keys:")
    for letter, what in (("d", "domains"), ("e", "event channels"), ("f", "frames"),
                         ("g", "grants"), ("s", "scheduler"), ("t", "trace"), ("k", "kill")):
        linux.expect(rf"^\(bantam\) +{letter}\b.*{what}", 10)


def test_each_key_answers_and_the_machine_goes_on(linux):
    for letter, pattern in (("d", r"d1 baseband: running"), ("e", r"event channels of d1"),
                            ("f", r"frames"), ("g", r"grant"), ("m", r"heap"),
                            ("s", r"scheduler static"), ("t", r"trace"), ("r", r"pc"),
                            ("x", r"no such key")):
        linux.key(letter, pattern)
        linux.switch_to("linux")
        assert linux.shell("echo on")[1][-1] == "on"


def test_keys_are_answered_in_a_flood(linux):
    linux.send("while :; do echo a line of the flood; done\n")
    linux.expect(r"a line of the flood", 20, "linux")
    for letter, pattern in (("h", r"power off"), ("f", r"baseband: \d+ frames,"),
                            ("r", r"baseband: end of dump")):
        linux.key(letter, pattern)
    linux.switch_to("linux")
    linux.send("\x03")
    assert linux.shell("echo on")[1][-1] == "on"


def test_debug_key_powers_off(linux):
    linux.key("Q", r"power off, status 0")
    linux.wait_off()


def test_no_such_domain(linux):
    linux.key("k9", r"no such domain")


def test_paste_of_a_long_line(linux):
    text = "x" * 600
    linux.send(f"cat >/tmp/p <<'END'\n{text}\nEND\n")
    _, lines = linux.shell("wc -c </tmp/p")
    assert lines[-1].strip() == "601"


def test_a_guest_of_the_sdk_reads_lines(start):
    """Enter is a return on a terminal."""
    phone = start(machine(resident("sdk", "guests/test-sdk.elf", bootargs="typed words")))
    phone.expect(r"waiting for a line", 60)
    phone.send("abc\r")
    phone.expect(r"TEST: done \d+ 0\n", 60)
