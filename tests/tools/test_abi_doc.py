# SPDX-License-Identifier: MIT
"""docs/abi.md lists every hypercall number of Xen's headers, and says of each what the table says."""
import os
import re

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
HEADERS = ("/usr/include/xen/xen.h", os.path.join(ROOT, "include/public/arch-armv5.h"))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def numbers():
    found = {}
    for path in HEADERS:
        for name, number in re.findall(r"#define __HYPERVISOR_(\w+)\s+(\d+)\b", read(path)):
            found[name] = int(number)
    return found


def listed():
    return {int(n): (name, answer)
            for n, name, answer in re.findall(r"^\| (\d+) \| ([^|]+?) \| ([^|]+?) \|$",
                                              read("docs/abi.md"), re.M)}


def test_every_number_is_listed():
    rows = listed()
    for name, number in numbers().items():
        assert number in rows, f"{name} ({number}) is not in docs/abi.md"
        if number < 48:
            assert rows[number][0] == name
    assert set(rows) == set(numbers().values())


def test_answers_are_those_of_the_table():
    calls = numbers()
    made = {calls[name] for name in
            re.findall(r"^HYPERCALL\((\w+),", read("include/hv/hypercall_list.h"), re.M)}
    for number, (name, answer) in listed().items():
        assert ("-ENOSYS" not in answer) == (number in made), f"{name}: {answer}"


def test_implemented_calls_are_described():
    text = read("docs/abi.md")
    for name in re.findall(r"^HYPERCALL\((\w+),", read("include/hv/hypercall_list.h"), re.M):
        assert f"**{name}**(" in text, f"{name} is not described in docs/abi.md"
