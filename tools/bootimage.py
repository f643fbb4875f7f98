# SPDX-License-Identifier: MIT
"""What U-Boot boots: keys, the signed FIT image, and the flash and SD card images around it.

docs/boot.md tells what is checked by whom.  The addresses are those of U-Boot's own
environment, boards/<board>/u-boot/bantam.env.
"""
import os
import re
import shutil
import subprocess

MIB = 1 << 20
ERASED = b"\xff"
BLOCK = 512
EPOCH = "1767225600"              # the images say this time: the same input, the same bytes
HYPERVISOR_OFFSET = 0x10000       # from the start of RAM: arch/arm/boot.S


class ImageError(Exception):
    """One clear line for the user."""


def run(*command, **more):
    if not shutil.which(command[0]):
        raise ImageError(f"error: no {command[0]}; `make setup` installs it")
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          env=dict(os.environ, SOURCE_DATE_EPOCH=EPOCH), **more)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise ImageError(f"error: {os.path.basename(command[0])} failed: {' '.join(lines[-2:])}")
    return done.stdout


# ---- keys ------------------------------------------------------------------
def key_folder():
    return os.environ.get("BANTAM_KEYS") or os.path.expanduser("~/.config/bantam/keys")


def certificate(key):
    return key[:-len(".key")] + ".crt"


def make_key(path):
    """A new RSA-2048 key, and the certificate that mkimage takes its public half from."""
    if os.path.exists(path):
        raise ImageError(f"error: there is a key already: {path}; remove it yourself "
                         "if no board needs it any more")
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    except OSError as error:
        raise ImageError(f"error: cannot make a key in {os.path.dirname(path)}: {error.strerror}; "
                         "set BANTAM_KEYS to a directory of yours") from error
    mask = os.umask(0o077)
    try:
        run("openssl", "req", "-batch", "-new", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "36500",
            "-subj", "/CN=Bantam", "-keyout", path + ".new", "-out", certificate(path))
        os.rename(path + ".new", path)
    finally:
        os.umask(mask)


def signing_key(configured):
    """The key of the configuration, or the development key, which is made when it is not there."""
    if not configured:
        path = os.path.join(key_folder(), "development.key")
        if not os.path.isfile(path):
            make_key(path)
            print(f"made a development key: {path}")
        return path
    path = os.path.expanduser(configured)
    if not path.endswith(".key") or not os.path.isfile(path) or not os.path.isfile(certificate(path)):
        raise ImageError(f"error: no signing key {path}; CONFIG_SIGNING_KEY names a PEM file x.key that "
                         "has its certificate x.crt beside it, or is empty for the development key")
    return path


# ---- U-Boot's numbers ------------------------------------------------------
def environment(board):
    """The variables of U-Boot's environment that are plain numbers."""
    path = os.path.join(board.folder, "u-boot", "bantam.env")
    if not os.path.isfile(path):
        raise ImageError(f"error: no U-Boot for the board {board.name}; use BOOT=kernel")
    with open(path, encoding="ascii") as f:
        return {name: int(value, 16)
                for name, value in re.findall(r"^(\w+)=(0x[0-9a-f]+)$", f.read(), re.M)}


# ---- FIT -------------------------------------------------------------------
IMAGE = """		{name} {{
			description = "{what}";
			data = /incbin/("{file}");
			type = "{kind}";
			arch = "arm";
			os = "linux";
			compression = "none";
{place}			hash-1 {{ algo = "sha256"; }};
		}};
"""
SIGNATURE = """			signature-1 {{
				algo = "sha256,rsa2048";
				key-name-hint = "{key}";
				sign-images = "kernel", "fdt"{loadables};
			}};
"""
TREE = """/dts-v1/;
/ {{
	description = "Bantam for {board}";
	#address-cells = <1>;
	images {{
{images}	}};
	configurations {{
		default = "{board}";
		{board} {{
			description = "Bantam and its domains";
			kernel = "hypervisor";
			fdt = "partition";
{loadables}{signature}		}};
	}};
}};
"""


def place(load, entry=None):
    text = f"\t\t\tload = <{load:#010x}>;\n"
    return text + (f"\t\t\tentry = <{entry:#010x}>;\n" if entry is not None else "")


