/*
 * The simulated cloud: one account in one project with a fleet of servers that
 * have real life cycles, served in the words of Keystone, Nova, Glance,
 * Neutron and Cinder (dialects: NHN Cloud Instance API v2, vanilla OpenStack).
 *
 * A pure library: no clock, socket, file or global; what is random comes from
 * options.seed, so the same calls give the same replies. It stands on the
 * judge's side and shares nothing with the product.
 *
 * Time: `now_ms` is the caller's virtual time in milliseconds; it may begin
 * anywhere and must not run backwards (an earlier value is taken as the newest
 * one seen). Wall time in replies is options.wall_base_ms + now_ms.
 *
 * Sources of what it does: Nova 26.2's recorded replies (tests/contract/
 * simcloud/recorded), the NHN guides, Nova's and Keystone's API references.
 */
#ifndef SETPOINT_TESTS_CLOUD_CLOUD_H
#define SETPOINT_TESTS_CLOUD_CLOUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cloud;

enum cloud_dialect {
    CLOUD_NHN_V2,
    CLOUD_OPENSTACK,
    CLOUD_NHN_V1,
    CLOUD_KAKAOCLOUD,
    CLOUD_TENCENT_GATEWAY,
    CLOUD_DIALECT_COUNT,
};

/* Each is found below its own path prefix of one base URL, by the dialect
 * ("/identity", "/compute", "/image", "/network", "/volume" in Nova's two);
 * further regions below "/region/NAME/compute" and so on. */
enum cloud_service {
    CLOUD_IDENTITY,
    CLOUD_COMPUTE,
    CLOUD_IMAGE,
    CLOUD_NETWORK,
    CLOUD_VOLUME,
    CLOUD_VPC,
    CLOUD_SERVICE_COUNT,
    CLOUD_SERVICE_NONE = CLOUD_SERVICE_COUNT,
};

/* Limits: longer names are cut, more items are refused with 400 or 403. */
enum {
    CLOUD_ID_SIZE = 40,
    CLOUD_NAME_SIZE = 256,
    CLOUD_WORD_SIZE = 48,
    CLOUD_REGIONS_MAX = 4,
    CLOUD_USERS_MAX = 8,
    CLOUD_FAULTS_MAX = 256,
    CLOUD_METADATA_MAX = 128,
    CLOUD_BODY_SIZE_MAX = 114688,
    CLOUD_SWITCHES_MAX = 32,
    CLOUD_SWITCH_POSITIONS_MAX = 7,
};

struct cloud_range {
    int64_t min_ms;
    int64_t max_ms;
};

/* How long each operation takes from its reply to its end; the steps in
 * between share it in the proportions seen on the real Nova. */
struct cloud_durations {
    struct cloud_range build;
    struct cloud_range start;
    struct cloud_range stop;
    struct cloud_range reboot;
    struct cloud_range resize; /* until VERIFY_RESIZE */
    struct cloud_range confirm;
    struct cloud_range revert;
    struct cloud_range shelve;
    struct cloud_range unshelve;
    struct cloud_range rebuild;
    struct cloud_range remove; /* delete, until gone */
    struct cloud_range attach;
    struct cloud_range image; /* createImage */
};

/* One login. Strings belong to the caller and are copied by cloud_new. */
struct cloud_user {
    const char *name;
    const char *password;
    const char *project_id; /* 32 hex digits */
    const char *project_name;
    const char *credential_id; /* application credential, or NULL */
    const char *credential_secret;
    unsigned quota_instances; /* of its project; 0: options.quota_instances */
    bool admin;
};

struct cloud_options {
    enum cloud_dialect dialect;
    uint64_t seed;
    int64_t wall_base_ms; /* Unix time of now_ms == 0 */
    const char *base_url; /* "http://127.0.0.1:8774"; for catalogue and links where a request names no base */
    const char
        *endpoint[CLOUD_SERVICE_COUNT]; /* instead of base_url + prefix: "http://host:port"; a request whose
                                           host is its authority reaches the service without prefix */
    const char *regions[CLOUD_REGIONS_MAX]; /* the first is the one without "/region/NAME"; NULL-ended */
    struct cloud_user users[CLOUD_USERS_MAX];
    size_t user_count;
    struct cloud_durations durations;
    struct cloud_range latency; /* added to each reply's delay_ms */

