#ifndef SETPOINT_SERVER_H
#define SETPOINT_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/heap.h"
#include "reconcile/facts.h"

/* The observed model: what a cloud reported of its servers. One row per provider id, sorted by id; a second
   sorted row by name answers "is this name taken". A server owns its memory; its facts are replaced as a
   whole, so the form can become compact without anybody noticing. */

struct object;

struct server {
    char *block; /* one allocation with all text of `facts` */
    struct facts
        facts;     /* of a stranger (nobody's, unmarked) mostly without values: id, name and phase matter */
    bool stripped; /* they were left out */
    uint64_t facts_hash; /* equal = nothing new */
    int64_t asked_ms;    /* when the request was sent whose reply gave `facts` */
    bool asked_by_get;
    bool fault_asked;   /* in error, and a GET since has told the fault or that there is none */
    bool proven_by_get; /* a GET has shown it, and none since said that it is absent: no old news from a list
                         */
    int64_t life_ms;    /* asked of the last sign of life; a reply that accepts a create is one */
    int64_t phase_since_ms; /* when the present phase was first seen */
    int64_t first_seen_ms;
    int64_t first_asked_ms; /* begin of the earliest list, or asked of the earliest GET, that showed it; 0 =
                               none did */
    int64_t binned_ms;  /* asked of the newest reply that says it is deleted while one more delete is taken
                           there:  the recycle bin; 0 = no sign of that since */
    bool binned_by_us;  /* our delete put it there, and this process knows */
    bool stillborn;     /* its build failed, and the provider takes no delete for it: it goes by itself */
    int64_t missing_ms; /* begin of the first complete list after life + settle that lacks it; 0 = none */
    int64_t missing_again_ms; /* begin of the second, an interval later; 0 = none */
    int64_t gone_asked_ms; /* asked of the newest GET that said absent, and no sign of life since; 0 = none */
    uint64_t list_serial;  /* of the newest list that had it */
    bool suspect;          /* something said that it is gone: GET or list as soon as may be */
    int64_t vanished_ms;   /* missing since then, counted by the vanish brake; 0 = not */
    bool ran;              /* some reply showed that it ran, be it an older one than `facts` */
    bool expected;         /* never seen in a reply yet: known from a create's reply or from the ledger */
    bool foreign_writer;   /* carries our owner with another writer id, made after our start */
    struct object *owner;  /* bound as current or next */
    struct object *marked; /* the object its whole mark of our owner and cloud names */
    struct heap_entry look; /* when to GET it */
    int64_t look_delay_ms;
    bool look_in_flight;
    uint32_t follower; /* a guess: the place in by_id of what came behind it in the last list */
};

struct servers {
    struct server **by_id;
    uint32_t count, room;
    uint32_t walked; /* a guess, too: the place that servers_find_next found last */
    struct server *
        *by_name; /* sorted by name, then id; built at the first question, kept up to date from then on */
    bool names_built;
    bool whole; /* somebody wants to see strangers: their values are kept meanwhile */
    uint32_t names_count, names_room;
};

void servers_release(struct servers *servers);
struct server *servers_find(const struct servers *servers, const char *id);
/* It is one of these: ids of several clouds may be the same. */
bool servers_have(const struct servers *servers, const struct server *server);
/* The same for whoever goes through one list after another: what came next the last time is tried first. */
struct server *servers_find_next(struct servers *servers, const char *id);
struct server *servers_add(struct servers *servers, const char *id, int64_t now_ms);
void servers_remove(struct servers *servers, struct server *server);
/* Some server of that name that is not gone, other than those bound to `except`; NULL = the name is free. */
struct server *servers_named(struct servers *servers, const char *name, const struct object *except);
/* All servers of that name, sorted by id; the row is valid until a server comes, goes or is renamed. */
struct server *const *servers_of_name(struct servers *servers, const char *name, uint32_t *out_count);
/* As seen last, but what is in the recycle bin is gone. */
enum phase server_phase(const struct server *server);
/* Copies facts into the server. Returns whether anything changed. Does not judge which facts are newer. */
bool server_take_facts(struct servers *servers, struct server *server, const struct facts *facts,
                       int64_t now_ms);
/* It is somebody's from now on (bound): what was not kept of a stranger must be told again. */
void server_belongs(struct server *server);
/* "building" and the like: an action is under way by itself. */
bool server_is_open(const struct server *server);
/* In error, no reply has told why, and no GET was answered since: lists may be silent about faults. */
bool server_fault_is_unread(const struct server *server);

#endif
