#ifndef SETPOINT_GAP_H
#define SETPOINT_GAP_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/object.h"
#include "reconcile/server.h"
#include "reconcile/state.h"

/* The fields in which desired and observed differ, each with both values. Computed from state whenever it is
   needed; nothing keeps it. All text lives in the arena given. */

enum gap_kind {
    GAP_CHANGE,     /* can be changed in place */
    GAP_IMMUTABLE,  /* would need another server */
    GAP_IGNORED,    /* lifecycle.ignore, or createOnly: reported, not corrected */
    GAP_UNRESOLVED, /* the cloud must be asked for a name first, or has no such name */
    GAP_UNFIT,      /* what is asked for does not go with the server's image: `name` says why */
    GAP_BARRED      /* something stands in the way that is not ours to move: `reason` and `why` */
};

/* One provider call that closes (a part of) a gap. */
struct step_call {
    enum call_kind kind;
    enum field field;
    const char *argument;
    const char *value;
};

struct gap {
    enum field field;
    enum gap_kind kind;
    struct value desired, actual; /* for people: names where they are known */
    bool pending;                 /* waits for a power state in which it can be changed (set by route.c) */
    const char *name; /* UNFIT: why. BARRED by an address: which. UNRESOLVED: what is looked up … */
    enum catalogue_kind names; /* … and where */
    bool missing;              /* UNRESOLVED: the cloud has no such thing */
    enum reason reason;        /* BARRED: what is to be said … */
    const char *why;           /* … and the sentence */
    const char *id;            /* flavor and image, seen and resolved: what is desired */
    struct step_call *calls;   /* CHANGE: in order; all of one kind of change */
    uint32_t call_count;
};

struct gaps {
    struct gap items[FIELD_COUNT];
    uint32_t count;
    uint32_t unverified; /* FIELD_BITs: managed, cannot be seen, and nothing tells what was applied */
};

/* object->spec and object->cloud must not be NULL. Names that must be read are wished for. */
void gap_compute(struct state *state, const struct object *object, const struct server *server,
                 struct arena *arena, struct gaps *out);
/* The groups as the cloud shows them: ids that are known by name replaced, sorted. */
struct value gap_group_names(const struct cloud *cloud, struct value desired, struct arena *arena);
/* The hash that stands for an unseen field in ledger and mark. */
uint64_t gap_applied_hash(const struct state *state, const struct spec *spec, enum field field);
/* The fields whose applied hash is recorded at create. */
uint32_t gap_recorded_fields(void);

#endif
