# SPDX-License-Identifier: MIT
"""Holds a machine in icount mode back to real time.

QEMU's own clock follows the host, whose scheduling is too coarse for a baseband: frames
would be lost by the emulator.  With `-icount shift=0,sleep=off` the machine's time
is its instructions, and idle time passes at once; so it runs ahead.  Over QMP this
reads a counter of the board that no guest can change, and stops the machine it is ahead.  The machine does not notice.
"""
import json
import os
import socket
import threading
import time

COUNTER_TURN = 1 << 32
LEAP = COUNTER_TURN // 4          # ticks; the counter did not go so far at once, a loader or the hypervisor reset it
AHEAD = 0.002                     # seconds; less is not worth a stop
POLL = 0.0005


class Pace:
    """A thread that paces one QEMU; ends when QEMU does."""

    def __init__(self, path, counter, hz):
        self.path, self.counter, self.hz = path, counter, hz
        self.ticks, self.last = 0, 0
        self.key = threading.Event()    # set it when a key is pressed

    def options(self):
        return ["-qmp", f"unix:{self.path.replace(',', ',,')},server=on,wait=off"]

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        try:
            with self.connect() as link, link.makefile("rw", encoding="utf-8") as self.qmp:
                self.qmp.readline()             # greeting
                self.call("qmp_capabilities")
                self.keep_pace()
        except (OSError, ValueError, EOFError):
            pass                                # QEMU has ended

    def connect(self):
        until = time.monotonic() + 10
        while True:
            link = socket.socket(socket.AF_UNIX)
            try:
                link.connect(self.path)
                return link
            except OSError:
                link.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)

    def call(self, name, **arguments):
        self.qmp.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.qmp.flush()
        while True:
            line = self.qmp.readline()
            if not line:
                raise EOFError
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise ValueError(answer["error"])

    def machine_time(self):
        text = self.call("human-monitor-command", **{"command-line": f"xp /1wx {self.counter:#x}"})
        value = int(text.split(":")[1], 16)
        step, self.last = (value - self.last) % COUNTER_TURN, value
        if step < LEAP:
            self.ticks += step
        return self.ticks / self.hz

    def keep_pace(self):
        """Machine time that was not used (a busy host) is not made up for."""
        offset = time.monotonic() - self.machine_time()
        while True:
            ahead = self.machine_time() - (time.monotonic() - offset)
            if ahead > AHEAD:
                self.call("stop")
                ahead = self.machine_time() - (time.monotonic() - offset)
                if self.key.wait(max(ahead, 0)):
                    # an answer now is worth more than the time that was slept through
                    self.key.clear()
                    offset = time.monotonic() - self.machine_time()
                self.call("cont")
            else:
                if ahead < 0:
                    offset -= ahead
                time.sleep(POLL)
