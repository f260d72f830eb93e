#include "fleet.h"

#include "memory.h"

#include <stdlib.h>

void fleet_release(struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++)
        server_free(fleet->servers[i]);
    for (size_t i = 0; i < fleet->object_count; i++)
        free(fleet->objects[i]);
    free(fleet->servers);
    free(fleet->objects);
    index_release(&fleet->by_id);
    index_release(&fleet->by_object);
    *fleet = (struct fleet){0};
}

static struct object_count *fleet_object(struct fleet *fleet, const char *name)
{
    struct object_count *object;
    size_t position;

    if (index_get(&fleet->by_object, name, &position)) return fleet->objects[position];
    object = memory_new(1, sizeof *object);
    memory_put(object->name, sizeof object->name, name);
    MEMORY_GROW(fleet->objects, fleet->object_count, fleet->object_capacity);
    index_put(&fleet->by_object, object->name, fleet->object_count);
    fleet->objects[fleet->object_count++] = object;
    return object;
}

static void fleet_count_in(struct fleet *fleet, struct server *server)
{
    struct object_count *object = fleet_object(fleet, server->object);

    server->exists = true;
    if (++fleet->live > fleet->live_max) fleet->live_max = fleet->live;
    if (++object->live > object->live_max) object->live_max = object->live;
    if (object->live_max > fleet->object_live_max) fleet->object_live_max = object->live_max;
}

void fleet_add(struct fleet *fleet, struct server *server)
{
    server->object = fleet_object(fleet, server_object(&server->face))->name;
    server->position = fleet->count;
    MEMORY_GROW(fleet->servers, fleet->count, fleet->capacity);
    fleet->servers[fleet->count++] = server;
    index_put(&fleet->by_id, server->id, server->position);
    fleet->created++;
    fleet_count_in(fleet, server);
}

void fleet_gone(struct fleet *fleet, struct server *server)
{
    if (!server->exists) return;
    server->exists = false;
    fleet->live--;
    fleet->deleted++;
    fleet_object(fleet, server->object)->live--;
}

void fleet_back(struct fleet *fleet, struct server *server)
{
    if (!server->exists) fleet_count_in(fleet, server);
}

struct server *fleet_by_id(const struct fleet *fleet, const char *id)
{
    size_t position;

    return index_get(&fleet->by_id, id, &position) ? fleet->servers[position] : NULL;
}
