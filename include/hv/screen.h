/* SPDX-License-Identifier: MIT */
/*
 * screen.h - who is where on the terminal: lines of several writers on one screen.
 *
 * Every line begins with its writer's name, put there by the hypervisor.  The lines
 * of a domain appear when they are finished, of the domain with the input focus
 * also before.  What a domain without the focus writes is reduced to printable
 * characters (backspaces and the like are applied to the line before it is shown).
 * The domain with the focus may also move the cursor, for line editing and
 * full-screen programs: it can deceive the eye, not the byte stream, in which
 * a name follows every CR and LF.
 */
#ifndef HV_SCREEN_H
#define HV_SCREEN_H

#include <hv/types.h>

#define SCREEN_LINE   256u /* longer lines are broken */
#define SCREEN_PREFIX 32u  /* "(name) ", made a piece at a time */
#define SCREEN_ESCAPE 16u  /* longer escape sequences are dropped */

struct screen_line {
	char prefix[SCREEN_PREFIX];
	char text[SCREEN_LINE];     /* the unfinished line, printable characters */
	char escape[SCREEN_ESCAPE]; /* the unfinished escape sequence */
	uint16_t length, column;
	uint8_t escape_length, state, prefix_length;
	bool returned;              /* a CR waits for what follows */
	bool coloured;              /* attributes may be on */
};

/* The most characters that writing count of a domain puts into the ring. */
#define SCREEN_WORST(count) (2u * SCREEN_LINE + 64u + 32u * (count))

/* Writes printable characters up to another one, or that one: size is not 0, the result
 * how many they were, which may be none if a line has to be put first.  Short, whatever they are. */
uint32_t screen_write(struct domain *d, const char *text, uint32_t size);
/* While a line is being put, piece by piece, nobody else writes: log.c. */
bool screen_busy(void);
void screen_step(void);
/* The rest of that line is not put any more. */
void screen_forget(void);
/* Prints what the domain left unfinished in its past life and forgets it. */
void screen_domain_init(struct domain *d);
/* Before and after a line of the hypervisor's own; nobody else writes in between. */
void screen_line_begin(void);
void screen_line_end(void);
/* Whose unfinished line is shown; NULL: nobody's. */
void screen_focus(struct domain *d);
/* All is written out: shows the unfinished line again if another line came over it, then true. */
bool screen_idle(void);

#endif
