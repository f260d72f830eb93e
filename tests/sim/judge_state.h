#ifndef SETPOINT_TESTS_SIM_JUDGE_STATE_H
#define SETPOINT_TESTS_SIM_JUDGE_STATE_H

#include <cjson/cJSON.h>

#include "tests/sim/judge.h"
#include "tests/sim/manner.h"
#include "tests/sim/operation.h"
#include "tests/sim/status.h"

/* What the judge remembers; for judge*.c only. */

/* How a server looked in the newest clean reply that reached the client. */
struct sighting {
    bool known;
    char vm_state[20];
    char task[32];
    bool launched;
    bool ran;    /* launched, and the reply shows it */
    bool taken;  /* it carries a whole mark of another owner */
    bool marked; /* or of ours; where there are no marks: it has the name that it was made with */
    int64_t asked_ms, sent_ms;
};

enum birth { BIRTH_UNBORN, BIRTH_LIVE };

struct server_note {
    enum birth birth;
    int64_t made_ms; /* its create was sent then */
    bool leaving;    /* a delete of it took effect: if it lives later, it returned */
    int object;      /* -1: nobody's */
    bool ours;       /* made for us, or adopted */
    bool released;   /* it was ours until then */
    bool claimed;    /* adopted while its mark named another owner, which was not seen to be ours since */
    bool doubtful;   /* only a ledger could tell that it is ours, and it was lost, or an old one restored */
    bool unbound; /* the ledger was, or another daemon made it, and the client has not told since that it is
                     the object's */
    bool former;  /* its mark is a hash of the name that its object had before */
    bool untold;  /* its mark is a hash, and the ledger that knew of what was lost: while its object is
                     not wanted, nobody can tell whose it is */
    bool another; /* another daemon of our owner asked for it */
    int64_t another_ms; /* that one's last request for it arrived then */
    bool told;          /* the client has read its id … */
    int64_t told_ms;    /* … first */
    bool ran;           /* and that it was running once */
    bool knowable;      /* and that it is ours: from the create's reply, or from its whole mark */
    struct sighting seen;
    int64_t approved_until_ms;
    int64_t approved_ms, approved_earlier_ms; /* that was said then; what was said before it stands until */
    int64_t waived_until_ms;                  /* it would stand until then, were this wanted again */
    bool waived_wanted;
    unsigned waived_image;
    int64_t bound_until_ms;      /* the client told that it is gone; INT64_MAX: not yet, and it knows of it */
    bool destroyed;              /* counted */
    bool next;                   /* made as a successor, and not made the current one since */
    bool touched;                /* by somebody's hand */
    bool swept;                  /* and deleted together with others */
    char rebuilt[CLOUD_ID_SIZE]; /* image of the newest rebuild that may have been carried out; "" = none */
    int64_t stopped_ms;          /* by us, since it is not wanted; 0 = not */
};

struct object_note {
    unsigned source;
    char name[FLEET_NAME];
    struct wish wish; /* as last delivered */
    bool wanted;      /* it was in that manifest */
    bool protect;
    int64_t protect_ms, unprotect_ms;
    bool converged_once;     /* and the client surely knows it */
    bool converged_maybe;    /* or may have kept it */
    bool duplicates_excused; /* a ghost later than settle, or one that returned */
    int64_t converged_ms;    /* when that was told first; a crash soon after may have lost it */
    bool interrupted;
    enum operation interrupted_by;
    bool halted; /* counted by its source since it was last Converged */
    bool loose;  /* that call came to nothing, but it has not been Converged since: it may still hold its slot
                  */
    unsigned interrupted_cloud;
    size_t interrupted_server;
    int64_t asked_ms;      /* a create of it left first; 0 = none did */
    int64_t hard_until_ms; /* suspended --hard: INT64_MAX; 0 = not */
    int64_t hard_ms;
    int64_t released_ms; /* 0 = it is not */
    int64_t policy_ms;   /* since when the client knows what comes before its delete; 0 = it may not */
    /* S12: an accepted action of which nothing comes */
    enum operation silent; /* OPERATION_READ = none */
    unsigned silent_cloud;
    size_t silent_server;
    int64_t silent_ms;
};

