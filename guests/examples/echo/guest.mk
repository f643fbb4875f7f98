# SPDX-License-Identifier: MIT
$(eval $(call sdk_guest,echo,0xF0100000,examples/echo/echo.c))
