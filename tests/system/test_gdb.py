# SPDX-License-Identifier: MIT
"""make debug: gdb attaches and its commands of ours answer."""
import os
import pty
import re
import select
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def test_gdb_commands(out):
    words = ["tbreak do_sched_op", "continue", "bantam domains", "bantam regs hello",
             "bantam trace 8", "bantam walk 0xf8610000", "bantam walk 0xf0000000",
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


def test_a_guest_is_stopped(out):
    """USR mode cannot read the hypervisor's memory: a word that says what to do, and it helps."""
    terminal = Terminal([sys.executable, f"{ROOT}/tools/run", "--out", out, "--debug", "--partition",
                         f"{ROOT}/configs/hello.dts"])
    terminal.wait_for(r"\(gdb\) ")
    for word, answer in (("tbreak *0xf0001000", "breakpoint 1"), ("continue", "0xf0001000 in"),
                         ("bantam domains", "stopped in a guest, .*`tbreak irq_handle` and `continue`"),
                         ("tbreak irq_handle", "breakpoint 2"), ("continue", r"irq_handle \(\) at"),
                         ("bantam domains", r" 0 hello +DOMAIN_RUNNING")):
        terminal.type(word + "\r")
        terminal.wait_for(answer + r"[^$]*\(gdb\) ")
    terminal.type("quit\r")
    assert terminal.end() == 0


def test_a_guest_has_its_lines_beside_it(out):
    """No image carries what only a debugger reads; gdb finds it all the same."""
    sections = subprocess.run(["arm-none-eabi-readelf", "-SW", f"{out}/guests/baseband.elf"],
                              capture_output=True, text=True, check=True).stdout
    assert ".symtab" in sections and ".debug_info" not in sections
    run = subprocess.run(["gdb-multiarch", "-q", "-batch", "-ex", "info line main", f"{out}/guests/baseband.elf"],
                         capture_output=True, text=True, check=True)
    assert 'of "baseband/baseband.c"' in run.stdout, run.stdout + run.stderr


class Terminal:
    """A command in the foreground of a terminal of its own, without colours."""

    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execve(command[0], command, dict(os.environ, TERM="dumb"))

    def wait_for(self, pattern, seconds=60):
        text, end = "", time.monotonic() + seconds
        while not re.search(pattern, text):
            assert select.select([self.fd], [], [], max(0, end - time.monotonic()))[0], text
            text += os.read(self.fd, 4096).decode(errors="replace")
        return text

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_ctrl_c_stops_the_machine_and_nothing_else(out):
    """The shell is there to be as make: the terminal is its again when gdb has ended."""
    run = f"'{sys.executable}' tools/run --out '{out}' --debug --partition configs/hello.dts"
    terminal = Terminal(["/bin/sh", "-c", f"{run} && echo the status is $?"])
    terminal.wait_for(r"\(gdb\) ")
    terminal.type("continue\r")
    terminal.wait_for("Continuing")
    time.sleep(1)
    terminal.type("\x03")
    terminal.wait_for(r"SIGINT[^$]*\(gdb\) ")
    terminal.type("print 6 * 7\r")
    terminal.wait_for(r"= 42\b[^$]*\(gdb\) ")
    terminal.type("quit\r")
    terminal.wait_for("the status is 0")
    assert terminal.end() == 0