struct destruction {
    int64_t at_ms;
    int64_t jumped_ms; /* least that the wall clock had jumped when it may have been charged */
    int64_t bonus_ms;  /* by so much too old may a restart take it for */
};

struct jump {
    int64_t at_ms, sum_ms; /* wall against boot time, this one included */
};

struct key_note { /* a key pair's name on a cloud */
    unsigned cloud;
    char name[64];
    int standing;    /* the key under it; -1 = none */
    unsigned tried;  /* bits: a request of ours carried that key */
    bool sure;       /* ours, and the client was told so; the ledger has it */
    int64_t hand_ms; /* somebody's hand changed it last */
};

struct source_note {
    struct manifest manifest;         /* as last delivered */
    struct key_wish keys[FLEET_KEYS]; /* of the last good one */
    bool blank;                       /* the last one said nothing at all */
    bool read;                        /* a good one was delivered to this process */
    bool acts;                        /* the last reading was good */
    bool emptied;                     /* a person approved that it is empty */
    bool hard;
    bool observe, absent; /* its mode; its document is gone */
    int64_t hard_ms;
    struct destruction *destroyed;
    unsigned destroyed_count, destroyed_room;
    unsigned halted; /* servers that went to ERROR after such a call, by these manifests, in this process */
    int64_t halt_ms; /* when the second one was seen */
    unsigned disruptable_before; /* until a while after the last change of manifests */
    int64_t changed_ms;
};

struct flight_note {
    uint64_t id; /* 0 = free */
    unsigned cloud;
    enum operation operation;
    bool ours_to_wait; /* the process that sent it lives */
    int64_t sent_ms;
    int64_t saved_wall_ms; /* of its intent; 0 = not known */
    uint64_t key;          /* of method, path and body: the same request again has the same */
    struct sighting seen;  /* of its server, when it was sent */
    bool ran;              /* and whether it was known to have run */
    bool ours;             /* and whose it was */
    /* what a read showed: filled at arrival, believed at delivery */
    struct sighting *sightings;
    size_t *positions;
    unsigned sighting_count, sighting_room, position_room;
    bool clean;
    bool unauthorized; /* so it was answered, whatever its HTTP status */
    int64_t arrived_ms;
    char key_name[64]; /* of a call for a key pair */
    int key_value;
    bool key_effect;
    int silent_object; /* accepted and ignored: whose; -1 */
    size_t silent_server;
};

struct ghost { /* a create that arrived, and made nothing that can be seen yet */
    char id[CLOUD_ID_SIZE];
    int64_t sent_ms;
};

struct cloud_note {
    struct ghost *ghosts;
    unsigned ghost_count, ghost_room;
    struct server_note *servers; /* by position */
    unsigned server_count, server_room;
    unsigned *unborn, unborn_count, unborn_room;
    int64_t sent_ms[256]; /* ring: send times of this process */
    unsigned sent_next, sent_count;
    unsigned in_flight;
    int64_t quiet_until_ms; /* Retry-After */
    bool hard, observe;
    int64_t hard_ms;
    int64_t another_ms; /* another daemon's server was seen; 0 = not */
    bool another_allowed;
    unsigned *by_id; /* open addressing: position + 1 */
    unsigned by_id_size;
};

enum { REJECTED_MAX = 64, SECRETS_MAX = 8, SECRET_SIZE = 64 /* of the beginning of one */ };

