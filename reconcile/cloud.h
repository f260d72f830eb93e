#ifndef SETPOINT_CLOUD_H
#define SETPOINT_CLOUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reconcile/base/heap.h"
#include "reconcile/config.h"
#include "reconcile/event.h"
#include "reconcile/intent.h"
#include "reconcile/server.h"

/* One account in one region of one provider, and everything observed of it. A cloud lives as long as the
   process; `config` is NULL when its document is gone. */

struct catalogue {
    struct arena arena; /* of the entries in force */
    struct catalogue_entry *entries;
    uint32_t count;
    int64_t read_ms;    /* asked; 0 = never */
    int64_t good_ms;    /* asked of the reading in force, which was served; 0 = none */
    int64_t since_ms;   /* one begun at or after this is needed: something of ours is under way; 0 = none */
    int64_t wanted_ms;  /* somebody missed a name at this time; 0 = no wish */
    int64_t spoiled_ms; /* what was read before may be wrong: a call of ours had no known end; 0 */
    int64_t watched_ms; /* somebody waits for an image to be ready, since this time; 0 = nobody */
    struct arena coming_arena;
    struct catalogue_entry *coming;
    uint32_t coming_count, coming_room;
    unsigned variant; /* call.variant */
    bool reading;     /* from the first page to the last */
    bool in_flight;   /* a page is asked */
    char page[256];   /* continuation; "" = first page */
    int64_t begun_ms;
    int64_t retry_ms;
    uint32_t failures;
    char problem[200]; /* why the newest reading failed; "" */
};

/* One reading of the list, page by page. */
struct listing {
    bool running;
    bool changes; /* incremental: only sightings */
    uint64_t serial;
    int64_t begun_ms; /* the first page was sent */
    char page[256];   /* continuation to ask next; "" = first */
    bool in_flight;
    int64_t total_first, total_last;
    uint32_t seen;   /* distinct ids; rows that say deleted as often as they come */
    uint32_t gone;   /* those rows alone */
    uint32_t barren; /* pages in a row without a server that was not on an earlier one */
};

enum { FLIGHTS_MAX = LIMIT_IN_FLIGHT };

/* A request that is out. */
struct flight {
    uint64_t call_id;
    enum call_kind kind;
    enum look_kind look;
    enum catalogue_kind catalogue;
    char provider_id[LIMIT_ID + 1];
    int64_t sent_ms;
};

/* A server that was proven gone and forgotten: facts asked before that are old news. */
enum { GRAVES_MAX = 1024 };
struct grave {
    char id[LIMIT_ID + 1];
    int64_t gone_ms;
};

struct error_entry {
    int64_t at_ms;
    uint64_t object; /* its order */
};

struct storm {
    char zone[64];
    struct error_entry *errors; /* entries into ERROR, oldest first, one per object */
    uint32_t count, room;
    int64_t until_ms;
    bool rages;
    uint32_t allow; /* remedies at a time while thawing; 0 = not thawing */
};

struct capacity_key {
    char zone[64];
    char flavor[128];
    int64_t open_until_ms; /* no build before, but one probe */
    int64_t delay_ms;
    bool quota;            /* it was the quota that refused the last one */
    uint64_t probe;        /* intent id of the one probe under way; 0 = none */
    struct object *prober; /* whose build is the probe until it runs or fails */
};

struct lane { /* objects of one source that wait for room among the saved-ahead intents */
    struct source *source;
    struct object *first[CLASS_COUNT], *last[CLASS_COUNT];
    uint64_t served[CLASS_COUNT]; /* turn number when last served: round robin */
};

enum { CLOUD_MESSAGE = 400 /* as long as what is shown of an object */ };

struct cloud {
    char name[LIMIT_DOCUMENT_NAME + 1];
    const struct cloud_config *config;
    const struct traits *traits; /* NULL until a document was seen */

    /* session */
    enum session_state session;
    uint32_t session_wants;
    uint32_t permits_out;  /* given, their effect not yet reported */
    uint32_t session_held; /* of the flights, those that are not on the wire */
    uint32_t session_own;  /* requests on the wire beside the flights */
    char fingerprint[LIMIT_ID + 1];
    char pinned[LIMIT_ID + 1];                                  /* from the ledger or first use */
    char place[LIMIT_PLACE + 1], pinned_place[LIMIT_PLACE + 1]; /* the region, the same way; "" = not known */
    bool wrong_project;                                         /* or the wrong place */
    int64_t renew_ms;                                           /* wrong_project: when to log in anew */
    int64_t renewed_ms; /* when a log-in was last permitted for that; 0 = never */
    int64_t session_retry_ms;
    char session_message[CLOUD_MESSAGE];