    /* Dialect switches; cloud_options_default sets them for the dialect. */
    int64_t confirm_after_ms; /* VERIFY_RESIZE confirms itself after this; < 0 never */
    int64_t offload_after_ms; /* SHELVED goes to SHELVED_OFFLOADED after this; < 0 never */
    bool networks_subnet;     /* networks[].subnet is understood */
    bool bdm_required;        /* 400 without block_device_mapping_v2, but for flavors with a disk (U2) */
    bool provider_metadata;   /* os_distro, image_name, login_username... appear on each server */
    bool shelve_only_active;
    bool compute_path_project; /* compute URL in the catalogue is /v2/{project}; else /v2.1 */
    bool strict_body;          /* unknown properties are 400 (also always below /v2.1) */
    bool default_networks;     /* default data: several networks, so "networks" must be given */
    bool page_links;           /* servers_links on a full page */
    bool protect_refuses;      /* DELETE of a server with NHN-EXT-ATTR:protect: 409 */
    bool root_volumes;         /* a volume is kept for each boot from volume */
    unsigned page_default;     /* 0: page_max */
    unsigned page_max;

    /* What the facts leave open, by the dialect's own table: the position of each (cloud_switch_set). */
    unsigned char switches[CLOUD_SWITCHES_MAX];

    unsigned quota_instances;
    unsigned quota_cores;
    unsigned quota_ram_mb;
    int64_t token_life_ms;
    int64_t token_cache_ms;       /* a revoked token goes on working this long */
    bool long_tokens;             /* about 180 characters instead of 32 */
    unsigned rate_per_second;     /* 0: no limit; above it 429 with Retry-After */
    bool empty_catalogue;         /* no default flavors, images, networks...; see cloud_catalogue_add */
    bool driver_reports_delivery; /* in flight ends with cloud_delivered, not with delay_ms */
    bool forget_records;          /* count requests, keep no record (benchmarks) */
    bool take_census;             /* see cloud_census_at */
};

/* The options of a dialect, with the default users, durations and limits. */
void cloud_options_default(struct cloud_options *options, enum cloud_dialect dialect);

/* The n-th switch of a dialect and its positions (NULL-ended, the first is the default); false past the
 * end. tests/simcloud/switches says what each is about. */
bool cloud_switch_at(enum cloud_dialect dialect, size_t position, const char **out_name,
                     const char *const **out_positions);
/* How often the n-th switch's position decided something so far. */
uint64_t cloud_switch_asked(const struct cloud *cloud, size_t position);
/* Sets "NAME=POSITION"; false when options.dialect has no such switch or position. */
bool cloud_switch_set(struct cloud_options *options, const char *text);

struct cloud *cloud_new(const struct cloud_options *options);
void cloud_free(struct cloud *cloud);

/* Lets time pass: transitions that are due happen at their own due times. */
void cloud_advance(struct cloud *cloud, int64_t now_ms);
/* When something next changes by itself; INT64_MAX if nothing will. */
int64_t cloud_next(const struct cloud *cloud);

/* ---- requests ---------------------------------------------------------- */

struct cloud_header {
    const char *name;
    const char *value;
};

/* All memory is the caller's and need only last for the call. */
struct cloud_request {
    const char *method; /* "GET", ... */
    const char *base;   /* "http://127.0.0.1:8774", or NULL for options.base_url */
    const char *path;   /* with prefix and query */
    const struct cloud_header *headers;
    size_t header_count;
    const char *body;
    size_t body_size;
};

/* The reply, to be released. With `lost` nothing is delivered: the connection
 * is reset after delay_ms, or with `hold` left open until the client gives up. */
struct cloud_reply {
    uint64_t seq; /* its record */
    int status;
    struct cloud_header *headers;
    size_t header_count;
    char *body;
    size_t body_size;
    int64_t delay_ms;
    bool lost;
    bool hold;
    bool truncated; /* the connection ends after truncate_at bytes of body_size */
    size_t truncate_at;
    bool endless;    /* the body goes on with blanks for ever */
    int64_t drip_ms; /* > 0: the body comes in small pieces over this time */
    bool kill_before_reply;
    int64_t kill_pid; /* 0: whoever the driver means */
};

void cloud_handle(struct cloud *cloud, int64_t now_ms, const struct cloud_request *request,
                  struct cloud_reply *out_reply);
