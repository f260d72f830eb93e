#ifndef SETPOINT_TESTS_SIM_PEOPLE_H
#define SETPOINT_TESTS_SIM_PEOPLE_H

#include <cjson/cJSON.h>

#include "tests/sim/world.h"

/* The users: they edit manifests and give commands. Operators: they change the cloud behind the daemon's
 * back. */

/* The name of a server that has nothing to do with ours. */
#define PEOPLE_STRANGER "stranger"

void people_edit(struct world *world);    /* a few wishes of one source change */
void people_replace(struct world *world); /* a few wishes want another image, or again the one before */
void people_remove(struct world *world);  /* documents leave, or come back */
void people_command(struct world *world); /* one command */
void people_approve(struct world *world); /* every hold in force */
/* All but what this source holds. */
void people_approve_others(struct world *world, unsigned source);
void people_retry(struct world *world); /* sync NAME of whatever waits for that */
/* Where marks tell nothing: takes over what stands under the name of an object that is kept from its own. */
void people_claim(struct world *world);
void people_resume(struct world *world);  /* everything */
void people_operate(struct world *world); /* one change behind the daemon's back */
void people_put_right(
    struct world *world); /* what operators left: locks, pauses, tasks that never end, quotas */

void people_rule(
    struct world *world); /* the configuration is as it was, and what was released is ours again */
/* The same of one thing. */
void people_resume_one(struct world *world, const char *target);
/* Each hold of that reason ("" = any) of which this member ("holdId", "source", "cloud") is so; false: there
   is none. */
bool people_approve_some(struct world *world, const char *reason, const char *key, const char *value);
void people_claim_one(struct world *world, const char *source, const char *name, const char *server);
void people_rebuild_ledger(struct world *world);
/* The source's document goes, or comes back. */
void people_turn_source(struct world *world, unsigned place, bool absent);
/* Chosen by chance. NULL: the source has none. */
unsigned people_source(struct world *world);
const struct wish *people_wish(struct world *world, unsigned *out_place);
/* Text of a JSON object; "" when there is none. */
const char *people_read(const cJSON *object, const char *key);

#endif
