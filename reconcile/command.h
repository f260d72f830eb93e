#ifndef SETPOINT_COMMAND_H
#define SETPOINT_COMMAND_H

#include "reconcile/state.h"

/* What people ask over the control socket. Every command is answered by exactly one EFFECT_ANSWER, a sync
   when lists asked after it are in, and the catalogues that were never read before and are needed now; but
   COMMAND_NOTE, by which every acting request is an event with uid and pid before anything comes of it. */
void command_take(struct state *state, const struct event_command *command);
/* command_sync.c: asks anew for what the command names; and answers the syncs whose lists are in, or whose
 * clouds cannot be asked now. */
void command_sync(struct state *state, const struct event_command *command);
void commands_answer(struct state *state);

#endif