void cloud_reply_release(struct cloud_reply *reply);
const char *cloud_reply_header(const struct cloud_reply *reply, const char *name);
/* The driver says that a reply has arrived or its client has given up. */
void cloud_delivered(struct cloud *cloud, uint64_t seq, int64_t now_ms);
/* The driver says that it has killed the client between this request's arrival and its reply. */
void cloud_killed(struct cloud *cloud, uint64_t seq);
/* The driver was away: nobody waits any more for the replies that were under way. */
void cloud_restarted(struct cloud *cloud);

/* ---- faults ------------------------------------------------------------ */

/* How a fault works stands in fault.c's table, one row each. `value_ms`,
 * `status`, `number` and `text` mean what the comment says. */
enum cloud_fault_kind {
    CLOUD_FAULT_LOST_BEFORE,  /* no effect, no reply; number 1: connection held open */
    CLOUD_FAULT_LOST_AFTER,   /* effect, no reply; number 1: held open */
    CLOUD_FAULT_ERROR_BEFORE, /* status (500) in the dialect's shape, no effect */
    CLOUD_FAULT_ERROR_AFTER,  /* the same after the effect */
    CLOUD_FAULT_HTML_BEFORE,  /* status (502) with a gateway's HTML page */
    CLOUD_FAULT_HTML_AFTER,
    CLOUD_FAULT_TRUNCATED,   /* body ends at number bytes (default half) */
    CLOUD_FAULT_BROKEN_JSON, /* complete by its length, but not JSON to its end */
    CLOUD_FAULT_SLOW,        /* reply delayed by value_ms */
    CLOUD_FAULT_DRIP,        /* body dripping over value_ms */
    CLOUD_FAULT_ENDLESS,
    CLOUD_FAULT_THROTTLED,        /* 429 with Retry-After (value_ms, rounded up to 1 s) */
    CLOUD_FAULT_THROTTLED_SILENT, /* 429 without */
    CLOUD_FAULT_TOKEN_REVOKED,    /* the request's token dies: 401 */
    CLOUD_FAULT_UNAUTHORIZED,     /* 401, the token lives on */
    CLOUD_FAULT_CONFLICT,         /* 409 for no visible reason */
    CLOUD_FAULT_FORBIDDEN,        /* 403 by policy */
    CLOUD_FAULT_NOT_FOUND,        /* 404 though it is there */
    CLOUD_FAULT_LAGGING_LIST,     /* a list shows the state of value_ms ago */
    CLOUD_FAULT_LAGGING_SHOW,     /* the same for GET of one server */
    CLOUD_FAULT_PAGE_MISSING,     /* a page leaves its items out */
    CLOUD_FAULT_PAGE_DOUBLED,     /* a page repeats items of the page before */
    CLOUD_FAULT_PAGE_SHIFTED,     /* a page begins number (1) items late: one is never seen */
    CLOUD_FAULT_PAGE_CUT,         /* a page ends early without next link */
    CLOUD_FAULT_LIST_EMPTY,
    CLOUD_FAULT_LIST_FOREIGN, /* the list of another project */
    CLOUD_FAULT_BUILD_ERROR,  /* a create ends in ERROR; text = fault message */
    CLOUD_FAULT_BUILD_ENDLESS,
    CLOUD_FAULT_BUILD_SLOW,       /* the build takes value_ms longer */
    CLOUD_FAULT_IGNORED,          /* an action is accepted and nothing happens */
    CLOUD_FAULT_ACTION_ERROR,     /* an action is accepted and ends in ERROR; text = fault message */
    CLOUD_FAULT_ACTION_SLOW,      /* an action takes value_ms longer */
    CLOUD_FAULT_ACTION_ENDLESS,   /* an action's task never ends */
    CLOUD_FAULT_VERIFY_FORGOTTEN, /* VERIFY_RESIZE does not confirm itself */
    CLOUD_FAULT_GHOST,   /* create reported failed (status, 0 = lost), the server appears after value_ms */
    CLOUD_FAULT_RETURNS, /* a deleted server is back value_ms after it went */
    CLOUD_FAULT_QUOTA,   /* instances quota becomes number from then on */
    CLOUD_FAULT_MARK_STRIPPED, /* setpoint.* metadata vanish value_ms after the request */
    CLOUD_FAULT_MARK_EDITED,   /* metadata key text ("key=value") is set value_ms after the request */
    CLOUD_FAULT_WRONG_PROJECT, /* a login is given a token of another project */
    CLOUD_FAULT_KILL,          /* kill number (a pid, 0 = driver's) between effect and reply */
    CLOUD_FAULT_OTHER_JSON,    /* whole JSON that says nothing: {}, [] or null, as number says */
    CLOUD_FAULT_KIND_COUNT,
};

