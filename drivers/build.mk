# SPDX-License-Identifier: MIT
# A board selects what it has (Kconfig).
obj-$(CONFIG_HAS_AVIC) += avic.o
obj-$(CONFIG_HAS_IMX_TIMER) += imx_timer.o
obj-$(CONFIG_HAS_IMX_UART) += imx_uart.o
obj-$(CONFIG_HAS_IMX_WDOG) += imx_wdog.o
obj-$(CONFIG_HAS_INTEGRATOR_CM) += integrator_cm.o
obj-$(CONFIG_HAS_INTEGRATOR_PIC) += integrator_pic.o
obj-$(CONFIG_HAS_PL011) += pl011.o
obj-$(CONFIG_HAS_PL190) += pl190.o
obj-$(CONFIG_HAS_SP804) += sp804.o
obj-$(CONFIG_HAS_VERSATILE_SYS) += versatile_sys.o
