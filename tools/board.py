# SPDX-License-Identifier: MIT
"""The board that an output directory is configured for, and how QEMU runs it.

boards/<board>/qemu.ini, section [qemu]:
    machine            QEMU's -M
    options            further options
    nic                Ethernet of a machine that does not boot from it
    clock              address and rate of a register that counts up and that no guest can write
    icount-timer-hz    rate of the timer when an instruction is a nanosecond; left out: the board's
    icount-options     options for that rate
    icount-clock       the clock of that timer in U-Boot's own device tree
    u-boot             options that start U-Boot ({folder}: where its images are); and for what
    flash, sd, tftp    it boots from (flash: nothing further)
"""
import configparser
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEFAULT = "versatilepb"


def known():
    return sorted(name for name in os.listdir(os.path.join(ROOT, "boards"))
                  if os.path.isfile(os.path.join(ROOT, "boards", name, "board.dtsi")))


def configuration(out):
    """The values of DIR/.config, as text; empty when there is none."""
    try:
        with open(os.path.join(out, ".config"), encoding="ascii") as f:
            return dict(re.findall(r'^CONFIG_(\w+)="?([^"\n]*)"?$', f.read(), re.M))
    except OSError:
        return {}


class Board:
    def __init__(self, out):
        config = configuration(out)
        self.name = config.get("BOARD", DEFAULT)
        self.max_domains = int(config.get("MAX_DOMAINS", 8))
        self.folder = os.path.join(ROOT, "boards", self.name)
        self.configs = os.path.join(ROOT, "configs", self.name)
        self.signing_key = config.get("SIGNING_KEY", "")

    def qemu(self):
        parser = configparser.ConfigParser()
        parser.read_file(open(os.path.join(self.folder, "qemu.ini"), encoding="ascii"))
        return Qemu(parser["qemu"])


class Qemu:
    def __init__(self, section):
        self.machine = section["machine"]
        self.options = section.get("options", "").split()
        self.clock = [int(word, 0) for word in section["clock"].split()]
        self.icount_timer_hz = section.getint("icount-timer-hz")
        self.icount_options = section.get("icount-options", "").split()
        self.icount_clock = section.get("icount-clock")
        self.nic = section.get("nic", "").split()
        self.u_boot = section.get("u-boot", "").split()
        self.boots = {name: section[name].split() for name in ("flash", "sd", "tftp") if name in section}
