#ifndef SETPOINT_TESTS_FUZZ_TOY_H
#define SETPOINT_TESTS_FUZZ_TOY_H

#include "providers/provider.h"
#include "reconcile/reply.h"

/* The clouds of the step target, so small that they can be seen as right: servers with what a create gave
   them, changed by calls as the provider's own table of transitions says. What takes time waits for
   toy_settle. Nothing is freed before the end. */

enum { TOY_CLOUDS = 2, TOY_SERVERS = 64, TOY_ENTRIES = 16 };

struct toy_server {
    const char *id, *name, *description;
    unsigned cloud;
    bool foreign; /* not made by a call */
    bool gone;
    bool hides; /* fields that a reply may leave out are left out */
    bool locked;
    bool never_ran;
    enum phase phase, rests;
    enum phase coming; /* at toy_settle; PHASE_COUNT = it stays */
    int64_t created_wall_ms;
    struct value values[FIELD_COUNT]; /* metadata without the mark's keys */
    struct value marks;               /* those */
};

struct toy_key {
    const char *name, *line;
    unsigned cloud;
};

struct toy {
    struct arena *arena;
    const struct traits *traits[TOY_CLOUDS];
    struct toy_server servers[TOY_SERVERS];
    unsigned server_count;
    struct toy_key keys[TOY_ENTRIES];
    unsigned key_count;
    const char *images[TOY_ENTRIES]; /* made by snapshots */
    unsigned image_count, image_ready;
};

/* NULL: there is no room. */
struct toy_server *toy_add(struct toy *toy, unsigned cloud, const char *name, int64_t wall_ms);
struct toy_server *toy_find(struct toy *toy, const char *id);

/* What the cloud does with a call that arrives: REPLY_OK, or why not. `call` was copied into the arena. */
enum reply_kind toy_take(struct toy *toy, unsigned cloud, const struct call *call, int64_t wall_ms);
/* What was begun is done; `fails`: badly. */
void toy_settle(struct toy *toy, bool fails);

/* What it shows. `lacks`: the list leaves the server of this place out; 0 = none. */
void toy_show(const struct toy *toy, unsigned cloud, const struct call *call, unsigned lacks,
              struct arena *arena, struct reply *out);

#endif
