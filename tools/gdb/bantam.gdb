# SPDX-License-Identifier: MIT
# gdb commands for a machine that runs Bantam; loaded by `make debug`.
set pagination off
set confirm off
set print pretty on
python
import os
import sys
sys.path.insert(0, os.path.join(os.getcwd(), "tools/gdb"))
import bantam
end
