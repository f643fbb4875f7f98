# SPDX-License-Identifier: MIT
"""Each tool that is asked how it is used, or called wrongly, says so and does nothing."""
import os
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = sorted(os.path.join(folder, name) for folder in ("tools", "tools/vivt")
               for name in os.listdir(os.path.join(ROOT, folder))
               if os.path.isfile(os.path.join(ROOT, folder, name)) and
               os.access(os.path.join(ROOT, folder, name), os.X_OK))


@pytest.mark.parametrize("word", ["--help", "-h", "--nonsense"])
@pytest.mark.parametrize("tool", TOOLS)
def test_usage(tool, word, tmp_path):
    run = subprocess.run([os.path.join(ROOT, tool), word], cwd=tmp_path, capture_output=True, text=True, timeout=120,
                         stdin=subprocess.DEVNULL, env={**os.environ, "BANTAM_CACHE": str(tmp_path / "cache")})
    said = run.stdout + run.stderr
    assert "Traceback" not in said and run.returncode in (0, 1, 2), said
    assert tool in said or f"usage: {os.path.basename(tool)}" in said, said
    assert run.returncode != 0 or word != "--nonsense"
    assert not os.listdir(tmp_path)
