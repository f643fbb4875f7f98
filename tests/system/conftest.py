# SPDX-License-Identifier: MIT
"""Fixtures for the system tests, and what a failing one leaves behind."""
import os
import re
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tools")]

from phone import Phone  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--out", default=os.path.join(ROOT, "build"), help="build directory")


@pytest.fixture(scope="session")
def out(request):
    return os.path.abspath(request.config.getoption("--out"))


@pytest.fixture
def start(request, out):
    """start(description, **options): a running machine, ended with the test.

    The description is a file of configs/versatilepb or device-tree source.
    """
    phones = []
    request.node.phones = phones
    name = re.sub(r"\W+", "-", request.node.name).strip("-")

    def start_phone(description, **options):
        work = os.path.join(out, "tests", f"{name}-{len(phones)}" if phones else name)
        os.makedirs(work, exist_ok=True)
        path = os.path.join(ROOT, "configs/versatilepb", description)
        if "\n" in description:
            path = os.path.join(work, "partition.dts")
            with open(path, "w", encoding="ascii") as f:
                f.write(description)
        phone = Phone(out, path, work, **options)
        phones.append(phone)
        return phone.__enter__()

    yield start_phone
    for phone in phones:
        if hasattr(phone, "qemu"):
            phone.__exit__()


@pytest.fixture
def linux(start):
    """The phone with a shell of Linux that answers."""
    phone = start("phone.dts")
    phone.wait_shell()
    return phone


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