/* Which requests: every condition that is set must hold. Patterns are globs
 * (`*`, `?`, alternatives with `|`). */
struct cloud_fault {
    enum cloud_fault_kind kind;
    char operation[96]; /* "create", "os-*", "list|list-detail"; "mutating" and "reading" are classes; "" any
                         */
    char method[8];
    char path[128];
    char server[128];  /* name, id or setpoint.object of the server concerned */
    unsigned nth;      /* only the nth match (1 ...); 0 = each */
    unsigned permille; /* chance; 0 = always */
    int64_t from_ms;
    int64_t until_ms; /* 0 = no end */
    unsigned count;   /* at most so often; 0 = unlimited */
    int64_t value_ms;
    int status;
    int64_t number;
    char text[160];
};

struct cloud_fault_count {
    uint64_t matched;
    uint64_t changed;  /* replies or outcomes it changed */
    uint64_t mutating; /* of these, on mutating requests */
};

/* Returns the fault's id (> 0), or 0 when the table is full. */
unsigned cloud_fault_add(struct cloud *cloud, const struct cloud_fault *fault);
bool cloud_fault_remove(struct cloud *cloud, unsigned id);
void cloud_fault_clear(struct cloud *cloud);
/* The faults present, by position 0...; false past the end. */
bool cloud_fault_at(const struct cloud *cloud, size_t position, unsigned *out_id,
                    struct cloud_fault *out_fault, struct cloud_fault_count *out_count);
/* Summed over all faults of a kind that ever were in this cloud. */
struct cloud_fault_count cloud_fault_total(const struct cloud *cloud, enum cloud_fault_kind kind);
const char *cloud_fault_name(enum cloud_fault_kind kind); /* "lost-after" */
/* From {"kind":"lost-after","operation":"create","count":1}, keys as the
 * members above; false with a sentence in out_why. */
bool cloud_fault_parse(const char *json, size_t size, struct cloud_fault *out_fault, char *out_why,
                       size_t why_size);

/* ---- changes behind the client's back ---------------------------------- */

enum cloud_change_kind {
    CLOUD_CHANGE_DELETE, /* at once gone */
    CLOUD_CHANGE_ERROR,  /* text = fault message */
    CLOUD_CHANGE_START,
    CLOUD_CHANGE_STOP,
    CLOUD_CHANGE_RENAME,    /* text = name */
    CLOUD_CHANGE_RESIZE,    /* text = flavor name or id */
    CLOUD_CHANGE_IMAGE,     /* text = image name or id (as if reinstalled by hand) */
    CLOUD_CHANGE_ADD_GROUP, /* text = group name */
    CLOUD_CHANGE_REMOVE_GROUP,
    CLOUD_CHANGE_SET_METADATA,    /* key, text */
    CLOUD_CHANGE_DELETE_METADATA, /* key (glob) */
    CLOUD_CHANGE_LOCK,
    CLOUD_CHANGE_UNLOCK,
    CLOUD_CHANGE_PROTECT,
    CLOUD_CHANGE_PAUSE,
    CLOUD_CHANGE_SUSPEND,
    CLOUD_CHANGE_RESCUE,
    CLOUD_CHANGE_SHELVE,
    CLOUD_CHANGE_ACTIVATE, /* whatever it is in: ACTIVE, no task */
    CLOUD_CHANGE_TASK,     /* text = a task state that stays ("" = none) */
    CLOUD_CHANGE_ATTACH,   /* text = volume id */
    CLOUD_CHANGE_DETACH,
    CLOUD_CHANGE_ADDRESS,       /* text = a floating IP: onto its first interface, whose it ever was */
    CLOUD_CHANGE_NO_ADDRESS,    /* text = the floating IP that is taken off */
    CLOUD_CHANGE_CREATE,        /* a foreign server of name text, ACTIVE; key = flavor or "" */
    CLOUD_CHANGE_QUOTA,         /* number = instances; key "cores" or "ram" for those */
    CLOUD_CHANGE_REVOKE,        /* every token */
    CLOUD_CHANGE_PASSWORD,      /* of user key: text */
    CLOUD_CHANGE_IMAGE_RELEASE, /* the image of name text gets a new id */
    CLOUD_CHANGE_KIND_COUNT,
};

