# SPDX-License-Identifier: MIT
"""Drives a machine through its serial line: what a user would type and read.

The one line carries all domains: whole lines begin with "(name) ".  Phone keeps the
raw log, splits it by name, and types to whom the input goes.  Every wait has a limit;
when it passes, Waited carries the log's end.
"""
import os
import re
import select
import subprocess
import time

from machine import Machine, die_with_parent

SCALE = float(os.environ.get("BANTAM_TIMEOUT_SCALE", "1"))
# what a terminal would act on and nobody reads: control sequences, also unfinished ones
ESCAPE = re.compile(rb"\x1b(?:\[[0-9;?]*[@-~]|[()].|[78=>M])")
UNFINISHED = re.compile(rb"(?:\x1b[\[()]?[0-9;?]*|\r)\Z")
SWITCH = "\x01\x01\x01"           # Ctrl-A three times
BANTAM = "bantam"


def cpu_seconds(pid):
    """Processor time that a process has used; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Limit:
    """A time limit that a busy host does not shorten: QEMU's own time, or eight times as much."""

    def __init__(self, qemu, seconds):
        self.pid, self.seconds = qemu.pid, seconds * SCALE
        self.cpu, self.began = cpu_seconds(self.pid), time.monotonic()

    def left(self):
        used = max(cpu_seconds(self.pid) - self.cpu, (time.monotonic() - self.began) / 8)
        return self.seconds - used


class Waited(AssertionError):
    """What was waited for did not come."""


class Phone:
    """A running machine.  Use as a context manager; QEMU is gone afterwards."""

    def __init__(self, out, partition, work, **options):
        self.machine = Machine(out, partition, work, **options)
        self.text, self.rest = "", b""
        self.mark = 0                 # expect() searches from here on
        self.shell_count = 0

    def __enter__(self):
        self.machine.compile()
        self.power_on(self.machine.command())
        return self

    def power_on(self, command):
        self.log = open(os.path.join(self.machine.work, "console.log"), "ab")
        self.qemu = subprocess.Popen(command, stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
                                     preexec_fn=die_with_parent)

    def __exit__(self, *_):
        if not hasattr(self, "qemu"):
            return
        self.qemu.kill()
        self.qemu.wait()
        self.qemu.stdin.close()
        self.qemu.stdout.close()
        self.log.close()
        del self.qemu

    # ---- reading -----------------------------------------------------------
    def cook(self, data):
        """Adds to the text.  The domain with the input may redraw its line: a line each time."""
        data = ESCAPE.sub(b"", self.rest + data)
        held = UNFINISHED.search(data)
        self.rest = held[0] if held else b""
        data = data[:len(data) - len(self.rest)].replace(b"\r\n", b"\n").replace(b"\r(", b"\n(")
        self.text += data.decode("utf-8", "replace")

    def lines_of(self, name, start=0):
        """The lines that a domain (or "bantam") has written, without the prefix.

        A line that was cut by another's and then drawn again counts once.
        """
        prefix, own, cut = f"({name}) ", [], False
        for line in self.text[start:].split("\n"):
            if not line.startswith(prefix):
                cut = bool(own)
                continue
            line = line[len(prefix):]
            if cut and line.startswith(own[-1]):
                own.pop()
            own.append(line)
            cut = False
        return own

    def read(self, seconds):
        """Takes what comes within a time; False when QEMU has closed the line."""
        ready, _, _ = select.select([self.qemu.stdout], [], [], max(seconds, 0))
        if not ready:
            return True
        data = os.read(self.qemu.stdout.fileno(), 65536)
        self.cook(data)
        self.log.write(data)
        self.log.flush()
        return bool(data)

    def expect(self, pattern, timeout=30, name=None, unfinished=False):
        """Waits for a pattern in what came since the last one that was found.

        Only finished lines are searched, unless a prompt is waited for.  With a name
        only that domain's lines count, and the pattern has to be in one.
        """
        if name:
            pattern = rf"^\({name}\) [^\n]*?(?:{pattern})"
        wanted, limit = re.compile(pattern, re.M), Limit(self.qemu, timeout)
        while True:
            end = len(self.text) if unfinished else self.text.rfind("\n") + 1
            found = wanted.search(self.text, self.mark, end)
            if found:
                self.mark = found.end()
                return found
            if limit.left() <= 0:
                raise Waited(f"no {pattern!r} within {timeout} s; {self.tail()}")
            if not self.read(0.5):
                self.qemu.wait()
                raise Waited(f"the machine ended (QEMU status {self.qemu.returncode}) "
                             f"before {pattern!r}; {self.tail()}")

    def wait_off(self, timeout=30):
        """Waits until QEMU has ended."""
        limit = Limit(self.qemu, timeout)
        while self.read(0.5):
            if limit.left() <= 0:
                raise Waited(f"the machine is still on after {timeout} s; {self.tail()}")
        self.qemu.wait(5)

    def ended(self, seconds=2):
        """True if the machine is off; waits a little for it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.read(until - time.monotonic()):
                self.qemu.wait(5)
                return True
        return False

    def tail(self, lines=30):
        return "the console ends in:\n" + "\n".join(self.text.split("\n")[-lines:])

    # ---- typing ------------------------------------------------------------
    def send(self, text):
        """Types slowly enough for a ring of 256 bytes that somebody empties."""
        data = text.encode()
        for i in range(0, len(data), 64):
            self.qemu.stdin.write(data[i:i + 64])
            if i + 64 < len(data):
                self.read(0.05)

    def switch_to(self, name):
        """Gives the input to a domain, or to the debug keys ("bantam")."""
        for _ in range(len(self.machine.layout["domains"]) + 1):
            self.send(SWITCH)
            found = self.expect(r"^\(bantam\) input to (the debug keys|[\w-]+)[^\n]*\n", 10)
            if found[1] == ("the debug keys" if name == BANTAM else name):
                return
        raise Waited(f"input never came to {name}; {self.tail()}")

    def key(self, letters, pattern, timeout=20):
        """A debug key, with its digit if it takes one; the input goes to the debug keys."""
        self.switch_to(BANTAM)
        self.send(letters)
        return self.expect(pattern, timeout, BANTAM)

    # ---- Linux -------------------------------------------------------------
    def wait_shell(self, timeout=120):
        """Waits for the shell of Linux, until it answers."""
        self.expect(r"^\(linux\) [^\n]*[#$] ?$", timeout, unfinished=True)
        self.shell("true")

    def shell(self, command, timeout=60):
        """Runs a command in the shell of Linux; returns status and output lines."""
        self.shell_count += 1
        n = self.shell_count
        self.send(f"echo BE''GIN{n}; {{ {command}; }}; echo E''ND{n} $?\n")
        self.expect(rf"^\(linux\) BEGIN{n}\n", timeout)
        start = self.mark
        found = self.expect(rf"END{n} (\d+)\n", timeout)
        lines = self.lines_of("linux", start)
        end = next(i for i, line in enumerate(lines) if f"END{n} " in line)
        before = lines[end][:lines[end].index(f"END{n} ")]   # output without a last new line
        return int(found[1]), lines[:end] + ([before] if before else [])
