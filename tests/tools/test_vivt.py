# SPDX-License-Identifier: MIT
"""The cache model finds each hazard and is silent about what is right: its own tests."""
import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VIVT = os.path.join(ROOT, "tools/vivt")
sys.path[:0] = [VIVT]

import seeds  # noqa: E402


@pytest.fixture(scope="module")
def qemu10():
    """Where QEMU 10 is; the tests that need it are skipped when it cannot be had."""
    try:
        run = subprocess.run([os.path.join(VIVT, "fetch")], capture_output=True, text=True,
                             timeout=600)
    except subprocess.TimeoutExpired:
        pytest.skip("QEMU 10 was not fetched in ten minutes")
    if run.returncode:
        pytest.skip(f"no QEMU 10: {run.stderr.strip().splitlines()[-1]}")
    return run.stdout.strip()


def test_model_finds_each_hazard(qemu10, tmp_path):
    run = subprocess.run(["make", "-s", "-C", VIVT, f"O={tmp_path}", f"QEMU10={qemu10}", "check"],
                         capture_output=True, text=True, timeout=1200)
    assert run.returncode == 0, run.stdout + run.stderr


def test_seeds_are_calls_in_both_states():
    text = """
f8611000:\teb0000ff \tbl\tf8611404 <arch_cache_flush_all>
f8611004:\teaffffff \tb\tf8611404 <arch_cache_flush_all>
f8611008:\teb0000ff \tbl\tf8611404 <arch_cache_flush_range>
f861349a:\tf00a ff03 \tbl\tf861e2a4 <__arch_cache_flush_all_from_thumb>
f861349e:\tf00a fef0 \tbl\tf861e28c <__arch_context_switch_from_thumb>
f86134a2:\t0028      \tmovs\tr0, r5
"""
    assert list(seeds.sites_in(text, "arch_cache_flush_all")) == [
        (0xF8611000, seeds.NOP), (0xF8611004, seeds.RETURN), (0xF861349A, seeds.THUMB_NOPS)]


def test_seeds_fit_the_source():
    """Each operation that make silicon takes out is one of arch/cpu.h, or an instruction."""
    with open(os.path.join(ROOT, "include/arch/cpu.h"), encoding="ascii") as f:
        operations = f.read()
    for name, places, _ in seeds.SEEDS:
        for target in places.values():
            assert target in (seeds.INVALIDATE_I, seeds.NOTHING) or f"{target}(" in operations, name


def test_a_function_of_linux_does_nothing(tmp_path):
    (tmp_path / "System.map").write_text("c0008000 T first\nc0008010 T second\n", encoding="ascii")
    assert list(seeds.beginning(tmp_path / "System.map", "second")) == [
        (0xC0008010, seeds.RESULT_0), (0xC0008014, seeds.RETURN)]
    assert not list(seeds.beginning(tmp_path / "System.map", "third"))


def test_words_of_an_image_are_changed_by_address(tmp_path):
    header = bytearray(52 + 32 + 8)
    header[28:32] = (52).to_bytes(4, "little")
    header[42:46] = (32).to_bytes(2, "little") + (1).to_bytes(2, "little")
    for n, word in enumerate((1, 84, 0xF8010000, 0, 8)):
        header[52 + 4 * n:56 + 4 * n] = word.to_bytes(4, "little")
    (tmp_path / "image").write_bytes(header)
    elf = seeds.Elf(tmp_path / "image")
    elf.put(0xF8010004, seeds.NOP)
    assert elf.data[88:92] == seeds.NOP.to_bytes(4, "little") and not any(elf.data[84:88])
    with pytest.raises(seeds.Stale):
        elf.put(0xF8010008, seeds.NOP)
