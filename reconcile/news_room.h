#ifndef SETPOINT_NEWS_ROOM_H
#define SETPOINT_NEWS_ROOM_H

#include "reconcile/news.h"

/* Within news*.c: who is told of, and what they wait in. */

/* An object, or a brake: a reason that holds for a cloud, a source or the whole daemon. */
struct news_subject {
    struct object *object;    /* NULL: a brake */
    enum reason told;         /* REASON_COUNT = nothing: all is well */
    struct news_group *group; /* that it waits in; NULL */
    bool settling;            /* it was told, and the ledger must be */
    struct news_subject *previous, *next;

    /* brake */
    enum reason reason;
    char cloud[LIMIT_DOCUMENT_NAME + 1], source[LIMIT_DOCUMENT_NAME + 1]; /* "" = not of one */
    char *message;
    bool seen;   /* at the newest look */
    bool loaded; /* from the ledger, and not seen in this process: not over before it can be known */
};

struct news_row {
    struct news_subject *first, *last;
    uint32_t count;
};

/* Subjects that have the same to tell. Never freed: as many as there are reasons and clouds. */
struct news_group {
    bool whole; /* brakes */
    bool over;
    enum reason reason;        /* that is, or is over */
    const struct cloud *cloud; /* of objects; NULL = none */
    struct news_row waiting;   /* not told yet */
    struct news_row told;      /* and not all in the ledger yet */
    int64_t first_ms, last_ms; /* when the first and the newest of `waiting` joined */
    int64_t next_ms;           /* it is not told before */
};

struct news_told { /* a row of the ledger whose object was not seen yet */
    char *subject;
    enum reason reason;
    bool taken;
};

struct news_room {
    struct news_group **groups;
    uint32_t group_count, group_room;
    struct news_subject **brakes;
    uint32_t brake_count, brake_room;
    struct news_told *loaded; /* sorted, see loaded_sort */
    uint32_t loaded_count, loaded_room;
    bool loaded_sorted;
    int64_t looked_ms; /* at brakes; 0 = never */
};

struct news_subject *subject_new(struct object *object); /* NULL: a brake */
/* Into the group of that key, out of the one it is in; out of it alone. One that was told stays told. */
void subject_join(struct state *state, struct news_subject *subject, struct news_group key);
void subject_leave(struct state *state, struct news_subject *subject);
/* What people know of it, or will in this turn. */
enum reason subject_told(const struct news_subject *subject);

/* news_brake.c: looks at what holds for all; a row of the ledger, "AuthFailed/nhn/". */
void brakes_look(struct state *state);
bool brake_load(struct state *state, const char *subject);
void brakes_free(struct news_room *room);

/* news_message.c: the group's message, if the target wants any of it. */
void group_notify(struct state *state, const struct news_group *group, const struct notify_target *target);
enum notify_kind group_kind(const struct news_group *group);

#endif
