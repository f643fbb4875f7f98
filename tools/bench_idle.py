# SPDX-License-Identifier: MIT
"""An idle phone: what wakes its core, while Linux sleeps and the baseband does not."""
import bench_machine
import bench_plugin
from descriptions import machine as describe, baseband, linux

SECONDS = (10, 30)          # two runs: what the longer one has more is neither boot nor end
# how often it is executed: the first instruction of a function
COUNTED = {"wake-ups": "bantam:arch_wait_for_interrupt", "interrupts": "bantam:irq_handle",
           "timers": "bantam:timer_interrupt", "frames": "baseband:frame_interrupt",
           "linux": "cpu_xenpv5_do_idle"}


def command(out, seconds):
    return bench_machine.described(
        out, bench_machine.work_of(out), "idle", describe(linux(mib=bench_machine.LINUX_MIB), baseband()),
        initrd=bench_machine.script_initrd(out, "idle"), cmdline=f"quiet seconds={seconds}", icount=0).command()


def measure(out):
    symbols = bench_plugin.Symbols().add_map(f"{out}/linux/System.map").add_elf(
        f"{out}/bantam.elf", "bantam:").add_elf(f"{out}/guests/baseband.elf", "baseband:")
    less, more = (bench_plugin.profile(out, f"idle-{seconds}", command(out, seconds), marks=False)[0]
                  for seconds in SECONDS)
    found = {name: more.get(at, 0) - less.get(at, 0)
             for name, at in ((name, symbols.address(function)) for name, function in COUNTED.items())}
    print(f"  idle: {found['wake-ups']:,} wake-ups, {found['frames']:,} frames", flush=True)
    return dict(found, seconds=SECONDS[1] - SECONDS[0])
