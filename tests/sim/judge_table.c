#include <string.h>

#include "tests/sim/operation.h"

/* State × action, as the facts have it for each dialect. */

enum {
    BUILDING = 1 << 0,
    ACTIVE = 1 << 1,
    STOPPED = 1 << 2,
    SHELVED = 1 << 3,
    OFFLOADED = 1 << 4,
    PAUSED = 1 << 5,
    SUSPENDED = 1 << 6,
    RESCUED = 1 << 7,
    RESIZED = 1 << 8,
    FAILED = 1 << 9,
    BINNED = 1 << 10,
    EVERY = (1 << 11) - 1,
    GONE = 1 << 11 /* and still shown */
};

static const char *const states[] = {"building",          "active", "stopped",     "shelved",
                                     "shelved_offloaded", "paused", "suspended",   "rescued",
                                     "resized",           "error",  "soft-delete", "deleted"};

static unsigned state_bit(const char *vm_state)
{
    for (unsigned i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i], vm_state) == 0) return 1u << i;
    return 0;
}

/* A row of zeros: never. */
struct legal_row {
    unsigned states;
    bool any_task;
    bool needs_launch; /* refused for a server that never ran */
};

/* Nova's own state checks. */
static const struct legal_row nova[OPERATION_COUNT] = {
    [OPERATION_REBUILD] = {ACTIVE | STOPPED | FAILED, false, true},
    [OPERATION_SNAPSHOT] = {ACTIVE | STOPPED | PAUSED | SUSPENDED, false, true},
    [OPERATION_RENAME] = {EVERY, true, false},
    [OPERATION_METADATA] = {ACTIVE | STOPPED | PAUSED | SUSPENDED, true, false},
    [OPERATION_RESIZE] = {ACTIVE | STOPPED, false, true},
    [OPERATION_CONFIRM] = {RESIZED, false, false},
    [OPERATION_START] = {STOPPED, false, false},
    [OPERATION_STOP] = {ACTIVE | FAILED, false, true},
    [OPERATION_SHELVE] = {ACTIVE | STOPPED | PAUSED | SUSPENDED, false, true},
    [OPERATION_UNSHELVE] = {SHELVED | OFFLOADED, false, false},
    [OPERATION_REBOOT_SOFT] = {ACTIVE, false, true},
    [OPERATION_REBOOT_HARD] = {ACTIVE | STOPPED | PAUSED | SUSPENDED | FAILED, true, true},
    [OPERATION_ASSOCIATE] = {EVERY & ~BUILDING, true, true},
    [OPERATION_RELEASE] = {EVERY & ~BUILDING, true, true},
    [OPERATION_ADD_GROUP] = {EVERY & ~BUILDING, true, true},
    [OPERATION_REMOVE_GROUP] = {EVERY & ~BUILDING, true, true},
    [OPERATION_ATTACH] = {ACTIVE | STOPPED | PAUSED | RESIZED, false, false},
    [OPERATION_DETACH] = {ACTIVE | STOPPED | PAUSED | RESIZED, false, false},
    [OPERATION_DELETE] = {EVERY | GONE, true, false},
};

/* The guide's words; where it says nothing, what both readings allow. */
static const struct legal_row v1[OPERATION_COUNT] = {
    [OPERATION_SNAPSHOT] = {STOPPED, false, false},
    [OPERATION_RESIZE] = {ACTIVE | STOPPED, false, false},
    [OPERATION_START] = {STOPPED, false, false},
    [OPERATION_STOP] = {ACTIVE | FAILED, false, false},
    [OPERATION_REBOOT_SOFT] = {ACTIVE, false, false},
    [OPERATION_REBOOT_HARD] = {ACTIVE | STOPPED | FAILED, false, false},
    [OPERATION_ASSOCIATE] = {ACTIVE | STOPPED, false, false},
    [OPERATION_RELEASE] = {ACTIVE | STOPPED, false, false},
    [OPERATION_ADD_GROUP] = {ACTIVE | STOPPED, false, false},
    [OPERATION_REMOVE_GROUP] = {ACTIVE | STOPPED, false, false},
    [OPERATION_ATTACH] = {ACTIVE | STOPPED, false, false},
    [OPERATION_DETACH] = {ACTIVE | STOPPED, false, false},
    [OPERATION_DELETE] = {EVERY | GONE, true, false},
};

