#ifndef SETPOINT_OWED_H
#define SETPOINT_OWED_H

#include "reconcile/state.h"

/* Answers that wait for the ledger: "done" to what a restart must not forget is only said once it is stored.
 */

struct owed {
    uint64_t command;
    uint64_t save_id; /* 0 = of this turn's save, which has no id yet */
    char *message;    /* owned */
};

/* Answered with ANSWER_DONE once what this turn writes is stored, with ANSWER_FAILED and a word about it when
   it cannot be. */
void owed_answer(struct state *state, uint64_t command, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For store.c: this turn's save got its id; a save (0 = this turn's) has ended. */
void owed_name(struct state *state, uint64_t save_id);
void owed_settle(struct state *state, uint64_t save_id, bool stored);
void owed_release(struct state *state);

#endif
