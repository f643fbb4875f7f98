# SPDX-License-Identifier: MIT
"""Guests that test the ABI from inside: guests/tests/<name>/manifest says how to run each.

    name = test-x            guests/test-x.elf; the domain is x
    kind = resident | large
    window = address size    of a resident
    memory_kb = n
    expect = poweroff        TEST: done with no failure, then the domain is off
           | crash           the hypervisor ends it, and nothing else
           | running         it still runs at the end of the others
           | any             whatever it does, the hypervisor stands
    timeout = seconds
    cases = a b c            one run for each, with case=<word> on its command line
    with = other             another test guest beside it, that ends well by itself
    helper = yes             only ever runs beside another
    icount = n               virtual time, 2^n ns an instruction
    device = physical size guest, irq = n, cmdline = words, privileged = yes
    needs = X                skipped without CONFIG_X
In a value {device}, {irq}, {kind} and {other} are those of DEVICES in descriptions.py, and {measured} is
what CONFIG_MEASURED_BOOT is.
"""
import os
import re

import pytest

from descriptions import DEVICES, domain, machine, resident

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(os.path.dirname(os.path.dirname(HERE)), "guests/tests")
KEYS = {"name", "kind", "window", "memory_kb", "expect", "timeout", "cases", "with", "helper",
        "device", "irq", "cmdline", "privileged", "icount", "needs"}
EXPECTS = {"poweroff", "crash", "running", "any"}


def read(path):
    """A manifest as a dictionary; an unknown key is an error, not a test that tests less."""
    found = {}
    with open(path, encoding="ascii") as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line:
                key, value = (word.strip() for word in line.split("=", 1))
                assert key in KEYS, f"{path}: unknown key {key}"
                found[key] = value
    assert found["expect"] in EXPECTS, path
    return found


MANIFESTS = {m["name"]: m for m in (read(os.path.join(FOLDER, name, "manifest"))
                                    for name in sorted(os.listdir(FOLDER))
                                    if os.path.exists(os.path.join(FOLDER, name, "manifest")))}
RUNS = [(m["name"], case) for m in MANIFESTS.values() if "helper" not in m
        for case in m.get("cases", "").split() or [""]]


def on_board(manifest, start):
    measured = start.options.get("MEASURED_BOOT", "n")
    return {key: value.format(measured=measured, **DEVICES[start.board]) for key, value in manifest.items()}


def companion(manifest, start):
    """The manifest beside it: `with` names it with or without the test- that folders lack."""
    name = manifest.get("with")
    return name and on_board(MANIFESTS.get(name) or MANIFESTS["test-" + name], start)


def domain_name(manifest):
    return manifest["name"].removeprefix("test-")


def node(manifest, case=""):
    properties = ["bantam,privileged"] if "privileged" in manifest else []
    if "device" in manifest:
        properties.append(f"xen,reg = <{manifest['device']}>")
    if "irq" in manifest:
        properties.append(f"interrupts = <{manifest['irq']}>")
    words = [manifest.get("cmdline", ""), f"case={case}" if case else ""]
    more = {"kib": int(manifest["memory_kb"]), "bootargs": " ".join(w for w in words if w)}
    name, image = domain_name(manifest), f"guests/{manifest['name']}.elf"
    if manifest["kind"] == "large":
        return domain(name, image, *properties, **more)
    window, size = (int(word, 0) for word in manifest["window"].split())
    return resident(name, image, window, *properties, size=size, **more)


def passed(phone, name):
    """The guest's own results: all good, and not none."""
    bad = [line for line in phone.lines_of(name) if line.startswith("TEST: not ok")]
    assert not bad, "\n".join(bad)
    done = [line for line in phone.lines_of(name) if line.startswith("TEST: done")]
    assert done, f"{name} never said TEST: done"
    good, failed = (int(n) for n in done[-1].split()[2:4])
    assert good > 0 and failed == 0, done[-1]


def check_end(phone, name, expect, limit):
    """How this guest ends."""
    if expect == "poweroff":
        phone.expect(rf"^\(bantam\) {name}: shut down: power off", limit)
        passed(phone, name)
    elif expect == "crash":
        phone.expect(rf"^\(bantam\) {name}: (?:crashed:|shut down: crash)", limit)


def run_guest(start, name, case=""):
    manifest = on_board(MANIFESTS[name], start)
    if manifest.get("needs", "BOARD") not in start.options:
        pytest.skip(f"CONFIG_{manifest['needs']} is not set")
    other, limit = companion(manifest, start), int(manifest["timeout"])
    nodes = [node(manifest, case)] + ([node(other)] if other else [])
    icount = int(manifest["icount"]) if "icount" in manifest else None
    phone = start(machine(*nodes), icount=icount)
    name = domain_name(manifest)
    check_end(phone, name, manifest["expect"], limit)
    if other and other["expect"] == "poweroff":
        phone.mark = 0
        check_end(phone, domain_name(other), "poweroff", int(other["timeout"]))
    if not phone.ended():        # somebody still runs: the hypervisor answers
        phone.key("d", rf"d0 {name}: (\w+)\W")
        state = re.findall(rf"d0 {name}: (\w+)\W", phone.text)[-1]
        assert manifest["expect"] != "running" or state == "running", phone.tail()
        assert manifest["expect"] in ("running", "any") or other, phone.tail()
    else:
        assert manifest["expect"] != "running", phone.tail()
        assert "(bantam) power off, status" in phone.text, phone.tail()
    assert "PANIC" not in phone.text, phone.tail()
    assert not re.search(r"\(bantam\) (?!" + name + r":)[\w-]+: crashed", phone.text), phone.tail()


@pytest.mark.parametrize("name,case", RUNS, ids=["-".join(filter(None, run)) for run in RUNS])
def test_guest(start, name, case):
    run_guest(start, name, case)
