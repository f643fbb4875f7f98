# SPDX-License-Identifier: MIT
"""The baseband's frames beside a guest that does what takes the hypervisor longest.

guests/tests/hostile, one run for each of its cases, at -icount shift=2.  What is
judged: the baseband gets every frame interrupt and nothing breaks.  How late the latest
frame was is printed, in instructions, never judged: timings live in `make bench`.
"""
import re

import pytest

from descriptions import HOSTILE, hostile

REPORT = r"baseband: (\d+) frames, (\d+) lost, worst (\d+) ns"


@pytest.mark.parametrize("case", HOSTILE)
def test_baseband_beside_a_hostile_guest(start, case):
    phone = start(hostile(case, start.board), icount=2)
    phone.expect(REPORT, 120, "baseband")
    assert "TEST: not ok" not in phone.text and "PANIC" not in phone.text, phone.tail()
    frames, lost, worst = map(int, re.findall(REPORT, phone.text)[-1])
    print(f"{case}: {frames} frames, {lost} lost, worst {worst // 4} instructions")
    assert frames > 200


def test_queries_keep_no_frame_from_the_baseband(start):
    """Whoever is notified pays for it from its own budget, and masks the port when it has
    had enough: however often the other end sends, each frame comes and its work is done."""
    phone = start(hostile("queries", start.board), icount=2)
    phone.expect(r"query: 1[3-9]\d frames", 120, "baseband")
    query = re.findall(r"query: \d+ frames, \d+ lost, (\d+) missed, (\d+) overrun", phone.text)
    assert query[-1] == ("0", "0"), phone.tail()
