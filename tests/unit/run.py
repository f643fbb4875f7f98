#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs cmocka programs, shows what they print, and ends in `N passed, N failed`."""
import re
import subprocess
import sys

passed = failed = 0
for program in sys.argv[1:]:
    try:
        run = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, errors="replace", timeout=600)
        text, status = run.stdout, run.returncode
    except subprocess.TimeoutExpired as error:
        text = (error.stdout or b"").decode(errors="replace") + "\n(timed out)\n"
        status = -1
    sys.stdout.write(text)
    ok = len(re.findall(r"^\[       OK \]", text, re.M))
    bad = len(set(re.findall(r"^\[  FAILED  \] (?:.*: )?([A-Za-z_]\w*)$", text, re.M)))
    if status != 0 and bad == 0:
        bad = 1  # it ended before cmocka could say which
        print(f"{program}: ended with status {status}")
    passed += ok
    failed += bad
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
