/* SPDX-License-Identifier: MIT */
/* trace_print.c - trace records as text. */
#include <hv/trace.h>
#include <hv/console.h>
#include <hv/hypercall.h>
#include <hv/lib.h>


static const char *const event_names[TRACE_EVENTS] = {
	[TRACE_HYPERCALL] = "hypercall",
	[TRACE_SWITCH] = "switch",
	[TRACE_TRAP] = "trap",
	[TRACE_IRQ] = "irq",
	[TRACE_EVENT] = "event",
	[TRACE_TIMER] = "timer",
	[TRACE_CRASH] = "crash",
};

static const char *const vector_names[TRAP_VECTORS] = {
	"?", "undefined", "swi", "prefetch abort", "data abort",
};

static const char *domain_text(uint32_t id, char *to, size_t size)
{
	if (id == 0xFFFFu)
		return "idle";
	snprintf(to, size, "d%u", id);
	return to;
}

static void describe(const struct trace_record *r, char *to, size_t size)
{
	char from_text[12], to_text[12];

	switch (r->event) {
	case TRACE_HYPERCALL:
		snprintf(to, size, "%s(0x%x...)", hypercall_name(r->a), r->b);
		break;
	case TRACE_SWITCH:
		snprintf(to, size, "%s -> %s", domain_text(r->a, from_text, sizeof(from_text)),
			 domain_text(r->b & 0xFFFFu, to_text, sizeof(to_text)));
		if (r->b >> 16)
			snprintf(to + strlen(to), size - strlen(to), " by line %u",
				 (r->b >> 16) - 1u);
		break;
	case TRACE_TRAP:
		snprintf(to, size, "%s at %08x",
			 r->a < TRAP_VECTORS ? vector_names[r->a] : "?", r->b);
		break;
	case TRACE_IRQ:
		snprintf(to, size, "line %u", r->a);
		break;
	case TRACE_EVENT:
		snprintf(to, size, "d%u port %u", r->a, r->b);
		break;
	case TRACE_TIMER:
		snprintf(to, size, "due %d ns ago", (int32_t)(r->b - r->a));
		break;
	case TRACE_CRASH:
		snprintf(to, size, "d%u at %08x", r->a, r->b);
		break;
	default:
		snprintf(to, size, "%08x %08x", r->a, r->b);
		break;
	}
}

void trace_print(const struct trace_record *record, uint32_t newest)
{
	char text[56];

	describe(record, text, sizeof(text));
	log_line("%9d %-9s %s", (int32_t)(record->time - newest),
		 record->event < TRACE_EVENTS ? event_names[record->event] : "?", text);
}

/* The records do not change meanwhile: interrupts are off, printing makes none. */
void trace_dump(unsigned int last)
{
	static struct trace_record records[64];
	unsigned int n, i;

	n = trace_copy(records, last < ARRAY_SIZE(records) ? last : ARRAY_SIZE(records));
	log_line("trace: %u newest records (ticks back, event)", n);
	for (i = 0; i < n; i++)
		trace_print(&records[i], records[n - 1].time);
}