struct cloud_change {
    enum cloud_change_kind kind;
    char server[CLOUD_NAME_SIZE]; /* id, else glob over name and setpoint.object: each that fits */
    char key[CLOUD_NAME_SIZE];
    char text[CLOUD_NAME_SIZE];
    int64_t number;
};

/* How many servers (or things) it changed. */
size_t cloud_change(struct cloud *cloud, int64_t now_ms, const struct cloud_change *change);
const char *cloud_change_name(enum cloud_change_kind kind); /* "delete", "set-metadata" */
/* From {"kind":"delete","server":"web-*"}. */
bool cloud_change_parse(const char *json, size_t size, struct cloud_change *out_change, char *out_why,
                        size_t why_size);
/* Fast: so many ACTIVE servers PREFIX-1..., made at now_ms. Returns how many. */
size_t cloud_preload(struct cloud *cloud, int64_t now_ms, size_t count, const char *prefix);

/* ---- what there is (for the judge) ------------------------------------- */

struct cloud_pair {
    const char *key;
    const char *value;
};

/* A server as it really is. Pointers live until the next call that is given a
 * cloud that is not const. */
struct cloud_server {
    size_t position;
    const char *id;
    const char *name;
    const char *object; /* metadata setpoint.object, else the name */
    const char *project;
    const char *status; /* "ACTIVE", ...; "DELETED" when gone */
    const char *vm_state;
    const char *task; /* "" when none */
    int power_state;
    const char *flavor_id;
    const char *flavor_name;
    const char *image_id; /* also for a boot from volume */
    const char *zone;
    const char *keypair; /* "" when none */
    const char *network_id;
    const char *subnet_id;
    const char *fault;     /* "" when none */
    const char *user_data; /* "" when none */
    const struct cloud_pair *metadata;
    size_t metadata_count;
    const char *const *groups;
    size_t group_count;
    const char *const *volumes; /* without the root volume */
    size_t volume_count;
    int64_t created_ms;
    int64_t updated_ms;
    int64_t launched_ms; /* first time ACTIVE; < 0 never */
    int64_t deleted_ms;  /* gone since; < 0 it exists */
    int64_t running_ms;  /* last time it entered ACTIVE; < 0 never */
    const char *address; /* its first floating IP; "" when none */
    bool ever_running;
    bool by_request; /* made by POST /servers, not by cloud_change or cloud_preload */
    bool locked;
    bool protect;
    bool visible; /* false: gone */
    int root_disk_gb;
    bool root_on_volume;
    bool root_delete; /* the root volume goes with the server */
};

/* All that ever were, in the order of creation, gone ones included. */
size_t cloud_server_count(const struct cloud *cloud);
bool cloud_server_at(struct cloud *cloud, size_t position, struct cloud_server *out_server);
bool cloud_server_by_id(struct cloud *cloud, const char *id, struct cloud_server *out_server);
/* The newest one that exists with this setpoint.object or name. */
bool cloud_server_by_object(struct cloud *cloud, const char *object, struct cloud_server *out_server);
size_t cloud_server_live(const struct cloud *cloud); /* how many exist now */

struct cloud_record {
    uint64_t seq; /* 1 ... */
    int64_t arrival_ms;
    int64_t reply_ms; /* arrival + delay; < 0 lost */
    enum cloud_service service;
    const char *method;
    const char *path;
    const char *operation; /* "create", "os-start", "list-detail", "token", ...; "unknown" */
    bool mutating;         /* by its kind, logins excluded */
    bool login;
    bool authorized;       /* got past the token check */
    const char *server_id; /* "" when none; a create's: the one made */
    const char *server_name;
    const char *object;
    const char *attempt;       /* metadata setpoint.attempt of create's body or server, "" when none */
    const char *status_before; /* "" when there was no such server */
    const char *task_before;
    int64_t server_age_ms; /* since its creation, at arrival; < 0 none */
    bool ever_running;     /* at arrival */
    bool foreign;          /* its server was not made by a request, at arrival */
    int reply_status;      /* what the cloud answered, even if lost */
    bool effect;           /* it changed something */
    bool illegal;          /* refused because of the server's state (409) */
    bool lost;
    bool killed;        /* its client was killed before the reply */
    unsigned fault_id;  /* the last fault that touched it, 0 none */
    unsigned repeats;   /* earlier requests with this operation for this server (create: object) */
    const char *detail; /* create: flavor id; resize: flavor id; groups: name; rename: name; metadata: key;
                           attach, detach: volume id; list: query */
};

