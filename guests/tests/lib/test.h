/* SPDX-License-Identifier: MIT */
/*
 * test.h - TAP-like lines on the console, and addresses that are not ours.
 *
 *     TEST: ok N name
 *     TEST: not ok N name: got G, expected E
 *     TEST: done PASSED FAILED
 *
 * test_end() prints the last one and powers the domain off.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sdk/atomic.h>
#include <sdk/console.h>
#include <sdk/domain.h>
#include <sdk/event.h>
#include <sdk/time.h>
#include <sdk/trap.h>

/* Addresses that no guest may name. */
#define AT_HYPERVISOR 0xF8020000u
#define AT_WRAP       0xFFFFFFFCu
#define AT_FOREIGN    0xF0100000u /* window of the second domain */

void test_ok(const char *name, bool good);
void test_is(const char *name, long got, long expected);
_Noreturn void test_end(void);

/* The first unmapped address after the domain's own memory. */
uint32_t test_end_of_memory(void);

/* The word after "case=" on the command line, "" if there is none. */
const char *test_case(void);

struct test_step {
	const char *name;
	void (*step)(void);
};

/* The step of the command line's case, again and again, events masked.  Fails without one. */
_Noreturn void test_repeat(const struct test_step *steps, unsigned int count);

/* hypercall_raw() with three arguments: enough for most. */
long test_call(word_t number, word_t a0, word_t a1, word_t a2);

/* Waits until *word is not 0 or until ms have passed; serves events. */
bool test_wait(volatile unsigned int *word, unsigned int ms);

/* A handler that counts in *data, an unsigned int. */
void test_count(evtchn_port_t port, void *data);

/*
 * Page tables of a large guest.  Second-level tables come from the last MiB,
 * which is mapped in small pages.  0, or the hypercall's error.
 */
uint32_t test_pool_page(void);                 /* address of an unused page there */
long test_leaf_pin(uint32_t page);             /* maps it fit for a table, pins it */
long test_table_write(uint32_t maddr, uint32_t value); /* one mmu_update */
uint32_t test_root(void);                      /* guest physical address */
long test_map(uint32_t va, uint32_t page, unsigned int ap); /* user address */

/* Descriptors (public/arch-armv5.h, "Page tables"). */
#define PTE_COARSE       0x11u
#define PTE_SECTION      0x12u
#define PTE_SMALL        0x02u
#define PTE_CACHED       0x0Cu
#define PTE_AP(ap)       ((uint32_t)(ap) * 0x550u)
#define PTE_AP_LEAF      0x0F0u   /* AP0, AP1 read-write, AP2, AP3 read-only */
#define PTE_SECTION_AP(ap) ((uint32_t)(ap) << 10)

#endif /* TESTS_TEST_H */
