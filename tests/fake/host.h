/* SPDX-License-Identifier: MIT */
/*
 * host.h - what a unit test reads before everything else: cmocka, and Xen's public headers
 * with our architecture and its widths on the 64-bit host (long is 32 bits there).
 */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#undef __x86_64__
#undef __i386__
#undef __aarch64__
#define __arm__ 1
#define long int
#include <public/arch-armv5.h>
#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#undef long

#endif
