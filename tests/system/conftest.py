# SPDX-License-Identifier: MIT
"""Fixtures for the system tests, and what a failing one leaves behind."""
import os
import re
import shutil
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tools")]

from board import Board, configuration  # noqa: E402
from phone import Phone  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--out", default=os.path.join(ROOT, "build"), help="build directory")


@pytest.fixture(scope="session")
def out(request):
    return os.path.abspath(request.config.getoption("--out"))


@pytest.fixture
def start(request, out):
    """start(description, **options): a running machine, ended with the test.

    The description is a file of configs/ or of its folder of the board, or device-tree source.
    """
    phones = []
    request.node.phones = phones
    name = re.sub(r"\W+", "-", request.node.name).strip("-")

    def start_phone(description, kind=Phone, **options):
        work = os.path.join(out, "tests", f"{name}-{len(phones)}" if phones else name)
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        path = os.path.join(ROOT, "configs", description)
        if not os.path.exists(path):
            path = os.path.join(Board(out).configs, description)
        if "\n" in description:
            path = os.path.join(work, "partition.dts")
            with open(path, "w", encoding="ascii") as f:
                f.write(description)
        phone = kind(out, path, work, **options)
        phones.append(phone)
        return phone.__enter__()

    start_phone.board, start_phone.options = Board(out).name, configuration(out)
    yield start_phone
    for phone in phones:
        phone.__exit__()


@pytest.fixture
def linux(start):
    """The phone with a shell of Linux that answers."""
    phone = start("phone.dts")
    phone.wait_shell()
    return phone


@pytest.fixture(scope="session")
def programs(out):
    """A root file system with tests/system/programs in /tests; returns (path, names)."""
    work, source = os.path.join(out, "tests", "programs"), os.path.join(HERE, "programs")
    os.makedirs(work, exist_ok=True)
    names = sorted(f[:-2] for f in os.listdir(source) if f.endswith(".c"))
    lines = ["dir /tests 755"]
    for name in names:
        subprocess.run(["arm-linux-gnueabi-gcc", "-O2", "-static", "-pthread", "-Wall", "-Wextra",
                        "-Werror", "-o", f"{work}/{name}", f"{source}/{name}.c"], check=True)
        lines.append(f"file /tests/{name} 755 {work}/{name}")
    with open(f"{work}/list", "w", encoding="ascii") as f:
        f.write("\n".join(lines) + "\n")
    # the kernel unpacks archives one after the other
    with open(f"{work}/initrd", "wb") as f, open(f"{out}/linux/initrd.gz", "rb") as phone:
        f.write(phone.read())
        f.write(b"\0" * (-f.tell() % 4))
        f.flush()
        subprocess.run([sys.executable, os.path.join(ROOT, "guests/linux/rootfs/mkcpio.py"),
                        f"{work}/list"], stdout=f, check=True)
    return f"{work}/initrd", names


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failing test shows the console: all of a dump, the end of the rest."""
    report = (yield).get_result()
    if not report.failed:
        return
    for phone in getattr(item, "phones", []):
        lines = phone.text.split("\n")
        dump = next((i for i, line in enumerate(lines)
                     if re.match(r"\(bantam\) .*(panic|crash)", line, re.I)), len(lines))
        report.sections.append((f"console ({phone.machine.work}/console.log)",
                                "\n".join(lines[max(0, min(dump - 40, len(lines) - 80)):])))
