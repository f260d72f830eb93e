/* One simulated server. Made by fleet.c, moved by life.c; lives as long as the cloud, also after its end. */
#ifndef SETPOINT_TESTS_CLOUD_SERVER_H
#define SETPOINT_TESTS_CLOUD_SERVER_H

#include "catalogue.h"
#include "words.h"

enum {
    SERVER_GROUPS_MAX = 16,
    SERVER_VOLUMES_MAX = 16,
    SERVER_VERSIONS_MAX = 64, /* older ones are forgotten: a lag then shows the oldest kept */
    SERVER_ACTIONS_MAX = 64,
    SERVER_NICS_MAX = 4,
};

/* What a server is given in the course of its build, and loses again. */
enum {
    HAS_HOST = 1,
    HAS_ZONE = 2, /* the zone is shown: that of the host, or the one asked for */
    HAS_PORTS = 4,
    HAS_DISK = 8, /* the root volume is shown */
    HAS_ALL = HAS_HOST | HAS_ZONE | HAS_PORTS | HAS_DISK,
};

/* What a poller sees and what changes: kept in versions for lagging lists. */
struct face {
    int64_t since_ms;
    enum vm_state vm;
    enum task task;
    enum power power;
    char *name; /* own */
    struct item *flavor;
    struct item *image;
    struct cloud_pair *metadata; /* own, keys and values too */
    size_t metadata_count;
    struct item *groups[SERVER_GROUPS_MAX];
    size_t group_count;
    struct item *volumes[SERVER_VOLUMES_MAX];
    size_t volume_count;
    bool locked;
    bool protect;
    unsigned has;      /* HAS_HOST... */
    bool fault_hidden; /* written where lists do not look (recorded 216, 266) */
    int64_t updated_ms;
    int64_t launched_ms;   /* Nova's launched_at: the last one; < 0 never */
    int64_t terminated_ms; /* < 0 not */
    int64_t fault_ms;
    char *fault; /* own; NULL none. Stays after the ERROR is over, shown only in ERROR and DELETED */
    int fault_code;
};

struct nic {
    struct item *network;
    struct item *subnet;
    char address[20];
    char mac[20];
    char port_id[CLOUD_ID_SIZE];
};

struct action {
    const char *name; /* static */
    char request_id[CLOUD_ID_SIZE + 8];
    int64_t start_ms;
    bool failed;
};

struct sequence;
struct user;

struct server {
    size_t position; /* in the fleet; SIZE_MAX before it appears */
    char id[CLOUD_ID_SIZE];
    const char *object; /* at its creation: what it is counted under; the fleet's */
    const char *project;
    unsigned region;
    struct face face;
    struct face *versions; /* older faces, oldest first */
    size_t version_count;

    bool by_request;
    bool exists; /* false when gone */
    bool boot_volume;
    bool image_shown; /* false: "image" is "" */
    bool root_delete;
    bool zone_asked;
    bool no_host; /* no host is large enough: fails in scheduling */
    int root_disk_gb;
    struct item *root_volume;
    struct item *zone;
    struct item *keypair;
    struct nic nics[SERVER_NICS_MAX];
    unsigned nic_count;
    const struct user *user;
    char *user_data; /* own */
    char reservation[16];
    char host_id[60];
    int64_t created_ms;
    int64_t first_running_ms; /* < 0 never */
    int64_t running_ms;
    int64_t deleted_ms;
    int64_t returns_after_ms; /* 0: not */

    /* The operation under way (life.c). */
    const struct sequence *sequence;
    unsigned step;
    unsigned generation;
    int64_t begun_ms;
    int64_t total_ms;
    enum vm_state vm_before;
    struct item *old_flavor;
    struct item *new_flavor;
    bool was_stopped; /* before the resize */
    bool verify_forgotten;
    bool endless;
    char *fail_message; /* own; it ends in ERROR with this */
    unsigned retries;   /* of the build, before it fails */

    struct action *actions; /* newest last */
    size_t action_count;
};

const char *server_status(const struct server *server);
const char *server_metadata(const struct face *face, const char *key); /* NULL when absent */
void server_metadata_put(struct face *face, const char *key, const char *value);
bool server_metadata_remove(struct face *face, const char *key);
void server_metadata_clear(struct face *face);
void server_rename(struct face *face, const char *name);
void server_fault(struct face *face, int code, const char *message, int64_t now_ms);
bool server_has_group(const struct face *face, const struct item *group);
bool server_add_group(struct face *face, struct item *group);
bool server_remove_group(struct face *face, const struct item *group);
bool server_add_volume(struct face *face, struct item *volume);
bool server_remove_volume(struct face *face, const struct item *volume);
/* metadata setpoint.object, else the name */
const char *server_object(const struct face *face);
struct action *server_act(struct server *server, const char *name, const char *request_id, int64_t now_ms);

/* Keeps a copy of the face as it was up to now_ms. */
void server_version_keep(struct server *server, int64_t now_ms);
/* The face at that time; NULL when the server was not there yet. */
const struct face *server_version_at(const struct server *server, int64_t at_ms);

void server_free(struct server *server);

#endif
