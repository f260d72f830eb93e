/* The body of POST /servers, read and checked. */
#ifndef SETPOINT_TESTS_CLOUD_WISH_H
#define SETPOINT_TESTS_CLOUD_WISH_H

#include "call.h"

/* What a valid body asks for. */
struct wish {
    char name[CLOUD_NAME_SIZE];
    struct item *flavor;
    struct item *image;
    bool image_shown;
    struct item *zone;
    struct item *keypair;
    struct item *groups[SERVER_GROUPS_MAX];
    size_t group_count;
    struct {
        struct item *network;
        struct item *subnet;
        const char *address;
    } nics[SERVER_NICS_MAX];
    unsigned nic_count;
    const char *user_data;
    const cJSON *metadata;
    bool boot_volume;
    bool root_delete;
    int root_disk_gb;
    struct item *root_volume;
    unsigned min_count;
    unsigned max_count;
    unsigned count;
    bool reservation;
    const char *description; /* NULL: none. Kept as metadata `description` */
};

/* False with the call's 400, 403 or 409. Texts point into the call's body. */
bool wish_read(struct call *call, const cJSON *server, struct wish *wish);

/* The rest is for every dialect. */

/* Whether min_count more fit into the project, and then how many of max_count: wish->count. False with 403.
 */
bool wish_quota(struct call *call, struct wish *wish);
/* Makes wish->count servers (create.c) and returns the first; the call still wants a reply. NULL when a fault
 * has replied, or lost the reply, in place of the caller. */
struct server *wish_grant(struct call *call, const struct wish *wish);

#endif
