#ifndef SETPOINT_FACTS_H
#define SETPOINT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/mark.h"
#include "reconcile/phase.h"
#include "reconcile/value.h"

/* What one reply says of one server. Made by a provider's decoder in the reply's arena; the core copies what
   it keeps. A field whose bit is not in `seen` was not in the reply: nothing is concluded about it. */
enum launched { LAUNCHED_UNKNOWN, LAUNCHED_NEVER, LAUNCHED_ONCE };

struct facts {
    const char *id;
    const char *name;   /* "" when the reply has none */
    const char *status; /* the provider's own words: "ACTIVE (powering-off)" */
    enum phase phase;
    /* What the server returns to when a resize is confirmed: PHASE_RUNNING or PHASE_STOPPED; elsewhere =
     * phase. */
    enum phase rests;
    uint32_t seen;                    /* FIELD_BITs */
    struct value values[FIELD_COUNT]; /* flavor and image as ids; metadata without our own mark's keys */
    bool marked;                      /* a mark of this program is there */
    bool mark_whole;                  /* and every part of it is valid */
    struct mark mark;
    const char
        *own_text; /* MARK_IN_DESCRIPTION: the description behind the mark, or all of it; NULL = not told */
    /* Where it can be reached: rows of (address, "fixed" or "floating", network or ""); nothing is managed by
       it. addresses_seen false = the reply told none. */
    bool addresses_seen;
    struct value addresses;
    const char *nic;         /* the id of its first network interface; NULL = not told */
    bool fault_is_capacity;  /* the fault says that no host or quota was left: one build probes, the others
                                wait */
    const char *fault;       /* why it is in error; "" when not told */
    int64_t created_wall_ms; /* -1 unknown */
    enum launched launched;
    uint32_t vcpus, ram_mib; /* its size as its own row tells it; 0 = not told */
    bool locked;             /* the provider refuses changes: lock, deletion protection */
};

#endif