    /* observed */
    struct servers servers;
    struct listing listing;
    uint64_t list_serial;
    int64_t list_due_ms;          /* the next poll */
    int64_t full_due_ms;          /* a full list not later than this */
    int64_t full_wanted_ms;       /* a full list begun at or after this is wanted; 0 = none */
    int64_t complete_begun_ms[2]; /* newest two complete lists; [0] newest; 0 = none */
    int64_t complete_done_ms;
    int64_t first_complete_ms; /* begin of the first complete list of this process; 0 = none yet */
    uint32_t complete_count;
    int64_t any_list_ms; /* newest list of either kind, done */
    int64_t changes_since_wall_ms;
    int64_t date_offset_ms; /* the cloud's clock minus our boot time, from the newest Date; 0 = none yet */
    uint32_t list_failures;
    uint32_t list_refusals;  /* of the newest ones: refused for good, such as 404 from a wrong endpoint */
    uint32_t full_failures;  /* full lists since the newest whole one that came to no end */
    int64_t failed_begun_ms; /* when the newest of those was begun */
    bool list_broken;        /* and that has been told */
    char list_message[CLOUD_MESSAGE]; /* why the newest list was none */
    struct grave *graves;             /* a ring */
    uint32_t grave_count, grave_next;
    struct heap looks;     /* servers to GET */
    uint32_t open_servers; /* servers in `looks` */
    struct catalogue catalogues[CATALOGUE_KIND_COUNT];

    /* calls */
    struct flight flights[FLIGHTS_MAX];
    uint32_t flight_count;
    struct intent **intents; /* in order of decision */
    uint32_t intent_count, intent_room;
    struct lane *lanes;
    uint32_t lane_count, lane_room;
    uint64_t served;       /* slots given */
    uint32_t polls_passed; /* slots since a poll waited in vain */
    uint32_t calls_passed; /* calls since the last look at what is under way */

    /* pace */
    int64_t next_slot_us;
    uint32_t pace_percent; /* of requestsPerSecond: 95, less after 429 */
    int64_t pace_raise_ms;
    int64_t throttled_until_ms;

    /* breaker: outages */
    uint32_t outages;
    int64_t breaker_until_ms;
    int64_t breaker_delay_ms;
    int64_t breaker_set_ms; /* when the delay was chosen: what was sent before is the same outage */
    char breaker_message[CLOUD_MESSAGE];

    struct capacity_key *capacities;
    uint32_t capacity_count, capacity_room;

    /* brakes */
    bool vanish_brake;
    int64_t vanish_since_ms;
    int64_t *vanish_times;
    uint32_t vanish_count, vanish_room;
    bool another_daemon;
    char another_server[LIMIT_ID + 1];
    char another_allowed[MARK_WRITER + 1];
    struct storm *storms; /* of the cloud (zone "") and of its zones */
    uint32_t storm_count, storm_room;
    uint32_t bound; /* objects with a current server here */
    int64_t suspended_until_ms;
    bool suspended_hard;
    char suspended_reason[128];
    int64_t sync_ms; /* a command waits for a list begun after this */
};

struct cloud *cloud_new(const char *name);
void cloud_free(struct cloud *cloud);
/* No create here before two complete lists `settle` apart: state.cold. */
bool cloud_has_list(const struct cloud *cloud);
/* No list comes although the cloud answers: what is known of it grows old. */
bool cloud_refuses_list(const struct cloud *cloud);
/* The same, or what comes never makes up a whole list. */
bool cloud_list_fails(const struct cloud *cloud);
void cloud_list_problem(const struct cloud *cloud, char *out, size_t size);
/* It asked for silence, and for so long that people should know. */
bool cloud_is_throttled(const struct cloud *cloud, int64_t now_ms);
/* The token is for another region than the pinned one. */
bool cloud_is_elsewhere(const struct cloud *cloud);
/* The sentence that says why the cloud cannot be worked with, and what to do; false: it can. */
bool cloud_problem(const struct cloud *cloud, char *out, size_t size);
struct flight *cloud_flight(struct cloud *cloud, uint64_t call_id);
void cloud_land(struct cloud *cloud, struct flight *flight);
struct intent *cloud_intent(struct cloud *cloud, uint64_t id);
struct capacity_key *cloud_capacity(struct cloud *cloud, const char *zone, const char *flavor, bool add);
/* Two complete lists of this process, the second begun settle after the first. */
bool cloud_is_warm(const struct cloud *cloud);
/* The settle of S1 and S4. */
int64_t cloud_settle_ms(const struct cloud *cloud);
int64_t cloud_interval_ms(const struct cloud *cloud);

#endif