/* The vendor's words. Whether one in error takes a hard reboot is not told: it may be tried. */
static const struct legal_row kakao[OPERATION_COUNT] = {
    [OPERATION_RENAME] = {EVERY, true, false},
    [OPERATION_METADATA] = {EVERY, true, false},
    [OPERATION_RESIZE] = {STOPPED, false, false},
    [OPERATION_REBUILD] = {ACTIVE | STOPPED, false, false},
    [OPERATION_START] = {STOPPED, false, false},
    [OPERATION_STOP] = {ACTIVE, false, false},
    [OPERATION_SHELVE] = {ACTIVE, false, false},
    [OPERATION_UNSHELVE] = {OFFLOADED, false, false},
    [OPERATION_REBOOT_SOFT] = {ACTIVE, false, false},
    [OPERATION_REBOOT_HARD] = {ACTIVE | STOPPED | FAILED, false, false},
    [OPERATION_ASSOCIATE] = {ACTIVE | STOPPED, false, false},
    [OPERATION_RELEASE] = {ACTIVE | STOPPED, false, false},
    [OPERATION_ADD_GROUP] = {ACTIVE | STOPPED, false, false},
    [OPERATION_REMOVE_GROUP] = {ACTIVE | STOPPED, false, false},
    [OPERATION_ATTACH] = {ACTIVE | STOPPED, false, false},
    [OPERATION_DETACH] = {ACTIVE | STOPPED, false, false},
    [OPERATION_DELETE] = {EVERY | GONE, true, false},
};

/* CVM's lists of state errors. What once ran and broke is STOPPED here; what never did, LAUNCH_FAILED. */
static const struct legal_row tencent[OPERATION_COUNT] = {
    [OPERATION_REBUILD] = {ACTIVE | STOPPED, false, false},
    [OPERATION_RENAME] = {ACTIVE | STOPPED, false, false},
    [OPERATION_SET_GROUPS] = {ACTIVE | STOPPED, false, false},
    [OPERATION_START] = {STOPPED, false, false},
    [OPERATION_STOP] = {ACTIVE, false, false},
    [OPERATION_DELETE] = {ACTIVE | STOPPED | BINNED, false, false},
};

static const struct legal_row *const legal[CLOUD_DIALECT_COUNT] = {
    [CLOUD_NHN_V2] = nova,      [CLOUD_OPENSTACK] = nova,          [CLOUD_NHN_V1] = v1,
    [CLOUD_KAKAOCLOUD] = kakao, [CLOUD_TENCENT_GATEWAY] = tencent,
};

static unsigned shown_state(enum cloud_dialect dialect, const char *vm_state, bool launched)
{
    unsigned bit = state_bit(vm_state);
    bool stands_still = (bit & (SHELVED | OFFLOADED | RESIZED)) || (bit == FAILED && launched);
    return dialect == CLOUD_TENCENT_GATEWAY && stands_still ? STOPPED : bit;
}

bool operation_is_legal(enum cloud_dialect dialect, enum operation operation, const char *vm_state,
                        const char *task, bool launched)
{
    const struct legal_row *row = &legal[dialect][operation];
    unsigned allowed = row->states;
    if (operation == OPERATION_READ || operation == OPERATION_CREATE) return true;
    /* the guide: from ACTIVE only */
    if (operation == OPERATION_SHELVE && dialect == CLOUD_NHN_V2) allowed = ACTIVE;
    if (!(allowed & shown_state(dialect, vm_state, launched))) return false;
    if (row->needs_launch && !launched) return false;
    return row->any_task || task[0] == '\0';
}