struct judge {
    uint64_t rejected[REJECTED_MAX]; /* keys of requests answered 401; a ring, 0 = none */
    unsigned rejected_next;
    char secrets[SECRETS_MAX][SECRET_SIZE]; /* the newest; "" = none */
    unsigned secrets_next;
    struct judge_setup setup;
    bool failed;
    enum promise promise;
    char sentence[600];
    char words[400]; /* of judge_unsettled */
    uint64_t tests[PROMISE_COUNT];
    struct object_note *objects;
    unsigned object_count, object_room;
    struct source_note sources[FLEET_SOURCES_MAX];
    struct cloud_note clouds[FLEET_CLOUDS_MAX];
    struct flight_note *flights;
    unsigned flight_count, flight_room;
    bool up, observe, hard;
    int64_t wall_offset_ms;      /* of the client's wall clock, when status was last read */
    int64_t retry_ms;            /* somebody said `sync NAME`: one more try is allowed; 0 = never */
    bool corrupt;                /* its ledger cannot be read */
    bool another, another_tells; /* there are two daemons of our owner; and their marks differ */
    bool beginning;              /* what is there now was there before */
    int64_t started_ms;
    bool ledger_lost; /* once, or an old one restored */
    int64_t observe_ms, hard_ms;
    struct jump *jumps;
    unsigned jump_count, jump_room;
    struct key_note *keys;
    unsigned key_count, key_room;
    uint64_t mutations;
    int64_t now_ms;
    struct status status;
    struct news *news; /* NULL: nobody is notified */
};

void object_take_over(struct judge *judge, int object);
void object_release(struct judge *judge, int object, int64_t now_ms);
/* How far the wall clock has jumped in all: the least of what that was from since_ms on. */
int64_t judge_jumped(const struct judge *judge, int64_t since_ms);

int object_find(const struct judge *judge, const char *source, const char *name); /* -1 */
/* "source/name" as the mark says it. */
int object_of_mark(const struct judge *judge, const char *mark);
/* Whose server has, or had, this name by its manifest. */
int object_of_server_name(const struct judge *judge, const char *name);
const struct manner *judge_manner(const struct judge *judge, unsigned cloud);
struct flight_note *flight_note_find(struct judge *judge, uint64_t id);
/* Position of a server, or -1. */
int server_position(struct judge *judge, unsigned cloud, const char *id);
/* New servers, and ghosts that appear: S1 and S4. */
void judge_births(struct judge *judge, unsigned cloud);
/* It was to be replaced by one with another image; NULL = it is as it should be. Where a ledger was lost an
   image that no reply shows is not known any more. */
const char *server_is_outdated(const struct judge *judge, const struct object_note *object, unsigned cloud,
                               const struct cloud_server *server);
/* What is deleted there may come back. */
bool server_can_return(const struct judge *judge, unsigned cloud);
/* Another one of its object lives, which is its successor. */
bool server_has_next(struct judge *judge, unsigned cloud, size_t place);
/* What its mark, whole or not, calls it. */
enum role { ROLE_UNTOLD, ROLE_CURRENT, ROLE_NEXT };
enum role server_role(const struct judge *judge, unsigned cloud, const struct cloud_server *server);
/* The body of a create has a mark that calls the new server a successor. */
bool request_says_next(const struct judge *judge, unsigned cloud, const char *body);
/* Why no successor may be made beside this one; NULL = one may. */
const char *successor_is_wrong(const struct judge *judge, const struct object_note *object, unsigned cloud,
                               const struct cloud_server *other);
/* A call for a server of an object that may have two. */
void judge_replacement(struct judge *judge, const struct flight_note *flight, size_t place,
                       const struct cloud_record *record);
/* In what respect that can be changed the server is not as the last manifest wants it; NULL = in none. */
const char *server_differs(const struct judge *judge, const struct object_note *object, unsigned cloud,
                           const struct cloud_server *server);
/* judge_twin.c: a server that the other of two daemons asked for; it is noted; the client has seen it; what
   was seen is forgotten; and a mutating call leaves for a cloud. */
