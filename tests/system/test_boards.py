# SPDX-License-Identifier: MIT
"""The boards that the output directory is not configured for: the same tests, the same guests.

`make boards` builds their hypervisors in OUT/boards/<board>, which has links to the guests and
Linux of OUT: there is one Linux, one root file system, and one baseband for all boards.
"""
import os

import pytest

import board
from descriptions import linux as linux_domain, machine
from phone import BANTAM
# pylint: disable=unused-import
from test_boot import (test_banner_and_partitions, test_dmesg_is_free_of_warnings,  # noqa: F401
                       test_linux_reaches_its_shell_and_the_baseband_counts, test_power_off,
                       test_reboot, test_the_image_is_small)
from test_crash import (test_linux_panic_is_its_own_affair,  # noqa: F401
                        test_killed_baseband_restarts_and_linux_runs_on,
                        test_killed_linux_restarts_and_the_baseband_runs_on)
from test_frames import (reports, test_frames_are_the_rate_of_gsm,  # noqa: F401
                         test_icount_is_deterministic,
                         test_no_frame_is_lost_while_linux_is_built_and_works,
                         test_no_frame_is_lost_while_somebody_types)
from test_guests import run_guest
from test_refused import (compiled, test_another_boards_image, test_another_boards_tree,  # noqa: F401
                          test_more_memory_than_there_is, test_the_way_in_is_right)

GUESTS = ("test-calls", "test-events", "test-pirq", "test-sched", "test-sdk", "test-sdkl", "test-traps",
          "test-user", "test-mmu", "test-isolation", "test-isolatl", "test-interdom", "test-query")


def pytest_generate_tests(metafunc):
    if "out" in metafunc.fixturenames:
        configured = board.Board(metafunc.config.getoption("out")).name
        metafunc.parametrize("out", [b for b in board.known() if b != configured], indirect=True)


@pytest.fixture
def out(request):
    path = os.path.join(os.path.abspath(request.config.getoption("out")), "boards", request.param)
    assert board.Board(path).name == request.param, f"{path} is not built; `make boards` does it"
    return path


@pytest.mark.parametrize("name", GUESTS)
def test_guest(start, name):
    run_guest(start, name)


def test_time_is_the_boards(start):
    """Linux sleeps by the hypervisor's one-shot, the baseband's frames are its own clock."""
    phone = start("phone.dts", icount=0)
    phone.wait_shell(300)
    phone.shell("sleep 1")          # the next report is a whole second
    phone.expect(r"baseband: \d+ frames", 60, "baseband")
    before = reports(phone)[-1][0]
    phone.shell("sleep 10", 300)
    assert 1950 <= reports(phone)[-1][0] - before <= 2600, reports(phone)


def test_linux_alone(start):
    phone = start(machine(linux_domain(), scheduler="null"))
    phone.wait_shell()
    phone.key("r", r".")            # any debug key answers
    phone.switch_to("linux")
    assert phone.shell("echo fine")[1][-1] == "fine"
    assert "PANIC" not in "\n".join(phone.lines_of(BANTAM))
