/* How v1 names Nova's states, and what it allows in which. Typed by hand from the facts; shares nothing with
 * the product's tables. */
#include "nhnv1.h"

/* Saving an image, and what only the v2 API starts, has no word. */
static const char *const task_words[TASK_COUNT] = {
    [TASK_DELETING] = "DELETING",
    [TASK_POWERING_ON] = "POWERING_ON",
    [TASK_POWERING_OFF] = "POWERING_OFF",
    [TASK_REBOOTING] = "REBOOTING",
    [TASK_REBOOT_PENDING] = "REBOOTING",
    [TASK_REBOOT_STARTED] = "REBOOTING",
    [TASK_REBOOTING_HARD] = "REBOOTING",
    [TASK_REBOOT_PENDING_HARD] = "REBOOTING",
    [TASK_REBOOT_STARTED_HARD] = "REBOOTING",
    [TASK_RESIZE_PREP] = "RESIZING",
    [TASK_RESIZE_MIGRATING] = "RESIZING",
    [TASK_RESIZE_MIGRATED] = "RESIZING",
    [TASK_RESIZE_FINISH] = "RESIZING",
    [TASK_RESIZE_REVERTING] = "RESIZING",
    [TASK_MIGRATING] = "MIGRATING",
};

enum { BUILD = 1, ACTIVE = 2, STOP = 4, ERROR = 8 };

static const struct {
    const char *word;
    unsigned bit; /* in rules */
} vm_rows[VM_STATE_COUNT] = {
    [VM_BUILDING] = {"BUILD", BUILD}, [VM_ACTIVE] = {"ACTIVE", ACTIVE}, [VM_STOPPED] = {"STOP", STOP},
    [VM_ERROR] = {"ERROR", ERROR},    [VM_RESIZED] = {"RESIZING", 0},   [VM_DELETED] = {"DELETING", 0},
};

/* A state that only the v2 API or the console brings about. */
static const char *foreign_status(const struct call *call, const struct face *face)
{
    switch (call_switch(call, V1_FOREIGN_STATES)) {
    case 0: return status_of(face->vm, face->task);
    case 1: return face->power == POWER_RUNNING ? "ACTIVE" : "STOP";
    default: return "UNKNOWN";
    }
}

const char *v1_status(const struct call *call, const struct face *face)
{
    if (face->vm != VM_DELETED && task_words[face->task]) return task_words[face->task];
    return vm_rows[face->vm].word ? vm_rows[face->vm].word : foreign_status(call, face);
}

struct act_rule {
    const char *name;
    unsigned in;
    bool launched; /* it must have run */
};

/* The guide: start from STOP, stop from ACTIVE and ERROR, uploadImage from STOP. The others are presumed. */
static const struct act_rule act_rules[V1_ACT_COUNT] = {
    [V1_START] = {"start", STOP, true},
    [V1_STOP] = {"stop", ACTIVE | ERROR, true},
    [V1_REBOOT_SOFT] = {"reboot", ACTIVE, true},
    [V1_REBOOT_HARD] = {"reboot", ACTIVE | STOP | ERROR, true},
    [V1_RESIZE] = {"resize", ACTIVE | STOP, true},
    [V1_UPLOAD_IMAGE] = {"uploadImage", STOP, true},
    [V1_SET_GROUP] = {"securityGroup", ACTIVE | STOP, false},
    [V1_SET_FLOATING_IP] = {"floatingIp", ACTIVE | STOP, false},
    [V1_ATTACH] = {"attach", ACTIVE | STOP, false},
    [V1_DETACH] = {"detach", ACTIVE | STOP, false},
};

static unsigned states_allowed(const struct call *call, enum v1_act act)
{
    unsigned in = act_rules[act].in;

    if (act == V1_RESIZE && call_switch(call, V1_RESIZE_FROM) == 1) in = STOP;
    if (act == V1_REBOOT_HARD && call_switch(call, V1_REBOOT_FROM) == 1) in = ACTIVE;
    if ((act == V1_ATTACH || act == V1_DETACH) && call_switch(call, V1_ATTACH_FROM) == 1) in = ACTIVE;
    return in;
}

bool v1_allows(struct call *call, enum v1_act act)
{
    const struct face *face = &call->server->face;
    unsigned state = face->task == TASK_NONE ? vm_rows[face->vm].bit : 0;
    bool ready = !act_rules[act].launched || call->server->first_running_ms >= 0;

    if (ready && (state & states_allowed(call, act))) return true;
    call->illegal = true;
    return ready ? v1_refuse_by(call, V1_INSTANCE, 409, "Cannot %s instance %s while it is in status %s",
                                act_rules[act].name, call->server->id, v1_status(call, face))
                 : v1_refuse_by(call, V1_INSTANCE, 409, "Instance %s is not ready", call->server->id);
}
