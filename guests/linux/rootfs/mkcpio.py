#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes an initramfs (cpio, newc) to standard output, the same bytes for the same files.

mkcpio.py LIST NAME=VALUE...   Lines of LIST, with {NAME} replaced in sources:
    dir PATH MODE
    file PATH MODE SOURCE
    link PATH TARGET
    node PATH MODE c|b MAJOR MINOR
"""
import stat
import sys


def entry(ino, path, mode, data=b"", rdev=(0, 0)):
    name = path.lstrip("/").encode() + b"\0"
    fields = (ino, mode, 0, 0, 1, 0, len(data), 0, 0, *rdev, len(name), 0)
    out = b"070701" + b"".join(b"%08X" % f for f in fields) + name
    out += b"\0" * (-len(out) % 4) + data
    return out + b"\0" * (-len(out) % 4)


def parse(line, names):
    kind, path, *rest = line.split()
    if kind == "dir":
        return path, stat.S_IFDIR | int(rest[0], 8), b"", (0, 0)
    if kind == "file":
        with open(rest[1].format(**names), "rb") as f:
            return path, stat.S_IFREG | int(rest[0], 8), f.read(), (0, 0)
    if kind == "link":
        return path, stat.S_IFLNK | 0o777, rest[0].encode(), (0, 0)
    if kind == "node":
        form = {"c": stat.S_IFCHR, "b": stat.S_IFBLK}[rest[1]]
        return path, form | int(rest[0], 8), b"", (int(rest[2]), int(rest[3]))
    raise ValueError(f"unknown kind in: {line}")


def main():
    names = dict(a.split("=", 1) for a in sys.argv[2:])
    with open(sys.argv[1], encoding="utf-8") as f:
        lines = [line for line in map(str.strip, f) if line and not line.startswith("#")]
    out = sys.stdout.buffer
    for ino, line in enumerate(lines, 1):
        out.write(entry(ino, *parse(line, names)))
    out.write(entry(0, "TRAILER!!!", 0))


if __name__ == "__main__":
    main()
