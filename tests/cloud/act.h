/* What the actions of all dialects have in common: the server's history, the faults that concern the course
 * of what is begun, the end of a server. Whether an action is allowed, and what is replied, is the dialect's.
 */
#ifndef SETPOINT_TESTS_CLOUD_ACT_H
#define SETPOINT_TESTS_CLOUD_ACT_H

#include "call.h"
#include "life.h"

/* A row of the server's history. */
void act_note(struct call *call, const char *name);
/* Begins what the call asks for, with the faults action-error, action-slow, action-endless and
 * verify-forgotten. The fault ignored is asked for before, with call_is_ignored. */
void act_life(struct call *call, enum operation_kind kind);
/* Begins to save the call's server as that image, new in the catalogue: listed as pending at once, ready when
 * the server's task is over. The fault action-error kills the image and leaves the server alone; ignored: it
 * stays pending. */
void act_image(struct call *call, struct item *image);
/* Deletes the call's server (faults ignored and returns too); nothing when that is under way. */
void act_delete(struct call *call);

#endif
