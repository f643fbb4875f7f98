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


def baseband(*properties, words="timer=sp804 reg=0xf00f0000 irq=5"):
    """As in phone.dts of versatilepb."""
    return resident("baseband", "guests/baseband.elf", 0xF0000000,
                    "bantam,real-time = <400 4615>", "xen,reg = <0x101e3000 0x1000 0xf00f0000>",
                    "interrupts = <5>", *properties, kib=512, size=0x100000,
                    bootargs=words)
