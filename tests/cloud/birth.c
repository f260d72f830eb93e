/* How a server comes into being. */
#include "dialect.h"
#include "life.h"
#include "memory.h"

#include <stdio.h>

struct server *life_new(struct cloud *cloud, const char *project, const char *name, struct item *flavor,
                        struct item *image)
{
    struct server *server = memory_new(1, sizeof *server);

    const struct dialect *dialect = dialect_of(cloud->options.dialect);

    (dialect->draw_id ? dialect->draw_id : dice_uuid)(&cloud->dice, server->id);
    dice_hex(&cloud->dice, server->host_id, 56);
    server->position = SIZE_MAX;
    server->project = project;
    server->face.name = memory_text(name);
    server->face.flavor = flavor;
    server->face.image = image;
    server->face.launched_ms = -1;
    server->face.terminated_ms = -1;
    server->image_shown = true;
    server->first_running_ms = -1;
    server->running_ms = -1;
    server->deleted_ms = -1;
    return server;
}

bool life_plug(struct cloud *cloud, struct server *server, struct item *network, struct item *subnet,
               const char *address)
{
    uint32_t number = cloud->next_address++;
    struct nic *nic;

    if (server->nic_count == SERVER_NICS_MAX) return false;
    nic = &server->nics[server->nic_count++];
    nic->network = network;
    nic->subnet = subnet;
    dice_uuid(&cloud->dice, nic->port_id);
    if (address)
        memory_put(nic->address, sizeof nic->address, address);
    else
        snprintf(nic->address, sizeof nic->address, "10.%u.%u.%u", 20 + (number >> 16) % 200,
                 (number >> 8) & 255, number & 255);
    snprintf(nic->mac, sizeof nic->mac, "fa:16:3e:%02x:%02x:%02x", (number >> 16) & 255, (number >> 8) & 255,
             number & 255);
    return true;
}

void life_appear(struct cloud *cloud, struct server *server)
{
    server->created_ms = cloud->now_ms;
    server->face.since_ms = cloud->now_ms;
    for (size_t i = 0; i < cloud->ghost_count; i++) {
        if (cloud->ghosts[i] == server) cloud->ghosts[i] = cloud->ghosts[--cloud->ghost_count];
    }
    fleet_add(&cloud->fleet, server);
    life_begin(cloud, server, server->no_host ? LIFE_CREATE_NO_HOST : LIFE_CREATE, 0);
}
