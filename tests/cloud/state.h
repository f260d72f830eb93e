/* What a cloud is made of. */
#ifndef SETPOINT_TESTS_CLOUD_STATE_H
#define SETPOINT_TESTS_CLOUD_STATE_H

#include "agenda.h"
#include "census.h"
#include "faults.h"
#include "fleet.h"
#include "records.h"
#include "tokens.h"

struct cloud {
    struct cloud_options options; /* texts are own */
    char **texts;
    size_t text_count;
    size_t text_capacity;
    int64_t now_ms;
    struct dice dice; /* ids and durations */
    struct dice token_dice;
    struct fleet fleet;
    struct agenda agenda;
    struct catalogue catalogue;
    struct tokens tokens;
    struct faults faults;
    struct records records;
    struct census census;
    uint64_t switches_asked[CLOUD_SWITCHES_MAX]; /* how often the position of each decided something */
    bool keep_versions;                          /* from the first lagging fault on */
    unsigned quota_instances;
    unsigned quota_cores;
    unsigned quota_ram_mb;
    uint32_t next_address;
    struct server **ghosts; /* made, not yet there; own until they appear */
    size_t ghost_count;
    size_t ghost_capacity;
    const char **view_groups; /* room for cloud_server_at */
    const char **view_volumes;
};

/* To be called before a server's face is changed. */
void cloud_touch(struct cloud *cloud, struct server *server);
int64_t cloud_wall(const struct cloud *cloud, int64_t at_ms);

#endif
