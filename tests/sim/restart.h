#ifndef SETPOINT_TESTS_SIM_RESTART_H
#define SETPOINT_TESTS_SIM_RESTART_H

#include "tests/cloud/cloud.h"
#include "tests/sim/call_log.h"
#include "tests/sim/dice.h"
#include "tests/sim/fleet.h"

struct call;
struct world;

/* Restart equivalence. At a random turn the world is copied (fork) without its faults: in one copy the run
   goes on, in the other one the state is dropped and rebuilt from the ledger's rows, the manifests and one
   full list. The same things then happen in both, and both must issue the same calls. The run that was copied
   knows nothing of it: its trace is the same with and without.

   What is compared: each object's mutating calls, in order, with their server, argument and value, over at
   least 20 turns and until both have come to rest. What is not: when they are sent, and looks. */

/* What the rebuilt state knows less of, by design. Objects that one of these concerns at the time of the copy
   are not compared; the table stands in restart.c. */

enum { RESTART_OBJECT_WORDS = 3 * FLEET_NAME + 3 /* source/name, or source/name@cloud */ };

struct restart {
    bool wanted;
    struct dice dice;
    int64_t due_ms;           /* at the first turn from then on; INT64_MAX = not any more */
    bool settled;             /* all was as it should be: new things happen in both copies */
    uint64_t compared, calls; /* so far; calls: of the runs that went on */
    struct call_log *log;     /* in a copy: what it sends; NULL = nobody asks */
    struct call_log *open;    /* in a copy: "source/name Call" and argument of what was under way then */
    int64_t begun_ms;         /* in a copy: when it was made */
    size_t servers_before[FLEET_CLOUDS_MAX]; /* in a copy: those with a place below are named by id */
};

typedef void world_runner(struct world *world, int64_t until_ms);

void restart_draw(struct world *world, bool wanted);              /* when, in the time of faults */
void restart_draw_settled(struct world *world, int64_t until_ms); /* and once more, in the quiet at the end */
bool restart_is_due(const struct world *world);
void restart_compare(struct world *world, world_runner *run_until);
/* Whose call it is, as the ledger says: "source/name", of a key pair "source/name@cloud"; "?" = not known. */
const char *restart_object_of(const struct world *world, uint64_t call_id, char out[RESTART_OBJECT_WORDS]);
/* It only writes our mark anew. */
bool restart_is_repair(const struct call *call);
/* In a copy: this call is sent. */
void restart_note(struct world *world, const struct call *call);

#endif
