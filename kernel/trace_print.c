/* SPDX-License-Identifier: MIT */
/* trace_print.c - trace records as text. */
#include <hv/trace.h>
#include <hv/board.h>
#include <hv/domain.h>
#include <hv/hypercall.h>
#include <drv/timer.h>

static const char *const vector_names[TRAP_VECTORS] = {
	"?", "undefined", "swi", "prefetch abort", "data abort",
};

static const char *domain_name(uint32_t id)
{
	return id < domain_count ? domains[id]->name : "idle";
}

static void print_switch(int32_t at, uint32_t from, uint32_t to)
{
	const char *name = domain_name(to & 0xFFFFu);

	if (to >> 16)
		log_line("%9d switch    %s -> %s by line %u", at, domain_name(from), name, (to >> 16) - 1u);
	else
		log_line("%9d switch    %s -> %s", at, domain_name(from), name);
}

void trace_print(const struct trace_record *r, uint32_t newest)
{
	uint32_t turned = board.timer->counter_xor;
	int32_t at = (int32_t)((r->time ^ turned) - (newest ^ turned));

	switch (r->event) {
	case TRACE_HYPERCALL:
		log_line("%9d hypercall %s(0x%x...)", at, hypercall_name(r->a), r->b);
		break;
	case TRACE_SWITCH:
		print_switch(at, r->a, r->b);
		break;
	case TRACE_TRAP:
		log_line("%9d trap      %s at %08x", at,
			 r->a < TRAP_VECTORS ? vector_names[r->a] : "?", r->b);
		break;
	case TRACE_IRQ:
		log_line("%9d irq       line %u", at, r->a);
		break;
	case TRACE_EVENT:
		log_line("%9d event     d%u port %u", at, r->a, r->b);
		break;
	case TRACE_TIMER:
		log_line("%9d timer     due %d ns ago", at, (int32_t)(r->b - r->a));
		break;
	case TRACE_CRASH:
		log_line("%9d crash     d%u at %08x", at, r->a, r->b);
		break;
	default:
		log_line("%9d ?         %08x %08x", at, r->a, r->b);
		break;
	}
}

uint32_t trace_dump(unsigned int last, uint32_t at)
{
	static struct trace_record records[64]; /* they do not change while they are printed */
	static unsigned int count;

	if (at) {
		trace_print(&records[at - 1], records[count - 1].time);
	} else {
		count = trace_copy(records, last < ARRAY_SIZE(records) ? last : ARRAY_SIZE(records),
				   trace_end());
		log_line("trace: %u newest records (ticks back, event)", count);
	}
	return at < count ? at + 1 : 0;
}
