# SPDX-License-Identifier: MIT
"""The longest stretches of the hypervisor with interrupts off, while Linux, operator and a hostile guest do all they can."""
import functools
import os
import re

import bench_frames
import bench_machine
import bench_plugin
from bench_machine import call
from descriptions import HOSTILE, hostile, machine as describe, baseband, linux
from phone import Phone

LOOKS = (" irq_pending", " irq_handle", " pl190_pending")     # functions that look
INLINED = "irq_may_wait"    # one that does, wherever it is called
FRAMES = 400                # of the storm, shift=2
SHOWN = 10                  # stretches, the longest of each run
KEYS = (("h", "power off"), ("d", "addresses f"), ("e", "d1 port 2"), ("f", r"baseband: \d+ frames"),
        ("m", "domains: "), ("s", "baseband: waited"), ("t", r" {8}0 "), ("r", "baseband: end of dump"),
        ("k0", "linux: end of dump"))   # and how their answers end


def inlined(elf):
    """Where it loads, by the debug information: "0xADDRESS", the innermost function, its line..."""
    loads = re.findall(r"^([0-9a-f]{8}):.*\tldr", call(["arm-none-eabi-objdump", "-d", elf]), re.M)
    names = call(["arm-none-eabi-addr2line", "-a", "-f", "-i", "-e", elf, *loads])
    return re.findall(rf"^0x([0-9a-f]{{8}})\n{INLINED}$", names, re.M)


def looks(elf):
    """Options: where the hypervisor asks which interrupts wait."""
    found = [line.split()[0] for line in call(["arm-none-eabi-nm", elf]).splitlines()
             if line.endswith(LOOKS)]
    if not found:
        raise bench_machine.Failed(f"error: {elf} has none of{''.join(LOOKS)}")
    return "".join(f",look={address}" for address in (*found, *inlined(elf)))


def read(path, symbols):
    """What the plugin wrote: length, how often one ends there, first and last address, functions."""
    found = []
    with open(path, encoding="ascii") as f:
        for line in f:
            if line.startswith("stretch"):
                _, length, count = line.split()
                found.append({"length": int(length), "count": int(count), "path": []})
            else:
                found[-1]["path"].append(int(line, 16))
    return [show(entry, symbols) for entry in found]


def show(entry, symbols):
    path, functions = entry.pop("path"), {}
    for address in path:
        name = symbols.name(address)
        functions[name] = functions.get(name, 0) + 1
    most = sorted(functions, key=lambda name: -functions[name])
    return dict(entry, begins=f"{path[0]:#x} {symbols.name(path[0])}",
                ends=f"{path[-1]:#x} {symbols.name(path[-1])}",
                functions={name: functions[name] for name in most[:6]})


def run_rows(out, option):
    initrd, work = bench_machine.lat_initrd(out), bench_machine.work_of(out)
    bench_machine.Run(bench_machine.guest_command(out, initrd, "quiet") + option, work, "stretch-rows").run()


def run_storm(out, option):
    bench_frames.Frames(out, "storm", 2, FRAMES, option).run()


def drive(out, text, icount, option, act):
    """A machine of its own, until act(phone) returns."""
    work = bench_machine.work_of(out)
    description = os.path.join(work, "driven.dts")
    with open(description, "w", encoding="ascii") as f:
        f.write(text)
    phone = Phone(out, description, work, icount=icount)
    phone.machine.compile()
    phone.power_on(phone.machine.command(*option))
    try:
        act(phone)
        phone.qemu.terminate()      # the plugin writes what it has found
        phone.qemu.wait(60)
    finally:
        phone.__exit__()


def press_keys(phone):
    """One debug key after the other, in a phone that has booted; the last one ends Linux."""
    phone.wait_shell()
    for letters, end in KEYS:
        phone.key(letters, end, 120)


def run_keys(out, option):
    drive(out, describe(linux(mib=bench_machine.LINUX_MIB), baseband()), 0, option, press_keys)


def hear_frames(phone):
    """Some hundred frames of the baseband."""
    phone.expect(r"baseband: \d+ frames", 300, "baseband")


def run_hostile(case, out, option):
    drive(out, hostile(case), 2, option, hear_frames)


RUNS = {"rows": run_rows, "storm": run_storm, "keys": run_keys,
        **{f"hostile-{case}": functools.partial(run_hostile, case) for case in HOSTILE}}


def measure(out):
    """What each of RUNS has found."""
    plugin, found = bench_plugin.build(out, "bench_stretch"), {}
    elf, work = os.path.join(out, "bantam.elf"), bench_machine.work_of(out)
    symbols, where = bench_plugin.Symbols().add_elf(elf, ""), looks(elf)
    for name, run in RUNS.items():
        path = os.path.join(work, f"stretch-{name}.txt")
        run(out, ["-plugin", f"{plugin},out={path}{where}"])
        found[name] = read(path, symbols)[:SHOWN]
        print(f"  {name}: {found[name][0]['length']} instructions, most of them in "
              f"{next(iter(found[name][0]['functions']))}", flush=True)
    return found
