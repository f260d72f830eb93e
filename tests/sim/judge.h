#ifndef SETPOINT_TESTS_SIM_JUDGE_H
#define SETPOINT_TESTS_SIM_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/cloud/cloud.h"
#include "tests/sim/fleet.h"
#include "tests/sim/rows.h"

/* Says whether the promises of DESIGN.md section 6 were kept. It knows the manifests that the simulator made,
   the simulated clouds with their records and clock, what left and reached the client, and what a person
   reads (status, history). It includes and calls nothing of the product; its tables are typed anew from the
   API's facts.

   All times are the clouds' own milliseconds. The first promise that is broken stands; the run ends there. */
struct judge;

enum promise {
    PROMISE_S1,
    PROMISE_S2,
    PROMISE_S3,
    PROMISE_S4,
    PROMISE_S5,
    PROMISE_S6,
    PROMISE_S7,
    PROMISE_S8,
    PROMISE_S9,
    PROMISE_S10,
    PROMISE_S11,
    PROMISE_S12,
    PROMISE_S13,
    PROMISE_MOVE,   /* a replacement: what moves is nowhere twice, and never given up too early */
    PROMISE_QUIET,  /* observe and suspend --hard send nothing */
    PROMISE_KEYS,   /* key pairs: see judge_keys.c */
    PROMISE_TWIN,   /* a cloud where another daemon of our owner is at work is left alone; see judge_twin.c */
    PROMISE_POLICY, /* what lifecycle asks before a destruction came before it; a rebuild once per value */
    PROMISE_NEWS,   /* people are told what is, once and at least once; see judge_news.h */
    PROMISE_RESTART, /* a state rebuilt from ledger, manifests and a list acts as the one that goes on */
    PROMISE_WHY,     /* what describe names as being in the way is what is in the way; see why.h */
    PROMISE_LIVENESS,
    PROMISE_DETERMINISM,
    PROMISE_COUNT
};
const char *promise_name(enum promise promise);  /* "S1" */
const char *promise_words(enum promise promise); /* "exactly one server per object" */

struct judge_setup {
    unsigned cloud_count, source_count;
    struct cloud *clouds[FLEET_CLOUDS_MAX]; /* outlive the judge */
    const char *cloud_names[FLEET_CLOUDS_MAX];
    enum cloud_dialect dialects[FLEET_CLOUDS_MAX];
    bool hides_rare[FLEET_CLOUDS_MAX]; /* states such as paused or deleted are shown as others */
    bool shows_past[FLEET_CLOUDS_MAX]; /* what a GET shows may be older than a change that was accepted */
    struct manifest *manifests[FLEET_SOURCES_MAX]; /* names, budgets; copied */
    const char *mark_owner;
    int64_t settle_ms;  /* of S1: whatever appears later is a duplicate that nobody could foresee */
    int64_t timeout_ms; /* of a request */
    int64_t poll_ms, full_ms, build_timeout_ms;
    int64_t hardened_ms; /* after this long without a crash what was said has reached the ledger, and what was
                            built is bound */
    unsigned requests_per_second, in_flight;
    unsigned all_percent, all_number; /* the budget over all sources */
    int64_t all_per_ms;               /* 0 = none */
    unsigned target_count;            /* who is notified */
    struct fleet_target targets[FLEET_TARGETS_MAX];
};

struct judge *judge_new(const struct judge_setup *setup);
void judge_free(struct judge *judge);

