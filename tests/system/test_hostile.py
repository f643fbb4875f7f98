# SPDX-License-Identifier: MIT
"""The baseband's frames beside a guest that does what takes the hypervisor longest.

guests/tests/hostile, one run for each of its cases, in instruction time, independent of the
host: an instruction is 4 ns.  The latest frame tells how long interrupts were off.
"""
import re

import pytest

from descriptions import baseband, domain, machine

# The worst lateness in instructions that is accepted.  A crash is printed and a section
# has 256 frames to count: those two are known to be longer than a frame may be late.
LIMITS = {"sections": 9000, "runstates": 3500, "timers": 3500, "polls": 3500, "caches": 3500,
          "tabs": 3500, "escapes": 3500, "lines": 3500, "ports": 6000, "queries": 3500}
REPORT = r"baseband: (\d+) frames, (\d+) lost, worst (\d+) ns"


@pytest.mark.parametrize("case", LIMITS)
def test_interrupts_are_not_off_for_long(start, case):
    hostile = domain("hostile", "guests/test-hostile.elf", 'bantam,restart = "always"', kib=4096,
                     bootargs=f"case={case}")
    phone = start(machine(hostile, baseband()), icount=2)
    phone.expect(REPORT, 120, "baseband")
    assert "TEST: not ok" not in phone.text and "PANIC" not in phone.text, phone.tail()
    frames, _, worst = map(int, re.findall(REPORT, phone.text)[-1])
    assert frames > 200 and worst // 4 <= LIMITS[case], f"worst: {worst // 4} instructions"
