# SPDX-License-Identifier: MIT
"""make debug: gdb attaches and its commands of ours answer."""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def test_gdb_commands(out):
    words = ["tbreak do_sched_op", "continue", "bantam domains", "bantam regs hello",
             "bantam trace 8", "bantam walk 0xf8010000", "bantam walk 0xf0000000",
             "bantam walk 0x10000000", "bantam frame 0x00000000", "help bantam"]
    command = [sys.executable, f"{ROOT}/tools/run", "--out", out, "--debug", "--partition",
               f"{ROOT}/configs/hello.dts", "--", "-batch"]
    for word in words:
        command += ["-ex", word]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180,
                         stdin=subprocess.DEVNULL)
    text = run.stdout + run.stderr
    assert "Python Exception" not in text and "Error" not in text, text
    assert re.search(r" 0 hello +DOMAIN_RUNNING", text), text
    assert re.search(r"r0 [0-9a-f]{8} .*r3 [0-9a-f]{8}", text), text
    assert "TRACE_HYPERCALL" in text, text
    assert re.search(r"\[[0-9a-f]{8}\] = [0-9a-f]{8} (section|coarse)", text), text
    assert "fault" in text and "owner hypervisor" in text, text
