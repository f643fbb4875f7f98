# SPDX-License-Identifier: MIT
"""A guest ends; the others run on, and policy starts it again.  The hypervisor's own end."""
import re
import subprocess

import pytest
from descriptions import baseband, domain, linux as linux_domain, machine, resident
from phone import BANTAM
from test_measure import Open

FRAMES = r"baseband: (\d+) frames, (\d+) lost"


def frames_go_on(phone, count=2):
    phone.switch_to("linux")
    for _ in range(count):
        phone.expect(FRAMES, 60, "baseband")


def test_killed_linux_restarts_and_the_baseband_runs_on(linux):
    linux.expect(FRAMES, 60, "baseband")
    before = int(re.findall(FRAMES, linux.text)[-1][0])
    linux.key("k0", r"linux: crashed: killed by debug key")
    linux.expect(r"linux: restarting", 20, BANTAM)
    linux.switch_to("linux")
    linux.wait_shell()
    _, lines = linux.shell("echo again")
    assert lines[-1] == "again"
    linux.expect(FRAMES, 60, "baseband")
    counts = [(int(a), int(b)) for a, b in re.findall(FRAMES, linux.text)]
    assert counts[-1][0] > before, "the baseband began again"
    assert "baseband: crashed" not in linux.text


def test_killed_baseband_restarts_and_linux_runs_on(linux):
    linux.shell("marker=here")
    linux.expect(FRAMES, 60, "baseband")
    linux.key("k1", r"baseband: crashed: killed by debug key")
    linux.expect(r"baseband: restarting", 20, BANTAM)
    linux.expect(r"frame timer ", 20, "baseband")
    linux.switch_to("linux")
    linux.expect(FRAMES, 60, "baseband")
    _, lines = linux.shell("echo $marker")
    assert lines[-1] == "here"


def test_domains_end_while_a_key_is_answered(linux):
    """What is said of them comes in pieces; each of them is dumped as it is then."""
    linux.key("rk1", r"baseband: crashed: killed by debug key")
    linux.expect(r"linux: end of dump", 20, BANTAM)
    linux.expect(r"baseband: end of dump", 20, BANTAM)
    linux.switch_to("linux")
    assert linux.shell("echo on")[1][-1] == "on"
    linux.key("ek1", r"baseband: crashed: killed by debug key")
    linux.key("fk0", r"linux: crashed: killed by debug key")
    linux.switch_to("linux")
    linux.wait_shell()
    assert linux.shell("echo again")[1][-1] == "again"
    frames_go_on(linux, 1)
    for name in ("linux", "baseband"):
        assert re.search(rf"^\(bantam\) {name}: \d+ frames, \d+ referenced; ", linux.text, re.M)
    assert "PANIC" not in linux.text


def test_the_last_one_is_dumped_before_power_off(start):
    phone = start(machine(resident("crash", "guests/test-crash.elf", 0xF0000000, kib=256,
                                   bootargs="case=trap-loop")))
    phone.expect(r"crash: end of dump", 20, BANTAM)
    phone.expect(r"power off, status 1", 20, BANTAM)


def test_shut_down_while_it_is_built(start):
    """And built again at once: what the first attempt left does not count."""
    phone = start(machine(
        resident("control", "guests/test-control.elf", 0xF0000000, "bantam,privileged",
                 "bantam,real-time = <200 1000>",   # it does not wait for its turn
                 kib=256, bootargs="case=building"),
        domain("large", "guests/test-sdkl.elf", kib=64 * 1024)), icount=0)
    phone.expect(r"large: shut down: reboot", 60, BANTAM)
    assert "large: starts" not in phone.text
    phone.expect(r"large: restarting", 60, BANTAM)
    phone.expect(r"large: starts", 60, BANTAM)
    phone.expect(r"TEST: done \d+ 0", 60, "control")
    assert phone.text.count("large: shut down: reboot") == 1


def test_many_restarts(linux):
    for _ in range(5):
        linux.key("k1", r"baseband: crashed")
        linux.expect(r"frame timer ", 20, "baseband")
        linux.expect(FRAMES, 60, "baseband")    # lines of a crash loop are dropped
        linux.expect(FRAMES, 60, "baseband")
    for _ in range(3):
        linux.key("k0", r"linux: crashed")
        linux.switch_to("linux")
        linux.wait_shell()
    linux.expect(FRAMES, 60, "baseband")


def test_dump_shows_what_one_needs(linux):
    linux.key("k0", r"linux: crashed")
    linux.expect(r"linux: end of dump", 20, BANTAM)
    dump = "\n".join(linux.lines_of(BANTAM))
    for word in ("pc", "DACR", "walk", "switch|irq|hypercall|timer"):
        assert re.search(word, dump, re.I), f"no {word} in the dump"


def test_linux_panic_is_its_own_affair(linux):
    linux.send("echo c > /proc/sysrq-trigger\n")
    linux.expect(r"linux: (?:crashed|shut down: (?:crash|reboot))|reboot", 90, BANTAM)
    assert "PANIC" not in linux.text


def test_policy_never_leaves_it_off(start):
    phone = start(machine(linux_domain(), baseband('bantam,restart = "never"',
                                                      board=start.board)))
    phone.wait_shell()
    phone.key("k1", r"baseband: crashed")
    phone.key("d", r"d1 baseband: shut down")
    phone.switch_to("linux")
    assert phone.shell("echo fine")[1][-1] == "fine"
    phone.key("b1", r"baseband: starts|d1|starts at")
    phone.expect(r"frame timer ", 20, "baseband")


def test_policy_always_restarts_after_the_end(start):
    phone = start(machine(linux_domain(), resident(
        "short", "guests/test-events.elf", 0xF0000000, 'bantam,restart = "always"')))
    phone.expect(r"short: shut down: power off", 60, BANTAM)
    phone.expect(r"short: restarting", 20, BANTAM)
    phone.expect(r"short: shut down: power off", 60, BANTAM)


@pytest.mark.parametrize("code, what", [
    pytest.param(b"\x00\xde", "undefined instruction", id="undefined"),      # udf #0
    pytest.param(b"\x00\x20\x00\x68", "data abort", id="data"),              # movs r0, #0; ldr r0, [r0]
])
def test_a_fault_of_the_hypervisor_in_thumb_state(start, out, code, what):
    """It is told where it was, and all parts of the panic come."""
    phone = start(machine(resident("hello", "guests/hello.elf", 0xF0000000, kib=256)), kind=Open)
    phone.expect(r"hello: starts", 20, BANTAM)
    symbols = subprocess.run(["readelf", "-sW", f"{out}/bantam.elf"], capture_output=True, text=True, check=True).stdout
    entry = int(re.search(r"([0-9a-f]{8}) .* keys_input\n", symbols)[1], 16)
    start_of_ram = int(re.search(r"([0-9a-f]{8}) .* _start\n", symbols)[1], 16) - 0x10000
    assert entry & 1, "it is not compiled to Thumb any more: take another function"
    with phone.memory() as memory:
        memory.write(phone.machine.layout["base"] + entry - 1 - start_of_ram, code)
    at = entry - 1 + len(code) - 2
    phone.key("h", rf"PANIC: {what} in the hypervisor at {at:08x}$")
    # Thumb state, supervisor mode, I set; F as at reset or, since a guest has run, clear.
    phone.expect(rf"pc {at:08x} psr [0-9a-f]{{6}}[bf]3", 20, BANTAM)
    phone.expect(r"end of panic", 20, BANTAM)
