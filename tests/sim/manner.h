#ifndef SETPOINT_TESTS_SIM_MANNER_H
#define SETPOINT_TESTS_SIM_MANNER_H

#include "tests/cloud/cloud.h"
#include "tests/sim/fleet.h"

/* What each dialect lets be wanted, changed and marked: typed from the API's facts, for the simulator's users
   (who write manifests that make sense there) and for the judge. Nothing of the product is in it. */

enum manner_marks {
    MARKS_METADATA,    /* setpoint.* keys */
    MARKS_DESCRIPTION, /* "[sp1 …]" before the user's own text */
    MARKS_NOTHING      /* the ledger alone knows whose a server is */
};

struct manner {
    enum manner_marks marks;
    bool shelves, renames, resizes, reboots, volumes, addresses, metadata,
        user_data;        /* can be had, or be changed in place */
    bool rebuilds, saves; /* another image on it; images of it */
    bool rebuilds_local;  /* rebuilds what has no volume as its root */
    bool subnets;         /* a network is named by its subnet */
    bool codes;           /* no name is looked up: whoever mistypes one is refused by the cloud itself */
    bool hides_launch;    /* whether it ever ran is not told of one that is in error */
    const char *region;
    const char *keypair;       /* NULL: there are none */
    const char *subnet;        /* or network, as `subnets` says */
    const char *root_gib;      /* smallest that is taken */
    const char *const *zones;  /* FLEET_ZONES */
    const char *const *images; /* FLEET_IMAGES, as a manifest names them */
    const char *const *groups; /* FLEET_GROUPS, in the order of fleet_groups */
    int64_t lag_ms;            /* a new server may be missing in lists for so long */
};
const struct manner *manner_of(enum cloud_dialect dialect);
/* Takes out of a wish what there is not. `before`: the wish as it was last, NULL = it is new. A change that
   needs another server is wanted only where the manifest allows that, and now and then all the same. */
void manner_fit(const struct manner *manner, struct wish *wish, const struct wish *before);

#endif