bool server_is_anothers(const struct judge *judge, unsigned cloud, const struct cloud_server *server);
void server_note_another(struct judge *judge, unsigned cloud, struct server_note *note);
void judge_another_seen(struct judge *judge, unsigned cloud, const struct server_note *note, size_t place);
void judge_another_forgotten(struct judge *judge);
/* The other one has asked something of it lately, of which a reply may not show anything. */
bool server_is_in_hand(const struct server_note *note);
/* It may be taken for what came of a create of ours. */
bool server_is_mistakable(const struct judge *judge, unsigned cloud, const struct server_note *note);
void judge_alone(struct judge *judge, unsigned cloud, const char *call);
/* judge_policy.c: at a good manifest; at a crash, or when it leaves the manifest; when the ledger is lost; at
   the arrival of a request for a server. */
void policy_taken(const struct judge *judge, struct object_note *object, const struct wish *before,
                  int64_t now_ms);
void policy_shaken(const struct judge *judge, struct object_note *object, int64_t now_ms);
void policy_forgotten(struct judge *judge);
void judge_policy(struct judge *judge, const struct flight_note *flight, const struct cloud_record *record,
                  struct server_note *server, int64_t now_ms);
/* judge_disruption.c: a call that interrupts takes effect; and so many are `percent` of `of`. */
void judge_disruption(struct judge *judge, const struct flight_note *flight, int place,
                      struct server_note *server, int64_t now_ms);
unsigned judge_percent(unsigned percent, unsigned of);
/* judge_secrets.c: a request leaves. */
void judge_user_data(struct judge *judge, const struct judge_request *request, enum operation operation);
/* judge_keys.c */
bool judge_is_key(const struct judge *judge, const char *source, const char *name);
void judge_key_noted(struct flight_note *flight, const struct request_meaning *meaning, const char *body);
void judge_key_sent(struct judge *judge, const struct flight_note *flight,
                    const struct request_meaning *meaning, const struct rows *intents);
void judge_key_arrived(struct judge *judge, struct flight_note *flight, const struct cloud_record *record);
void judge_key_answered(struct judge *judge, const struct flight_note *flight);
void judge_keys_forgotten(struct judge *judge);
const char *judge_keys_unsettled(struct judge *judge, const cJSON *status);
void object_settle_protection(const struct judge *judge, struct object_note *object, int64_t now_ms);
/* Not back since a call of ours interrupted it. To be asked whenever that may have changed: what it was
   interrupted for may be wanted no more a moment later. */
bool object_is_interrupted(struct judge *judge, struct object_note *object);
/* The client says Converged: so it is if the power is right, whatever else a hand has changed since. */
void object_is_back(struct judge *judge, struct object_note *object);
/* The client is shown that it is in ERROR, and that it was not before: after a call of ours that interrupted
   it that counts for its source, until the next manifest. */
void server_went_wrong(struct judge *judge, unsigned cloud, size_t place);
/* The client says that its server is gone, and we deleted it: some clouds show it no more while they still
   take it away. */
void object_is_gone(const struct judge *judge, struct object_note *object);
/* The client says that this call came to nothing: nothing is interrupted if the server runs on, and no other
   call of ours came before it. */
void object_call_failed(struct judge *judge, struct object_note *object, const char *call);
/* Servers of the source that lived at any time since. */
unsigned judge_servers_since(struct judge *judge, unsigned source, int64_t since_ms);
/* For which object a server was made: by its mark, or where that cannot tell (it is a hash, or there are
   none), by the name that it has when it appears. -1: for none. */
int server_object(const struct judge *judge, unsigned cloud, const struct cloud_server *server);
/* With our whole mark; with one of another owner. */
bool server_is_marked(const struct judge *judge, unsigned cloud, const struct cloud_server *server);
bool server_is_taken_by_mark(const struct judge *judge, unsigned cloud, const struct cloud_server *server);
bool server_is_marked_protected(const struct judge *judge, unsigned cloud, const struct cloud_server *server);

/* judge_news.c; a manifest was delivered, or its source's document comes or goes. */
struct news *judge_news_new(const struct judge_setup *setup);
void judge_news_free(struct news *news);
void judge_news_wanted(struct judge *judge, unsigned source);

/* A create for that object leaves. */
void judge_made_anew(struct judge *judge, unsigned cloud, int object);

#endif
