/* SPDX-License-Identifier: MIT */
/*
 * echo.c - answers events, repeats what is typed, survives its own faults.
 *
 * Give it 128 KiB in the resident window at 0xF0100000.  Any domain named by
 * peer= on its command line may bind its first port; each event is answered
 * by one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sdk/console.h>
#include <sdk/domain.h>
#include <sdk/event.h>
#include <sdk/trap.h>

static volatile unsigned int events;

static void answer(evtchn_port_t port, void *data)
{
	(void)data;
	events++;
	event_send(port);
}

static void typed(evtchn_port_t port, void *data)
{
	char text[64];
	int count;

	(void)port;
	(void)data;
	while ((count = console_read(text, sizeof(text))) > 0)
		console_write(text, (size_t)count);
}

int main(void)
{
	const char *peer = strstr((const char *)start_info->cmd_line, "peer=");
	domid_t remote = peer == NULL ? 0 : (domid_t)strtoul(peer + 5, NULL, 0);
	uint32_t value;
	int port = event_listen(remote, answer, NULL);

	printf("echo: domain %u may send to port %d\n", remote, port);
	if (trap_load((void *)ARMV5_HYPERVISOR_START, &value) == TRAP_DATA_ABORT)
		printf("echo: the hypervisor's memory is not for us: fsr %lu, far %#lx\n",
		       (unsigned long)trap_last.fsr, (unsigned long)trap_last.far);
	event_bind_virq(VIRQ_CONSOLE, typed, NULL);
	for (unsigned int shown = 0;;) {
		events_mask();
		if (shown == events) {
			domain_block();
			events_unmask();
			continue;
		}
		shown = events;
		events_unmask();
		printf("echo: %u events answered\n", shown);
	}
}
