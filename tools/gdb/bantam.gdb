# SPDX-License-Identifier: MIT
set pagination off
set confirm off
