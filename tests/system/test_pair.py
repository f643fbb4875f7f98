# SPDX-License-Identifier: MIT
"""Two small guests ask and answer a thousand times, wherever they are."""
import pytest

from descriptions import domain, machine, resident

PLACES = {"a": 0xF0000000, "b": 0xF0100000}


def guest(name, kind, *properties, words):
    image = f"guests/bench-pair-{kind}.elf"
    if kind == "l":
        return domain(name, image, *properties, kib=1024, bootargs=words)
    return resident(name, image, PLACES[kind], *properties, size=0x100000, kib=256, bootargs=words)


@pytest.mark.parametrize("what", ["event", "yield"])
@pytest.mark.parametrize("kinds", ["ab", "lb", "ll"])
def test_pair_asks_and_answers(start, kinds, what):
    phone = start(machine(guest("ask", kinds[0], "bantam,privileged", words=what),
                          guest("answer", kinds[1], words=f"answer {what}")), icount=0)
    phone.expect(rf"\(ask\) BENCH {what} \d+")
    phone.expect(r"\(bantam\) power off")