def source(board, hypervisor, tree, layout, key):
    """The image as device-tree source for mkimage; key None: not signed."""
    start = layout["base"] + HYPERVISOR_OFFSET
    images = [IMAGE.format(name="hypervisor", what="Bantam", file=hypervisor, kind="kernel",
                           place=place(start, start)),
              IMAGE.format(name="partition", what="partition description", file=tree,
                           kind="flat_dt", place="")]
    names = []
    for number, module in enumerate(layout["modules"], 1):
        names.append(f'"guest-{number}"')
        images.append(IMAGE.format(name=f"guest-{number}", what=os.path.basename(module["file"]),
                                   file=module["file"], kind="firmware", place=place(module["addr"])))
    loadables = f"\t\t\tloadables = {', '.join(names)};\n" if names else ""
    signature = SIGNATURE.format(key=os.path.basename(key)[:-len(".key")],
                                 loadables=', "loadables"' if names else "") if key else ""
    return TREE.format(board=board, images="".join(images), loadables=loadables, signature=signature)


class BootImage:
    """Makes the images of a machine in folder/: u-boot.bin, bantam.fit, flash.img, sd.img."""

    def __init__(self, machine, folder, key=None):
        self.machine, self.folder, self.board = machine, os.path.abspath(folder), machine.board
        self.numbers = environment(machine.board)
        self.key = key or signing_key(machine.board.signing_key)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make_fit(self, signed=True, name="bantam.fit", board=None):
        """The FIT image and U-Boot with its public key."""
        os.makedirs(self.folder, exist_ok=True)
        with open(self.path("bantam.its"), "w", encoding="utf-8") as f:
            f.write(source(board or self.board.name, os.path.join(self.machine.out, "bantam.bin"),
                           self.machine.tree, self.machine.layout, self.key if signed else None))
        fit = self.path(name)
        if signed:
            run("mkimage", "-k", os.path.dirname(self.key), "-K", self.control_tree(), "-r",
                "-f", self.path("bantam.its"), fit)
        else:
            run("mkimage", "-f", self.path("bantam.its"), fit)
        size = os.path.getsize(fit)
        if size > self.numbers["slot_size"]:
            raise ImageError(f"error: the image has {size} bytes, a slot {self.numbers['slot_size']}: "
                             "leave out guests or make them smaller")
        return fit

    def control_tree(self):
        """U-Boot's own device tree, for the machine's timer; mkimage puts the key into it."""
        built, tree = os.path.join(self.machine.out, "u-boot"), self.path("u-boot.dtb")
        if not os.path.isfile(os.path.join(built, "u-boot.dtb")):
            raise ImageError(f"error: no {built}/u-boot.dtb; `make u-boot` builds it")
        run("cp", os.path.join(built, "u-boot.dtb"), tree)
        if self.machine.timer_hz and self.machine.qemu.icount_clock:
            run("fdtput", "-t", "i", tree, self.machine.qemu.icount_clock, "clock-frequency",
                str(self.machine.timer_hz))
        return tree

    def make_u_boot(self):
        """U-Boot as it is put into flash: after make_fit(), which knows the key."""
        with open(self.path("u-boot.bin"), "wb") as to:
            for part in (os.path.join(self.machine.out, "u-boot", "u-boot-nodtb.bin"), self.path("u-boot.dtb")):
                with open(part, "rb") as f:
                    to.write(f.read())
        return self.path("u-boot.bin")

    def make_flash(self, slots):
        """The NOR flash: U-Boot, images by slot ("a", "b"), all else erased."""
        flash, numbers = self.path("flash.img"), self.numbers
        parts = [(0, self.path("u-boot.bin"), numbers["slot_a"] - numbers["flash"])]
        parts += [(numbers[f"slot_{slot}"] - numbers["flash"], file, numbers["slot_size"])
                  for slot, file in slots.items()]
        with open(flash, "wb") as to:
            to.write(ERASED * numbers["flash_size"])
            for at, file, room in parts:
                write_at(to, at, file, room)
        return flash

    def make_sd(self, slots):
        """The SD card: images by slot, no file system."""
        card, numbers = self.path("sd.img"), self.numbers
        with open(card, "wb") as to:
            to.truncate(numbers["sd_size"])       # QEMU wants a power of two
            for slot, file in slots.items():
                write_at(to, numbers[f"sd_{slot}"] * BLOCK, file, numbers["sd_blocks"] * BLOCK)
        return card


def write_at(to, at, file, room):
    with open(file, "rb") as f:
        data = f.read()
    if len(data) > room:
        raise ImageError(f"error: {file} has {len(data)} bytes, its place {room}")
    to.seek(at)
    to.write(data)
