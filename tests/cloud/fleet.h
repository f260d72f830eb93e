/* All servers that ever were, in the order of their creation, with an index by id and a count by object. */
#ifndef SETPOINT_TESTS_CLOUD_FLEET_H
#define SETPOINT_TESTS_CLOUD_FLEET_H

#include "index.h"
#include "server.h"

struct object_count {
    char name[CLOUD_NAME_SIZE];
    unsigned live;
    unsigned live_max;
};

struct fleet {
    struct server **servers;
    size_t count;
    size_t capacity;
    size_t live;
    size_t live_max;
    struct index by_id;
    struct object_count **objects;
    size_t object_count;
    size_t object_capacity;
    struct index by_object;
    unsigned object_live_max;
    uint64_t created;
    uint64_t deleted;
};

void fleet_release(struct fleet *fleet);
/* Takes the server over; it exists from now on. */
void fleet_add(struct fleet *fleet, struct server *server);
void fleet_gone(struct fleet *fleet, struct server *server);
void fleet_back(struct fleet *fleet, struct server *server);
/* Also one that is gone. NULL if there never was such a server. */
struct server *fleet_by_id(const struct fleet *fleet, const char *id);

#endif
