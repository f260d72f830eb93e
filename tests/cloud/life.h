/*
 * Life cycles: what a server passes through during each operation, and how it
 * ends. The sequences are those seen on the real Nova (recorded/transitions.txt);
 * steps that its poller was too slow to see are from Nova's source.
 */
#ifndef SETPOINT_TESTS_CLOUD_LIFE_H
#define SETPOINT_TESTS_CLOUD_LIFE_H

#include "state.h"

enum operation_kind {
    LIFE_CREATE,
    LIFE_CREATE_NO_HOST,
    LIFE_START,
    LIFE_STOP,
    LIFE_REBOOT_SOFT,
    LIFE_REBOOT_HARD,
    LIFE_RESIZE,
    LIFE_RESIZE_LATE, /* nothing is seen of it for a while */
    LIFE_CONFIRM,
    LIFE_REVERT,
    LIFE_SHELVE,
    LIFE_SHELVE_VOLUME, /* booted from a volume: no image to save */
    LIFE_OFFLOAD,
    LIFE_UNSHELVE,
    LIFE_REBUILD,
    LIFE_DELETE,
    LIFE_BIN,       /* a delete into a recycle bin */
    LIFE_STOP_VAIN, /* a stop to which the guest does not listen */
    LIFE_IMAGE,
    LIFE_KIND_COUNT,
};

enum { LIFE_BIN_MS = 2 * 3600 * 1000 /* a recycle bin empties itself */ };

/* Begins an operation; its end comes by itself. How long it takes is drawn from
 * options.durations, plus extra_ms. */
void life_begin(struct cloud *cloud, struct server *server, enum operation_kind kind, int64_t extra_ms);
/* What is under way takes this much longer. */
void life_delay(struct cloud *cloud, struct server *server, int64_t more_ms);
/* Ends what is under way without an outcome: the task is gone. */
void life_stop(struct cloud *cloud, struct server *server);
/* At once, whatever is under way. */
void life_settle(struct cloud *cloud, struct server *server, enum vm_state vm);
void life_fail(struct cloud *cloud, struct server *server, const char *message);
void life_gone(struct cloud *cloud, struct server *server);
/* Whether this operation is the one under way. */
bool life_is(const struct server *server, enum operation_kind kind);
/* The step that was due. */
void life_step(struct cloud *cloud, struct server *server);
/* Carries out what is due (due.c). */
void life_due(struct cloud *cloud, struct agenda_entry *entry);

/* birth.c: an empty server of this project with id, address and so on drawn; not in the
 * fleet yet. */
struct server *life_new(struct cloud *cloud, const char *project, const char *name, struct item *flavor,
                        struct item *image);
/* One more port, with the address given or one drawn (NULL). False when it has the most. */
bool life_plug(struct cloud *cloud, struct server *server, struct item *network, struct item *subnet,
               const char *address);
/* Puts it into the fleet, created now, and lets it build. */
void life_appear(struct cloud *cloud, struct server *server);

#endif