size_t cloud_record_count(const struct cloud *cloud);
bool cloud_record_at(const struct cloud *cloud, size_t position, struct cloud_record *out_record);
/* Forgets the records so far; seq and counters go on. */
void cloud_record_trim(struct cloud *cloud);

struct cloud_counters {
    uint64_t requests;
    uint64_t logins;
    uint64_t mutating; /* arrived */
    uint64_t effects;  /* mutating and effective */
    uint64_t illegal;
    uint64_t unauthorized;
    uint64_t throttled; /* by rate_per_second */
    uint64_t lost;
    uint64_t killed;         /* clients, before their reply */
    unsigned per_second_max; /* most arrivals in any 1000 ms, (t - 1000, t] */
    unsigned in_flight_max;
    unsigned in_flight;
    size_t live_max;          /* most servers at once */
    unsigned object_live_max; /* the highest of all objects */
    uint64_t created;
    uint64_t deleted;
};

struct cloud_counters cloud_counters(const struct cloud *cloud);
/* Mutating calls (and others) by operation; false past the end. */
bool cloud_operation_at(const struct cloud *cloud, size_t position, const char **out_operation,
                        uint64_t *out_arrived, uint64_t *out_effects);
/* With options.take_census: what was served, "METHOD PATH WORD,WORD SENDER" (census.h); false past the end.
 */
bool cloud_census_at(const struct cloud *cloud, size_t position, const char **out_line, uint64_t *out_count);
/* Most servers of one object name that ever existed at once. */
unsigned cloud_object_live_max(const struct cloud *cloud, const char *object);
bool cloud_object_at(const struct cloud *cloud, size_t position, const char **out_object, unsigned *out_live,
                     unsigned *out_live_max);

/* ---- the catalogue ------------------------------------------------------ */

enum cloud_item_kind {
    CLOUD_FLAVOR,     /* a vcpus, b ram MB, c disk GB */
    CLOUD_IMAGE_ITEM, /* a min disk GB, b min ram MB; c read only: 1 being saved, 2 killed; text os_type */
    CLOUD_NETWORK_ITEM,
    CLOUD_SUBNET, /* text = its network's id */
    CLOUD_GROUP,
    CLOUD_KEYPAIR, /* text = public key */
    CLOUD_ZONE,
    CLOUD_VOLUME_ITEM, /* a size GB; text = type */
    CLOUD_PUBLIC_IP,   /* name = its address; text = the interface it is on, "" when free */
    CLOUD_ITEM_KIND_COUNT,
};

struct cloud_item {
    enum cloud_item_kind kind;
    char id[CLOUD_ID_SIZE]; /* "" when adding: chosen from the seed */
    char name[CLOUD_NAME_SIZE];
    char text[CLOUD_NAME_SIZE];
    int64_t a, b, c;
};

/* Adds one; the id used stands in item->id afterwards. False when full. */
bool cloud_catalogue_add(struct cloud *cloud, struct cloud_item *item);
bool cloud_catalogue_remove(struct cloud *cloud, enum cloud_item_kind kind, const char *name_or_id);
bool cloud_catalogue_find(const struct cloud *cloud, enum cloud_item_kind kind, const char *name_or_id,
                          struct cloud_item *out_item);
bool cloud_catalogue_at(const struct cloud *cloud, enum cloud_item_kind kind, size_t position,
                        struct cloud_item *out_item);

/* ---- small helpers that drivers need ------------------------------------ */

const char *cloud_dialect_name(enum cloud_dialect dialect);  /* "nhn-v2", "openstack" */
const char *cloud_dialect_login(enum cloud_dialect dialect); /* "/identity/v2.0": auth.url below the base */
/* The first path segment of a service, "compute"; "" when it has none. */
const char *cloud_dialect_prefix(enum cloud_dialect dialect, enum cloud_service service);
/* "KR1" style default; project id of the first user. */
const char *cloud_region(const struct cloud *cloud);
const char *cloud_project(const struct cloud *cloud);
struct cloud_options cloud_options_of(const struct cloud *cloud); /* strings belong to the cloud */
int64_t cloud_now(const struct cloud *cloud);

#endif