/* The verdict. */
bool judge_failed(const struct judge *judge);
enum promise judge_promise(const struct judge *judge);
const char *judge_sentence(const struct judge *judge);
void judge_fail(struct judge *judge, enum promise promise, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* How often a promise was put to the test: a promise that no seed tests is not judged. */
uint64_t judge_tests(const struct judge *judge, enum promise promise);
void judge_tested(struct judge *judge, enum promise promise);

/* What the client was told about the world. */
void judge_manifest(struct judge *judge, const struct manifest *manifest, int64_t now_ms);
/* What a restart does to what only the ledger knows. */
enum judge_loss { JUDGE_KEPT, JUDGE_LEDGER_LOST, JUDGE_LEDGER_OLD };
void judge_started(struct judge *judge, enum judge_loss loss, int64_t now_ms);
void judge_crashed(struct judge *judge, int64_t now_ms);
void judge_wall_jumped(struct judge *judge, int64_t by_ms);
/* Another daemon of the same owner begins its work; tells: its marks can be told from ours. */
void judge_another(struct judge *judge, bool tells);
/* The daemon that is judged is that one: it comes beside one that has been there; knows: that one's judge, if
   it has a copy of its ledger; NULL = it has none. */
void judge_beside(struct judge *judge, const struct judge *knows);
/* A person says that the other daemon on this cloud is no matter. */
void judge_another_allowed(struct judge *judge, const char *cloud);
void judge_mode(struct judge *judge, bool observe, int64_t now_ms);
void judge_retried(struct judge *judge, int64_t now_ms); /* `sync NAME` was said, of whatever */
/* The ledger cannot be read: nothing may be changed until a person begins a new one. */
void judge_corrupt(struct judge *judge, bool on);
void judge_source_mode(struct judge *judge, unsigned source, bool observe, bool absent);
void judge_cloud_mode(struct judge *judge, unsigned cloud, bool observe);
/* target: "" everything, source, source/name, cloud:name; hard: nothing at all may be sent. */
void judge_suspended(struct judge *judge, const char *target, bool hard, bool on, int64_t now_ms);
/* Somebody's hand deleted it together with others, more than the brake lets pass: it is not made anew before
   a person approved. */
void judge_swept(struct judge *judge, unsigned cloud, const char *server_id);
void judge_approved(struct judge *judge, const char *source, const char *name, const char *server_id,
                    int64_t now_ms);
/* Somebody is about to change this server by hand. */
void judge_hand(struct judge *judge, unsigned cloud, const char *server_id);
/* The other daemon is about to: its request has arrived. */
void judge_another_acts(struct judge *judge, unsigned cloud, const char *server_id);
void judge_adopted(struct judge *judge, const char *source, const char *name, const char *server_id);
/* History said so; until it is adopted, or a ledger is lost, its server is nobody's. */
bool judge_is_released(const struct judge *judge, const char *source, const char *name);
/* A key pair was put there (a place of fleet_public_keys) or removed (-1) by somebody's hand; released. */
void judge_key_hand(struct judge *judge, unsigned cloud, const char *name, int key, int64_t now_ms);
void judge_key_released(struct judge *judge, const char *name);
void judge_unprotected(struct judge *judge, const char *source, const char *name);

/* What passes between client and cloud. `flight` is unique in the run. */
struct judge_request {
    uint64_t flight;
    unsigned cloud;
    const char *method, *path, *body; /* body NULL = none */
};
void judge_sent(struct judge *judge, const struct judge_request *request, const struct rows *durable_intents,
                int64_t now_ms);
/* It has arrived: the newest record of its cloud is of this request; reply_body is what the cloud answers. */
void judge_arrived(struct judge *judge, unsigned cloud, uint64_t flight, const char *reply_body,
                   int64_t now_ms);
/* The client was given this reply; retry_after_ms 0 = not told; status 0 = none (broken, timed out). */
void judge_answered(struct judge *judge, unsigned cloud, uint64_t flight, int status, int64_t retry_after_ms,
                    int64_t now_ms);

/* A token or password went over the wire; a text that people may read, or that is kept: where it stands. */
void judge_secret(struct judge *judge, const char *secret);
void judge_text(struct judge *judge, const char *where, const char *text);

/* What people read. */
struct judge_tell {
    const char *type, *source, *name, *call, *reason; /* "" = none */
};
void judge_told(struct judge *judge, const struct judge_tell *tell, int64_t now_ms);
/* The JSON of status; wall_ms is the client's wall clock. */
void judge_status(struct judge *judge, const char *json, int64_t wall_ms, int64_t now_ms);

/* A row of the newest status; false: there are no more. Its texts live until the next one is read. */
struct judge_row {
    const char *source, *name, *kind, *cloud, *verdict, *reason;
};
bool judge_row(const struct judge *judge, unsigned place, struct judge_row *out);
/* What describe says of one object. */
struct cJSON;
void judge_described(struct judge *judge, const struct cJSON *described);

/* Other JSON: "plan", "describe" and so on; servers that nobody manages. And what a filter picked of status,
 * with the count told of it. */
void judge_read(struct judge *judge, const char *what, const char *json);
void judge_unmanaged(struct judge *judge, const char *json);
void judge_picked(struct judge *judge, const char *json, unsigned count);

/* Time has passed; the clouds stand at now_ms. */
void judge_passed(struct judge *judge, int64_t now_ms);

/* Liveness. Everything that is not blocked by a person is as the manifests say, and status says so too: NULL,
   or the first thing that is not, in words that live until the next call. */
const char *judge_unsettled(struct judge *judge, const char *json, int64_t now_ms);
/* Mutating requests that have arrived at all clouds. */
uint64_t judge_mutations(const struct judge *judge);

#endif
