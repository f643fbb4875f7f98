# SPDX-License-Identifier: MIT
"""The cache model ready to run: QEMU 10 and the plugin, as tools/vivt/qemu wants them."""
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


class NoModel(Exception):
    """QEMU 10 cannot be had, or the plugin not be built; it has said why."""


def build(out):
    """Builds the plugin in OUT/silicon; returns the environment for tools/vivt/qemu."""
    work = os.path.join(out, "silicon")
    try:
        qemu10 = subprocess.run([f"{HERE}/fetch"], stdout=subprocess.PIPE, text=True,
                                check=True).stdout.strip()
        subprocess.run(["make", "-s", "-C", HERE, f"O={work}", f"QEMU10={qemu10}"], check=True)
    except subprocess.CalledProcessError as error:
        raise NoModel from error
    return dict(os.environ, QEMU10=qemu10, QEMU=f"{HERE}/qemu",
                VIVT_PLUGIN=f"{work}/libvivt.so")
