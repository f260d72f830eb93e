#include <string.h>

#include "tests/sim/judge_state.h"

/* --- reading a request --- */

struct action_row {
    const char *key; /* as it stands in the body */
    enum operation operation;
};
static const struct action_row actions[] = {
    {"\"os-start\"", OPERATION_START},
    {"\"os-stop\"", OPERATION_STOP},
    {"\"unshelve\"", OPERATION_UNSHELVE},
    {"\"shelve\"", OPERATION_SHELVE},
    {"\"resize\"", OPERATION_RESIZE},
    {"\"confirmResize\"", OPERATION_CONFIRM},
    {"\"addSecurityGroup\"", OPERATION_ADD_GROUP},
    {"\"removeSecurityGroup\"", OPERATION_REMOVE_GROUP},
    {"\"HARD\"", OPERATION_REBOOT_HARD},
    {"\"SOFT\"", OPERATION_REBOOT_SOFT},
};

static bool ends_in(const char *path, const char *end)
{
    size_t length = strlen(path), size = strlen(end);
    return length >= size && strcmp(path + length - size, end) == 0;
}

enum operation operation_read(const char *method, const char *path, const char *body)
{
    bool post = strcmp(method, "POST") == 0, removes = strcmp(method, "DELETE") == 0;
    if (strcmp(method, "GET") == 0 || strstr(path, "/tokens")) return OPERATION_READ;
    if (post && ends_in(path, "/servers")) return OPERATION_CREATE;
    if (strstr(path, "/metadata")) return OPERATION_METADATA;
    if (strstr(path, "/os-volume_attachments")) return post ? OPERATION_ATTACH : OPERATION_DETACH;
    if (ends_in(path, "/action") && body)
        for (unsigned i = 0; i < sizeof actions / sizeof *actions; i++)
            if (strstr(body, actions[i].key)) return actions[i].operation;
    if (removes && strstr(path, "/servers/")) return OPERATION_DELETE;
    if (strcmp(method, "PUT") == 0 && strstr(path, "/servers/")) return OPERATION_RENAME;
    return OPERATION_OTHER;
}

static const char *const calls[OPERATION_COUNT] = {
    [OPERATION_READ] = "Look",
    [OPERATION_CREATE] = "Create",
    [OPERATION_RENAME] = "Rename",
    [OPERATION_METADATA] = "SetMetadata",
    [OPERATION_RESIZE] = "Resize",
    [OPERATION_CONFIRM] = "ConfirmResize",
    [OPERATION_START] = "Start",
    [OPERATION_STOP] = "Stop",
    [OPERATION_SHELVE] = "Shelve",
    [OPERATION_UNSHELVE] = "Unshelve",
    [OPERATION_REBOOT_SOFT] = "Reboot",
    [OPERATION_REBOOT_HARD] = "Reboot",
    [OPERATION_ADD_GROUP] = "AddSecurityGroup",
    [OPERATION_REMOVE_GROUP] = "RemoveSecurityGroup",
    [OPERATION_ATTACH] = "AttachVolume",
    [OPERATION_DETACH] = "DetachVolume",
    [OPERATION_DELETE] = "Delete",
    [OPERATION_OTHER] = "?",
};

const char *operation_call(enum operation operation)
{
    return calls[operation];
}

bool operation_interrupts(enum operation operation)
{
    return operation == OPERATION_STOP || operation == OPERATION_SHELVE || operation == OPERATION_RESIZE ||
           operation == OPERATION_REBOOT_SOFT || operation == OPERATION_REBOOT_HARD;
}

/* --- state × action --- */

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
    EVERY = (1 << 10) - 1
};

static const char *const states[] = {"building", "active",    "stopped", "shelved", "shelved_offloaded",
                                     "paused",   "suspended", "rescued", "resized", "error"};

static unsigned state_bit(const char *vm_state)
{
    for (unsigned i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i], vm_state) == 0) return 1u << i;
    return 0;
}

struct legal_row {
    unsigned states;
    bool any_task;
    bool needs_launch; /* refused for a server that never ran */
};
static const struct legal_row legal[OPERATION_COUNT] = {
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
    [OPERATION_ADD_GROUP] = {EVERY & ~BUILDING, true, true},
    [OPERATION_REMOVE_GROUP] = {EVERY & ~BUILDING, true, true},
    [OPERATION_ATTACH] = {ACTIVE | STOPPED | PAUSED | RESIZED, false, false},
    [OPERATION_DETACH] = {ACTIVE | STOPPED | PAUSED | RESIZED, false, false},
};

bool operation_is_legal(enum operation operation, const char *vm_state, const char *task, bool launched,
                        bool shelve_only_active)
{
    const struct legal_row *row = &legal[operation];
    unsigned allowed = row->states;
    if (operation == OPERATION_READ || operation == OPERATION_CREATE || operation == OPERATION_DELETE)
        return true;
    if (operation == OPERATION_SHELVE && shelve_only_active) allowed = ACTIVE;
    if (!(allowed & state_bit(vm_state))) return false;
    if (row->needs_launch && !launched) return false;
    return row->any_task || task[0] == '\0';
}
