#ifndef SETPOINT_CTL_NOTICES_H
#define SETPOINT_CTL_NOTICES_H

#include "ctl/answer.h"
#include "ctl/command.h"

/* What holds for everything, a whole cloud or a whole source, and of suspended objects that have nothing to
 * wait for (/v1/notices, and a member of a plan). */

/* Those that concern what this run asks for; NULL = the daemon does not tell. To be deleted. */
cJSON *notices_ask(struct run *run);
/* A line each. */
void notices_add(const cJSON *notices, const struct screen *screen, struct text *out);
/* What of them a list of clouds (of sources, when `of` is "source") does not tell: suspensions, modes,
   brakes. Asks for them itself; nothing where they cannot be had. */
void notices_list_add(struct run *run, const char *of, struct text *out);
/* The first that says that what is shown is not up to date; NULL = none. */
const char *notices_unread(const cJSON *notices);

#endif
