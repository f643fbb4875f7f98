# SPDX-License-Identifier: MIT
"""As many domains as the hypervisor can be configured for, each with tables of its own."""
import os
import re
import subprocess

import pytest

from board import Board
from descriptions import domain, machine
from phone import Phone

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MOST = 128
FIT = {"imx25-pdk": 112}         # domains of 1 MiB: it has 128


@pytest.fixture(scope="module")
def wide(out):
    """An output directory with a hypervisor for the most domains."""
    work = os.path.join(out, "tests", "wide")
    os.makedirs(work, exist_ok=True)
    with open(os.path.join(out, ".config"), encoding="ascii") as f:
        lines = [line for line in f if "CONFIG_MAX_DOMAINS" not in line]
    with open(os.path.join(work, ".config"), "w", encoding="ascii") as f:
        f.write("".join(lines) + f"CONFIG_MAX_DOMAINS={MOST}\n")
    subprocess.run(["make", "-s", "-C", ROOT, f"O={work}", "hypervisor"], check=True,
                   capture_output=True)
    if not os.path.exists(f"{work}/guests"):
        os.symlink(f"{out}/guests", f"{work}/guests")
    return work


def test_most_domains_start_and_work(wide):
    count = FIT.get(Board(wide).name, MOST)
    text = machine(*(domain(f"d{n}", "guests/bench-share.elf", kib=1024,
                            bootargs="from=1000000 to=2000000") for n in range(count)))
    work = os.path.join(wide, "run")
    os.makedirs(work, exist_ok=True)
    path = os.path.join(work, "partition.dts")
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    with Phone(wide, path, work, icount=4) as phone:
        for _ in range(count):
            phone.expect(r"\(d\d+\) share: started \d+ us, \d+ rounds")
        assert {int(n) for n in re.findall(r"\(d(\d+)\) share: ", phone.text)} == set(range(count))
