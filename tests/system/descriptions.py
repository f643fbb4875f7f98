# SPDX-License-Identifier: MIT
"""Partition descriptions for tests, written from a few words."""

HEAD = """/dts-v1/;
/include/ "board.dtsi"
/ {{ chosen {{
	#address-cells = <1>;
	#size-cells = <1>;
	bantam,scheduler = "{scheduler}";
	bantam,major-frame-us = <{major_frame}>;
"""
DOMAIN = """	{name} {{
		compatible = "xen,domain";
		#address-cells = <1>;
		#size-cells = <1>;
		memory = <0 {kib:#x}>;
{properties}		kernel {{
			compatible = "multiboot,kernel", "multiboot,module";
			bantam,file = "{image}";
			bootargs = "{bootargs}";
		}};
{ramdisk}	}};
"""
RAMDISK = """		ramdisk {{
			compatible = "multiboot,ramdisk", "multiboot,module";
			bantam,file = "{file}";
		}};
"""


def domain(name, image, *properties, kib=1024, bootargs="", ramdisk=None):
    """One domain; properties are lines of device-tree source without the semicolon."""
    return DOMAIN.format(name=name, image=image, kib=kib, bootargs=bootargs,
                         properties="".join(f"\t\t{p};\n" for p in properties if p),
                         ramdisk=RAMDISK.format(file=ramdisk) if ramdisk else "")


def resident(name, image, window=0xF0000000, *properties, size=0x200000, **more):
    return domain(name, image, f"bantam,resident = <{window:#x} {size:#x}>", *properties, **more)


def machine(*domains, scheduler="static", major_frame=10000):
    return HEAD.format(scheduler=scheduler, major_frame=major_frame) + "".join(domains) + "}; };\n"


def linux(*properties, mib=64, bootargs="console=hvc0 rdinit=/init"):
    return domain("linux", "linux/vmlinux", "bantam,privileged", *properties, kib=mib * 1024,
                  bootargs=bootargs, ramdisk="linux/initrd.gz")


# By board.  A device that interrupts, which tests may be granted: registers, interrupt, what it is to
# guests/tests/pirq; and an interrupt of the hypervisor's own.
DEVICES = {
    "versatilepb": {"device": "0x101e3000", "irq": 5, "kind": "sp804", "other": 12},
    "integratorcp": {"device": "0x17000000", "irq": 2, "kind": "pl011", "other": 1},
    "imx25-pdk": {"device": "0x53f98000", "irq": 27, "kind": "epit", "other": 45},
}
# What begins the frames of the baseband, as in phone.dts; the device is that above.
FRAME_TIMERS = {"versatilepb": "sp804", "integratorcp": "vcpu", "imx25-pdk": "epit"}


def baseband(*properties, board="versatilepb", timer=None, words=""):
    """As in phone.dts of the board."""
    timer, irq = timer or FRAME_TIMERS[board], DEVICES[board]["irq"]
    if timer != "vcpu":
        properties += (f"xen,reg = <{DEVICES[board]['device']} 0x1000 0xf00f0000>",
                       f"interrupts = <{irq}>")
        words = f"reg=0xf00f0000 irq={irq} {words}"
    return resident("baseband", "guests/baseband.elf", 0xF0000000, "bantam,real-time = <400 4615>",
                    *properties, kib=512, size=0x100000, bootargs=f"timer={timer} {words}".strip())


# what guests/tests/hostile does that takes the hypervisor longest
HOSTILE = ("sections", "runstates", "timers", "polls", "caches", "tabs", "escapes", "lines", "ports",
           "queries", "texts", "odd", "pages", "roots")


def hostile(case, board="versatilepb"):
    """A guest that does so beside the baseband."""
    return machine(domain("hostile", "guests/test-hostile.elf", 'bantam,restart = "always"', kib=4096,
                          bootargs=f"case={case}"), baseband(board=board))
