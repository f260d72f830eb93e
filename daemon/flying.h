#ifndef SETPOINT_DAEMON_FLYING_H
#define SETPOINT_DAEMON_FLYING_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/flight.h"

/* The flights whose request was given out and has no response yet, by their id. Owns them. */
struct flying {
    struct flight **rows; /* sorted by id */
    uint32_t count, room;
    uint64_t last_id;
};

void flying_release(struct flying *flying); /* frees what is in it */
/* Gives the flight its id, the highest so far. */
void flying_add(struct flying *flying, struct flight *flight);
/* The first flight whose id is at least `id`; NULL. */
struct flight *flying_from(const struct flying *flying, uint64_t id);
/* Takes it out, its id 0 again; NULL: there is none of that id. */
struct flight *flying_take(struct flying *flying, uint64_t id);
/* Some call carries the token `serial` of this account. */
bool flying_carries(const struct flying *flying, const struct account *account, uint64_t serial);

#endif
