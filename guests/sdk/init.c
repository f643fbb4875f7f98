/* SPDX-License-Identifier: MIT */
/*
 * init.c - from _start to main().
 *
 * Owns the start of day: tells the hypervisor of the trap table, the event
 * callback and the restartable sequences, then runs main() with events
 * unmasked.  When main() returns its value goes to exit().
 */
#include <stdlib.h>
#include <sdk/domain.h>
#include <sdk/event.h>
#include <sdk/console.h>
#include "internal.h"
#include <xen/callback.h>

struct start_info *start_info;
struct shared_info *shared_info;

int main(void);
_Noreturn void sdk_start(struct start_info *info);

static void init_callback(void)
{
	struct callback_register callback = {
		.type = CALLBACKTYPE_event,
		.address = ARG(sdk_upcall_entry),
	};

	if (hypercall_callback_op(CALLBACKOP_register, ARG(&callback)) != 0) {
		console_puts("sdk: no event callback");
		domain_shutdown(SHUTDOWN_crash);
	}
}

_Noreturn void sdk_start(struct start_info *info)
{
	start_info = info;
	shared_info = (struct shared_info *)(uintptr_t)info->shared_info;
	trap_init();
	init_callback();
	if (hypercall_set_restart(ARG(sdk_restart_start), ARG(sdk_restart_end)) != 0) {
		console_puts("sdk: no restartable sequences");
		domain_shutdown(SHUTDOWN_crash);
	}
	event_init();
	events_unmask();
	exit(main());
}
