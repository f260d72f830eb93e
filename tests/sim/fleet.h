#ifndef SETPOINT_TESTS_SIM_FLEET_H
#define SETPOINT_TESTS_SIM_FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/dice.h"

/* What the simulator's users want: its own manifests, as plain figures. The world turns them into generations
   for the product; the judge reads them as they are. */
enum {
    FLEET_CLOUDS_MAX = 3,
    FLEET_SOURCES_MAX = 3,
    FLEET_NAME = 24,
    FLEET_ID = 40,
    FLEET_FLAVORS = 4,
    FLEET_IMAGES = 2,
    FLEET_ZONES = 2,
    FLEET_GROUPS = 3,
    FLEET_RENAMES = 3, /* of wish.renamed */
    FLEET_VOLUMES = 4,
    FLEET_ADDRESSES = 2,
    FLEET_KEYS = 2,        /* key pairs of a source */
    FLEET_PUBLIC_KEYS = 4, /* the last one is nobody's in a manifest */
    FLEET_STRANGERS_KEY = FLEET_PUBLIC_KEYS - 1,
    FLEET_TARGETS_MAX = 2,
    FLEET_USER_DATA = 100000, /* texts */
    FLEET_USER_DATA_SIZE = 80
};
/* Stands in each text of user data, several times; as it is there, in base64, and in hex. */
#define FLEET_NEEDLE        "Wq7tKz"
#define FLEET_NEEDLE_BASE64 "V3E3dEt6"
#define FLEET_NEEDLE_HEX    "577137744b7a"

enum fleet_power { FLEET_RUNNING, FLEET_STOPPED, FLEET_SHELVED };
enum fleet_on_error { FLEET_HOLD, FLEET_REPAIR, FLEET_REPLACE };
/* A name in the document that is none of the cloud's. */
enum fleet_mistake { FLEET_NO_MISTAKE, FLEET_WRONG_FLAVOR, FLEET_WRONG_IMAGE, FLEET_WRONG_GROUP };

struct wish {
    char name[FLEET_NAME];
    bool present; /* false: out of the manifests for now */
    unsigned cloud;
    unsigned flavor, image, zone;
    unsigned groups;  /* bits of fleet_groups; never 0 */
    unsigned team;    /* metadata team=tN; 0 = the key is not given */
    unsigned volume;  /* 1 … FLEET_VOLUMES; 0 = none */
    unsigned address; /* floating IP, 1 … FLEET_ADDRESSES; 0 = the key is not given */
    unsigned renamed; /* server name NAME-N; 0 = metadata.name */
    enum fleet_power power;
    bool protect;
    bool ignores_flavor;
    bool create_only; /* by createOnly, not by ignore */
    bool replace_stuck, replace_changed;
    bool rebuild_changed; /* where the cloud's dialect has a rebuild */
    bool snapshot;        /* before its delete, where the dialect makes images */
    int64_t stop_for_ms;  /* and so long it is stopped; 0 = not */
    int64_t restart_ms;   /* wall time of spec.restart; 0 = none */
    bool restart_hard;
    char was[FLEET_NAME]; /* the name it had before; "" = none */
    char adopt[FLEET_ID]; /* id of a server to take over; "" = none */
    enum fleet_on_error on_error;
    enum fleet_mistake mistake;
    unsigned user_data; /* 1 … FLEET_USER_DATA; 0 = none */
};

/* A Keypair document: the same public key for some clouds. */
struct key_wish {
    char name[FLEET_NAME]; /* "" = there never is one */
    bool present;
    unsigned clouds; /* bits */
    unsigned key;    /* of fleet_public_keys */
};

/* Whom to notify, of what: bits. */
enum fleet_news { FLEET_CONVERGED, FLEET_WAITING, FLEET_BLOCKED, FLEET_FAILING, FLEET_BRAKE, FLEET_NEWS };
extern const char *const fleet_news[FLEET_NEWS]; /* "Converged" … */

struct fleet_target {
    const char *name;
    unsigned kinds, sources, clouds; /* sources, clouds: 0 = all */
    bool absent;                     /* out of the configuration */
};

/* How a source reads. */
enum fleet_health { FLEET_GOOD, FLEET_INVALID, FLEET_MISSING, FLEET_EMPTY };

struct manifest {
    char name[FLEET_NAME];
    struct wish *wishes; /* in the order of their names */
    unsigned count;
    struct key_wish keys[FLEET_KEYS]; /* in the order of their names */
    enum fleet_health health;
    bool prune;
    int64_t prune_delay_ms;
    unsigned destroy_percent; /* 0: destroy_number counts */
    unsigned destroy_number;
    int64_t destroy_per_ms;
    unsigned disruption_percent;
    unsigned max_instances; /* 0: no limit */
    bool observe;           /* its mode */
    bool absent;            /* its document is out of the configuration */
};

extern const char *const fleet_flavors[FLEET_FLAVORS];
extern const char *const fleet_groups[FLEET_GROUPS];
extern const char *const fleet_volumes[FLEET_VOLUMES];     /* ids; [n - 1] for wish.volume n */
extern const char *const fleet_addresses[FLEET_ADDRESSES]; /* [n - 1] for wish.address n */
extern const char *const fleet_powers[];
extern const char *const fleet_public_keys[FLEET_PUBLIC_KEYS]; /* each has a comment that no other one has */
#define FLEET_SUBNET "b83863ff-0355-4c73-8c10-0bdf66a69aab"

/* A wish of its own for each name; volumes and addresses are given to at most one wish per cloud. */
void wish_draw(struct wish *wish, struct dice *dice, unsigned clouds);
void wish_server_name(const struct wish *wish, char out[FLEET_NAME + 8]);
void wish_user_data(const struct wish *wish, char out[FLEET_USER_DATA_SIZE]);
void wish_team(const struct wish *wish, char out[16]);

struct manifest manifest_copy(const struct manifest *from);
void manifest_release(struct manifest *manifest);
struct wish *manifest_find(const struct manifest *manifest, const char *name);
unsigned manifest_present(const struct manifest *manifest);

#endif
