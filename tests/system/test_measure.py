# SPDX-License-Identifier: MIT
"""Measured boot (docs/boot.md, "Measurements"): the log against SHA-256 of the files."""
import hashlib
import re
import socket
import struct
import subprocess
import tempfile

import pytest
from descriptions import baseband, domain, machine, resident
from phone import BANTAM, Phone
from uboot import needs_flash

HYPERVISOR, PARTITION, TREE, KERNEL, WORDS, RAMDISK = range(1, 7)
NOBODY, LOADER, ITSELF = range(3)
NO_DOMAIN = 0x7FF2                # DOMID_XEN
NOTHING = "0" * 64
BOOT_TIME = 90
ENTRY = re.compile(r"entry (\d+) kind (\d+) by (\d+) domain (\d+) ([0-9a-f]{64}) ([0-9a-f]{64})$")
FRAMES = r"baseband: (\d+) frames, (\d+) lost"
ON_CRASH = 'bantam,restart = "on-crash"'
# without privilege it has no console of its own; this is its last word
LINUX_RUNS = r"bootconsole .*disabled"
LINUX_WORDS = "console=hvc0 rdinit=/init"


@pytest.fixture(autouse=True)
def measured(start):
    if "MEASURED_BOOT" not in start.options:
        pytest.skip("CONFIG_MEASURED_BOOT is not set")


def description(board, *others):
    """The reader is domain 0, the baseband domain 1."""
    return machine(resident("reader", "guests/test-measure.elf", 0xF0300000, "bantam,privileged",
                            size=0x100000, kib=256, bootargs="case=log"),
                   baseband(ON_CRASH, board=board), *others)


def linux(ramdisk="linux/initrd.gz"):
    return domain("linux", "linux/vmlinux", ON_CRASH, kib=65536, ramdisk=ramdisk, bootargs=LINUX_WORDS)


