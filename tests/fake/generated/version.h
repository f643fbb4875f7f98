/* SPDX-License-Identifier: MIT */
/* version.h - of the hypervisor under test. */
#define BANTAM_VERSION "0.0-test"
