# SPDX-License-Identifier: MIT
"""The machine's time that tools/pace.py holds against real time."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from pace import Pace  # noqa: E402


def times(*counter):
    pace = Pace("", 0x1000, 1000000)
    values = iter(counter)
    pace.call = lambda name, **arguments: f"00001000: {next(values):#010x}"
    return [round(pace.machine_time() * 1000000) for _ in counter]


def test_it_goes_with_the_counter():
    assert times(5, 10, 1000010) == [5, 10, 1000010]


def test_the_counter_turns():
    steps = [0, 0x3fffffff, 0x7ffffffe, 0xbffffffd, 0xffffff00, 0x100]
    assert times(*steps) == steps[:-1] + [(1 << 32) + 0x100]


def test_a_reset_of_the_counter_is_no_turn():
    """imx25-pdk: the hypervisor resets the timer that U-Boot has used; the phone stood still for 129 s."""
    assert times(2000000, 100, 1100) == [2000000, 2000000, 2001000]