def sha256(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def of_file(path):
    with open(path, "rb") as f:
        return sha256(f.read())


# ---- the machine's memory --------------------------------------------------
class Memory:
    """Physical memory of a machine that has stopped for it, by QEMU's gdb stub."""

    def __init__(self, path):
        self.link = socket.socket(socket.AF_UNIX)
        self.link.settimeout(30)
        self.link.connect(path)
        self.rest = b""
        self.ask("Qqemu.PhyMemMode:1")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ask("D")
        self.link.close()

    def ask(self, words):
        self.link.sendall(f"${words}#{sum(words.encode()) % 256:02x}".encode())
        while True:
            found = re.match(rb"\+*\$([^#]*)#..", self.rest)
            if not found:
                self.rest += self.link.recv(65536)
                continue
            self.rest = self.rest[found.end():]
            self.link.sendall(b"+")
            if not found[1].startswith(b"T"):      # it says that it has stopped
                return found[1].decode()

    def read(self, address, size):
        return b"".join(bytes.fromhex(self.ask(f"m{at:x},{min(1024, address + size - at):x}"))
                        for at in range(address, address + size, 1024))

    def write(self, address, data):
        assert self.ask(f"M{address:x},{len(data):x}:{data.hex()}") == "OK"

    def tree(self, address):
        """What of a device tree is measured: up to the end of its last block."""
        magic, _, struct_at, strings_at = struct.unpack(">4I", self.read(address, 16))
        strings_size, struct_size = struct.unpack(">2I", self.read(address + 32, 8))
        assert magic == 0xD00DFEED
        return self.read(address, max(struct_at + struct_size, strings_at + strings_size))


class Open(Phone):
    """One whose memory can be looked at."""

    def power_on(self, command):
        self.folder = tempfile.TemporaryDirectory()
        super().power_on([*command, "-gdb", f"unix:{self.folder.name}/gdb,server=on,wait=off"])

    def memory(self):
        return Memory(f"{self.folder.name}/gdb")

    def __exit__(self, *_):
        super().__exit__()
        self.folder.cleanup()


class Silent(Phone):
    """One whose boot loader tells nothing; the description's author would like to."""

    def power_on(self, command):
        subprocess.run(["fdtput", "-r", self.machine.tree, "/fit-images"], check=True)
        subprocess.run(["fdtput", "-t", "s", self.machine.tree, "/", "algo", "sha256"], check=True)
        subprocess.run(["fdtput", "-t", "x", self.machine.tree, "/", "value", *8 * ["abad1dea"]], check=True)
        super().power_on(command)


# ---- the log ---------------------------------------------------------------
def entries(phone):
    return [found.groups() for found in map(ENTRY.match, phone.lines_of("reader")) if found]


def read_log(phone, count, timeout=BOOT_TIME):
    """The log so far, at least so many entries, its chain followed: (kind, by, domain, digest) of each."""
    while len(entries(phone)) < count:
        phone.expect(r"entry \d+ kind", timeout, "reader")
    log, chain = [], bytes(32)
    for number, entry in enumerate(entries(phone)):
        index, kind, by, owner = (int(word) for word in entry[:4])
        head = struct.pack("<IBBH", index, kind, by, owner)
        chain = hashlib.sha256(chain + head + bytes.fromhex(entry[4])).digest()
        assert (index, chain.hex()) == (number, entry[5]), entry
        log.append((kind, by, owner, entry[4]))
    return log


def of_domain(log, owner):
    """Its entries: they are in order, though other domains' are between them."""
    return [entry for entry in log if entry[2] == owner]


def expected(phone, by):
    """The first entries of every domain, by its number."""
    files = [module["file"] for module in phone.machine.layout["modules"]]
    words = [sha256("case=log"), None, sha256(LINUX_WORDS)]
    of = {owner: [(KERNEL, by, owner, of_file(files[owner])), (WORDS, ITSELF, owner, words[owner])]
          for owner in range(len(phone.machine.layout["domains"]))}
    if 2 in of:
        of[2].append((RAMDISK, by, 2, of_file(files[3])))
    return of


def check_domains(phone, log, by):
    for owner, entries_of_it in expected(phone, by).items():
        found = of_domain(log, owner)
        if owner == 1:                        # the board's words for the baseband
            entries_of_it[1] = (WORDS, ITSELF, 1, found[1][3])
        assert found == entries_of_it


def check_u_boot(start, way):
    """Everything as U-Boot has checked it, and the tree that it hands over."""
    phone = start(description(start.board), kind=Open, boot=way)
    phone.expect("Starting kernel", BOOT_TIME)
    at = int(re.findall(r"Loading Device Tree to ([0-9a-f]+)", phone.text)[-1], 16)
    log = read_log(phone, 7)
    with phone.memory() as memory:
        tree = memory.tree(at)
    assert log[:3] == [(HYPERVISOR, LOADER, NO_DOMAIN, of_file(phone.machine.image())),
                       (PARTITION, LOADER, NO_DOMAIN, of_file(phone.machine.tree)),
                       (TREE, ITSELF, NO_DOMAIN, sha256(tree))]
    check_domains(phone, log[3:], LOADER)


def test_u_boot(start, out):
    needs_flash(out)
    check_u_boot(start, "flash")


def test_without_u_boot(start):
    """The tools tell what U-Boot would, but for the description's file."""
    phone = start(description(start.board), kind=Open)
    log = read_log(phone, 7)
    layout = phone.machine.layout
    with phone.memory() as memory:
        tree = memory.tree(layout["base"] + min(layout["ram"] // 2, 128 << 20))
    assert log[:3] == [(HYPERVISOR, LOADER, NO_DOMAIN, of_file(phone.machine.image())),
                       (PARTITION, NOBODY, NO_DOMAIN, NOTHING), (TREE, ITSELF, NO_DOMAIN, sha256(tree))]
    check_domains(phone, log[3:], LOADER)


def test_a_loader_that_tells_nothing(start):
    """The hypervisor reads the images itself at the first start, too."""
    phone = start(description(start.board), kind=Silent, icount=0)
    log = read_log(phone, 7)
    assert log[:2] == [(HYPERVISOR, NOBODY, NO_DOMAIN, NOTHING), (PARTITION, NOBODY, NO_DOMAIN, NOTHING)]
    check_domains(phone, log[3:], ITSELF)


def reboot_linux(phone):
    phone.switch_to("reader")
    phone.send("2")
    phone.expect(r"linux: restarting", BOOT_TIME, BANTAM)


def test_restarts(start):
    """The hypervisor reads the images again."""
    phone = start(description(start.board, linux()), icount=0)
    phone.expect(LINUX_RUNS, BOOT_TIME, "linux")
    before = read_log(phone, 10)
    check_domains(phone, before[3:], LOADER)
    reboot_linux(phone)
    after = read_log(phone, 13)
    assert after[:10] == before
    assert after[10:] == expected(phone, ITSELF)[2]
    phone.expect(LINUX_RUNS, BOOT_TIME, "linux")
    phone.key("k1", r"baseband: crashed: killed by debug key")
    assert read_log(phone, 15)[13:] == [expected(phone, ITSELF)[1][0], (WORDS, ITSELF, 1, of_domain(after, 1)[1][3])]


def test_no_frame_is_lost_while_images_are_read(start, out, tmp_path):
    """14 MB: longer than from one report of the baseband to the next."""
    big = tmp_path / "initrd"
    with open(f"{out}/linux/initrd.gz", "rb") as f:
        big.write_bytes(f.read() + bytes(8 << 20))
    phone = start(description(start.board, linux(big)), icount=2)
    phone.expect(LINUX_RUNS, BOOT_TIME, "linux")
    reboot_linux(phone)
    lost = [phone.expect(FRAMES, BOOT_TIME, "baseband")[2] for _ in range(3)]
    assert phone.text.count("linux: starts") == 1, "it is not read any more"
    assert lost[0] == lost[1] == lost[2], phone.tail()
    assert read_log(phone, 13)[12] == (RAMDISK, ITSELF, 2, of_file(big))


def test_memory_that_has_changed(start):
    """What is started is measured, not what the boot loader has seen."""
    phone = start(description(start.board), kind=Open)
    before = read_log(phone, 7)
    module = phone.machine.layout["modules"][1]
    last = module["addr"] + module["size"] - 1
    with open(module["file"], "rb") as f:
        image = bytearray(f.read())
    image[-1] ^= 1                            # of no segment: it runs all the same
    with phone.memory() as memory:
        memory.write(last, image[-1:])
    phone.key("k1", r"baseband: crashed: killed by debug key")
    log = read_log(phone, 9)
    assert log[:7] == before and log[7] == (KERNEL, ITSELF, 1, sha256(image))
    phone.expect(FRAMES, BOOT_TIME, "baseband")
