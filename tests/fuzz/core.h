#ifndef SETPOINT_TESTS_FUZZ_CORE_H
#define SETPOINT_TESTS_FUZZ_CORE_H

#include "daemon/batch.h"
#include "reconcile/step.h"
#include "tests/sim/disk.h"

/* A core with a disk below it. Whatever it does is held against what a ledger and a cloud may be given:
   a mutating call leaves only while observed by nobody, and after its intent is durable; ids grow. */
struct core {
    struct state *state;
    struct batch events; /* of the next turn */
    struct effects effects;
    struct disk *disk;
    struct now now;
    unsigned starts;
    bool observes;      /* mode of the installation */
    bool ledger_damage; /* the core called its ledger corrupt */
    void (*sent)(void *ctx, const struct call *call);
    void *ctx;
};

void core_begin(struct core *core, struct now now);
void core_end(struct core *core);
void core_start(struct core *core); /* the process; its first event is the caller's: EVENT_LEDGER */
void core_crash(struct core *core); /* and what was not durable is lost */
/* EVENT_LEDGER with what is on the disk. */
void core_offer_ledger(struct core *core);
/* Turns until the core wants no more. Saves that begin in them are on the disk's row afterwards. */
void core_turn(struct core *core);
/* The oldest save ends; the core hears of it in the next turn. */
void core_save_ends(struct core *core, bool fails);
/* Every look at the state there is: no crash, and JSON. */
void core_show(struct core *core);

#endif
