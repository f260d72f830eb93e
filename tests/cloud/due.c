/* What the agenda brings, beside the steps of an operation. */
#include "dialect.h"
#include "life.h"
#include "memory.h"

#include <string.h>

static void life_strip(struct cloud *cloud, struct server *server)
{
    cloud_touch(cloud, server);
    dialect_of(cloud->options.dialect)->strip(&server->face);
    server->face.updated_ms = cloud->now_ms;
}

static void life_edit(struct cloud *cloud, struct server *server, const char *text)
{
    const char *equals = strchr(text, '=');
    char key[CLOUD_NAME_SIZE];

    if (!equals || (size_t)(equals - text) >= sizeof key) return;
    memory_put(key, (size_t)(equals - text) + 1, text);
    cloud_touch(cloud, server);
    server_metadata_put(&server->face, key, equals + 1);
    server->face.updated_ms = cloud->now_ms;
}

static void life_return(struct cloud *cloud, struct server *server)
{
    if (server->exists) return;
    fleet_back(&cloud->fleet, server);
    server->deleted_ms = -1;
    server->face.terminated_ms = -1;
    life_settle(cloud, server, VM_ACTIVE);
}

/* The attachment is in use, or the detachment over. */
static void life_volume(struct cloud *cloud, struct server *server, const char *id)
{
    struct item *volume = catalogue_by_id(&cloud->catalogue, CLOUD_VOLUME_ITEM, id);

    if (!volume) return;
    if (volume->pending && volume->holder == server) {
        cloud_touch(cloud, server);
        server_remove_volume(&server->face, volume);
        volume->holder = NULL;
    }
    volume->pending = false;
    volume->updated_ms = cloud->now_ms;
}

void life_due(struct cloud *cloud, struct agenda_entry *entry)
{
    struct server *server = entry->server;
    struct item *image;

    switch (entry->kind) {
    case AGENDA_STEP:
        if (entry->generation == server->generation) life_step(cloud, server);
        break;
    case AGENDA_APPEAR: life_appear(cloud, server); break;
    case AGENDA_RETURN: life_return(cloud, server); break;
    case AGENDA_STRIP:
        if (server->exists) life_strip(cloud, server);
        break;
    case AGENDA_EDIT:
        if (server->exists) life_edit(cloud, server, entry->text);
        break;
    case AGENDA_VOLUME: life_volume(cloud, server, entry->text); break;
    case AGENDA_IMAGE:
        image = catalogue_by_id(&cloud->catalogue, CLOUD_IMAGE_ITEM, entry->text);
        if (image) image->pending = false;
        break;
    }
}
