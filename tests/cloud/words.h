/*
 * Nova's three states of a server and the status derived from them
 * (nova/objects/fields.py, nova/api/openstack/common.py _STATE_MAP).
 */
#ifndef SETPOINT_TESTS_CLOUD_WORDS_H
#define SETPOINT_TESTS_CLOUD_WORDS_H

#include <stdbool.h>

enum vm_state {
    VM_BUILDING,
    VM_ACTIVE,
    VM_STOPPED,
    VM_PAUSED,
    VM_SUSPENDED,
    VM_RESCUED,
    VM_RESIZED,
    VM_SOFT_DELETED,
    VM_DELETED,
    VM_ERROR,
    VM_SHELVED,
    VM_SHELVED_OFFLOADED,
    VM_STATE_COUNT,
};

enum task {
    TASK_NONE,
    TASK_SCHEDULING,
    TASK_NETWORKING,
    TASK_BLOCK_DEVICE_MAPPING,
    TASK_SPAWNING,
    TASK_POWERING_OFF,
    TASK_POWERING_ON,
    TASK_REBOOTING,
    TASK_REBOOT_PENDING,
    TASK_REBOOT_STARTED,
    TASK_REBOOTING_HARD,
    TASK_REBOOT_PENDING_HARD,
    TASK_REBOOT_STARTED_HARD,
    TASK_RESIZE_PREP,
    TASK_RESIZE_MIGRATING,
    TASK_RESIZE_MIGRATED,
    TASK_RESIZE_FINISH,
    TASK_RESIZE_REVERTING,
    TASK_REBUILDING,
    TASK_REBUILD_BLOCK_DEVICE_MAPPING,
    TASK_REBUILD_SPAWNING,
    TASK_SHELVING,
    TASK_SHELVING_IMAGE_PENDING_UPLOAD,
    TASK_SHELVING_IMAGE_UPLOADING,
    TASK_SHELVING_OFFLOADING,
    TASK_UNSHELVING,
    TASK_IMAGE_SNAPSHOT,
    TASK_IMAGE_PENDING_UPLOAD,
    TASK_IMAGE_UPLOADING,
    TASK_PAUSING,
    TASK_SUSPENDING,
    TASK_RESCUING,
    TASK_MIGRATING,
    TASK_DELETING,
    TASK_COUNT,
};

enum power {
    POWER_NONE = 0,
    POWER_RUNNING = 1,
    POWER_PAUSED = 3,
    POWER_OFF = 4,
    POWER_CRASHED = 6,
    POWER_SUSPENDED = 7,
};

const char *vm_state_name(enum vm_state vm);
const char *task_name(enum task task); /* "" for TASK_NONE */
bool task_parse(const char *name, enum task *out_task);
/* "ACTIVE", "BUILD", ... */
const char *status_of(enum vm_state vm, enum task task);
/* Whether the status filter's word is one that Nova knows. */
bool status_is_known(const char *status);
/* What a server in this state has when nothing runs. */
enum power power_of(enum vm_state vm);

#endif
