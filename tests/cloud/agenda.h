/* What will happen when: a heap by due time, then by order of entry. */
#ifndef SETPOINT_TESTS_CLOUD_AGENDA_H
#define SETPOINT_TESTS_CLOUD_AGENDA_H

#include "cloud.h"

struct server;

enum agenda_kind {
    AGENDA_STEP,   /* a server's next step */
    AGENDA_APPEAR, /* a ghost comes into being */
    AGENDA_RETURN, /* a deleted one is back */
    AGENDA_STRIP,  /* setpoint.* metadata vanish */
    AGENDA_EDIT,   /* a metadata key is set: text */
    AGENDA_VOLUME, /* an attachment or detachment is through: text = volume id */
    AGENDA_IMAGE,  /* a saved image is ready: text = id */
};

struct agenda_entry {
    int64_t due_ms;
    uint64_t order;
    enum agenda_kind kind;
    struct server *server; /* servers live as long as the cloud */
    unsigned generation;   /* AGENDA_STEP: void if the server's has moved on */
    char text[160];
};

struct agenda {
    struct agenda_entry **entries;
    size_t count;
    size_t capacity;
    uint64_t order;
};

void agenda_release(struct agenda *agenda);
void agenda_add(struct agenda *agenda, int64_t due_ms, enum agenda_kind kind, struct server *server,
                unsigned generation, const char *text);
/* INT64_MAX when empty. */
int64_t agenda_next(const struct agenda *agenda);
/* The first one, now the caller's to free; NULL when it is later than now_ms. */
struct agenda_entry *agenda_take(struct agenda *agenda, int64_t now_ms);

#endif
