#include "words.h"

#include <string.h>
#include <strings.h>

static const char *const vm_state_names[VM_STATE_COUNT] = {
    [VM_BUILDING] = "building",   [VM_ACTIVE] = "active",
    [VM_STOPPED] = "stopped",     [VM_PAUSED] = "paused",
    [VM_SUSPENDED] = "suspended", [VM_RESCUED] = "rescued",
    [VM_RESIZED] = "resized",     [VM_SOFT_DELETED] = "soft-delete",
    [VM_DELETED] = "deleted",     [VM_ERROR] = "error",
    [VM_SHELVED] = "shelved",     [VM_SHELVED_OFFLOADED] = "shelved_offloaded",
};

static const char *const vm_state_statuses[VM_STATE_COUNT] = {
    [VM_BUILDING] = "BUILD",        [VM_ACTIVE] = "ACTIVE",
    [VM_STOPPED] = "SHUTOFF",       [VM_PAUSED] = "PAUSED",
    [VM_SUSPENDED] = "SUSPENDED",   [VM_RESCUED] = "RESCUE",
    [VM_RESIZED] = "VERIFY_RESIZE", [VM_SOFT_DELETED] = "SOFT_DELETED",
    [VM_DELETED] = "DELETED",       [VM_ERROR] = "ERROR",
    [VM_SHELVED] = "SHELVED",       [VM_SHELVED_OFFLOADED] = "SHELVED_OFFLOADED",
};

struct task_row {
    const char *name;
    const char *status; /* instead of the vm_state's; NULL keeps it */
};

static const struct task_row task_rows[TASK_COUNT] = {
    [TASK_NONE] = {"", NULL},
    [TASK_SCHEDULING] = {"scheduling", NULL},
    [TASK_NETWORKING] = {"networking", NULL},
    [TASK_BLOCK_DEVICE_MAPPING] = {"block_device_mapping", NULL},
    [TASK_SPAWNING] = {"spawning", NULL},
    [TASK_POWERING_OFF] = {"powering-off", NULL},
    [TASK_POWERING_ON] = {"powering-on", NULL},
    [TASK_REBOOTING] = {"rebooting", "REBOOT"},
    [TASK_REBOOT_PENDING] = {"reboot_pending", "REBOOT"},
    [TASK_REBOOT_STARTED] = {"reboot_started", "REBOOT"},
    [TASK_REBOOTING_HARD] = {"rebooting_hard", "HARD_REBOOT"},
    [TASK_REBOOT_PENDING_HARD] = {"reboot_pending_hard", "HARD_REBOOT"},
    [TASK_REBOOT_STARTED_HARD] = {"reboot_started_hard", "HARD_REBOOT"},
    [TASK_RESIZE_PREP] = {"resize_prep", "RESIZE"},
    [TASK_RESIZE_MIGRATING] = {"resize_migrating", "RESIZE"},
    [TASK_RESIZE_MIGRATED] = {"resize_migrated", "RESIZE"},
    [TASK_RESIZE_FINISH] = {"resize_finish", "RESIZE"},
    [TASK_RESIZE_REVERTING] = {"resize_reverting", "REVERT_RESIZE"},
    [TASK_REBUILDING] = {"rebuilding", "REBUILD"},
    [TASK_REBUILD_BLOCK_DEVICE_MAPPING] = {"rebuild_block_device_mapping", "REBUILD"},
    [TASK_REBUILD_SPAWNING] = {"rebuild_spawning", "REBUILD"},
    [TASK_SHELVING] = {"shelving", NULL},
    [TASK_SHELVING_IMAGE_PENDING_UPLOAD] = {"shelving_image_pending_upload", NULL},
    [TASK_SHELVING_IMAGE_UPLOADING] = {"shelving_image_uploading", NULL},
    [TASK_SHELVING_OFFLOADING] = {"shelving_offloading", NULL},
    [TASK_UNSHELVING] = {"unshelving", NULL},
    [TASK_IMAGE_SNAPSHOT] = {"image_snapshot", NULL},
    [TASK_IMAGE_PENDING_UPLOAD] = {"image_pending_upload", NULL},
    [TASK_IMAGE_UPLOADING] = {"image_uploading", NULL},
    [TASK_PAUSING] = {"pausing", NULL},
    [TASK_SUSPENDING] = {"suspending", NULL},
    [TASK_RESCUING] = {"rescuing", NULL},
    [TASK_MIGRATING] = {"migrating", "MIGRATING"},
    [TASK_DELETING] = {"deleting", NULL},
};

static const char *const other_statuses[] = {"REBOOT",  "HARD_REBOOT", "RESIZE",   "REVERT_RESIZE",
                                             "REBUILD", "MIGRATING",   "PASSWORD", "UNKNOWN"};

const char *vm_state_name(enum vm_state vm)
{
    return vm_state_names[vm];
}

const char *task_name(enum task task)
{
    return task_rows[task].name;
}

bool task_parse(const char *name, enum task *out_task)
{
    for (unsigned task = 0; task < TASK_COUNT; task++) {
        if (strcmp(task_rows[task].name, name) == 0) {
            *out_task = task;
            return true;
        }
    }
    return false;
}

const char *status_of(enum vm_state vm, enum task task)
{
    bool mapped = vm == VM_ACTIVE || vm == VM_STOPPED || vm == VM_RESIZED;

    /* Nova lets these tasks speak only in the vm_states in which they can begin. */
    if (mapped && task_rows[task].status) return task_rows[task].status;
    if (vm == VM_ERROR && strcmp(task_name(task), "rebuilding") == 0) return "REBUILD";
    return vm_state_statuses[vm];
}

bool status_is_known(const char *status)
{
    for (unsigned vm = 0; vm < VM_STATE_COUNT; vm++) {
        if (strcasecmp(vm_state_statuses[vm], status) == 0) return true;
    }
    for (unsigned i = 0; i < sizeof other_statuses / sizeof *other_statuses; i++) {
        if (strcasecmp(other_statuses[i], status) == 0) return true;
    }
    return false;
}

enum power power_of(enum vm_state vm)
{
    switch (vm) {
    case VM_ACTIVE:
    case VM_RESCUED:
    case VM_RESIZED: return POWER_RUNNING;
    case VM_STOPPED:
    case VM_SHELVED:
    case VM_SHELVED_OFFLOADED: return POWER_OFF;
    case VM_PAUSED: return POWER_PAUSED;
    case VM_SUSPENDED: return POWER_SUSPENDED;
    case VM_BUILDING:
    case VM_SOFT_DELETED:
    case VM_DELETED:
    case VM_ERROR:
    case VM_STATE_COUNT: break;
    }
    return POWER_NONE;
}
