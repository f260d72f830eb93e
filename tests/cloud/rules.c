#include "rules.h"

#define IN(vm) (1u << (vm))
#define IN_ANY 0xffffffffu

enum task_rule {
    TASKS_NONE, /* no task may run */
    TASKS_ANY,
    TASKS_REBOOT, /* none, or one that a hard reboot may cut short */
};

struct rule {
    const char *name; /* as Nova's message says it */
    unsigned states;
    enum task_rule tasks;
    bool needs_host;   /* "Instance ... is not ready" */
    bool needs_launch; /* the same, for one that never ran */
    bool needs_port;
};

static const struct rule rules[RULE_KIND_COUNT] = {
    [RULE_START] = {"start", IN(VM_STOPPED), TASKS_NONE, true, true, false},
    [RULE_STOP] = {"stop", IN(VM_ACTIVE) | IN(VM_ERROR), TASKS_NONE, true, true, false},
    [RULE_REBOOT_SOFT] = {"reboot", IN(VM_ACTIVE), TASKS_NONE, false, true, false},
    [RULE_REBOOT_HARD] = {"reboot",
                          IN(VM_ACTIVE) | IN(VM_STOPPED) | IN(VM_PAUSED) | IN(VM_SUSPENDED) | IN(VM_ERROR),
                          TASKS_REBOOT, false, true, false},
    [RULE_RESIZE] = {"resize", IN(VM_ACTIVE) | IN(VM_STOPPED), TASKS_NONE, false, true, false},
    [RULE_CONFIRM] = {"confirmResize", IN(VM_RESIZED), TASKS_NONE, false, false, false},
    [RULE_REVERT] = {"revertResize", IN(VM_RESIZED), TASKS_NONE, false, false, false},
    [RULE_SHELVE] = {"shelve", IN(VM_ACTIVE) | IN(VM_STOPPED) | IN(VM_PAUSED) | IN(VM_SUSPENDED), TASKS_NONE,
                     false, true, false},
    [RULE_UNSHELVE] = {"unshelve", IN(VM_SHELVED) | IN(VM_SHELVED_OFFLOADED), TASKS_NONE, false, false,
                       false},
    [RULE_METADATA] = {"update_instance_metadata",
                       IN(VM_ACTIVE) | IN(VM_PAUSED) | IN(VM_SUSPENDED) | IN(VM_STOPPED), TASKS_ANY, false,
                       false, false},
    [RULE_RENAME] = {"update", IN_ANY, TASKS_ANY, false, false, false},
    [RULE_GROUP] = {"addSecurityGroup", IN_ANY, TASKS_ANY, false, false, true},
    [RULE_ATTACH] = {"attach_volume", IN(VM_ACTIVE) | IN(VM_PAUSED) | IN(VM_STOPPED) | IN(VM_RESIZED),
                     TASKS_NONE, false, false, false},
    [RULE_DETACH] = {"detach_volume", IN(VM_ACTIVE) | IN(VM_PAUSED) | IN(VM_STOPPED) | IN(VM_RESIZED),
                     TASKS_NONE, false, false, false},
    [RULE_IMAGE] = {"createImage", IN(VM_ACTIVE) | IN(VM_STOPPED) | IN(VM_PAUSED) | IN(VM_SUSPENDED),
                    TASKS_NONE, false, true, false},
    [RULE_REBUILD] = {"rebuild", IN(VM_ACTIVE) | IN(VM_STOPPED) | IN(VM_ERROR), TASKS_NONE, false, true,
                      false},
    [RULE_DELETE] = {"delete", IN_ANY, TASKS_ANY, false, false, false},
};

static bool task_allowed(enum task_rule rule, enum task task)
{
    switch (rule) {
    case TASKS_ANY: return true;
    case TASKS_NONE: return task == TASK_NONE;
    case TASKS_REBOOT: break;
    }
    return task == TASK_NONE || task == TASK_REBOOTING || task == TASK_REBOOT_PENDING ||
           task == TASK_REBOOT_STARTED || task == TASK_REBOOTING_HARD || task == TASK_PAUSING ||
           task == TASK_SUSPENDING;
}

static unsigned rule_states(const struct call *call, const struct server *server, enum rule_kind kind)
{
    if (kind == RULE_SHELVE && call->cloud->options.shelve_only_active) return IN(VM_ACTIVE);
    /* A paused server's memory can be saved only when it boots from an image. */
    if (kind == RULE_IMAGE && server->boot_volume) return rules[kind].states & ~IN(VM_PAUSED);
    return rules[kind].states;
}

static bool rule_conflict(struct call *call, const struct server *server, enum rule_kind kind,
                          const char *what, const char *value)
{
    call_conflict(call, "Cannot '%s' instance %s while it is in %s %s", rules[kind].name, server->id, what,
                  value);
    return false;
}

bool rule_allows(struct call *call, const struct server *server, enum rule_kind kind)
{
    const struct rule *rule = &rules[kind];
    const struct face *face = &server->face;

    if (face->locked && !call->token->user->admin) {
        call_conflict(call, "Instance %s is locked", server->id);
        return false;
    }
    if (rule->needs_host && !(face->has & HAS_HOST)) {
        call_conflict(call, "Instance %s is not ready", server->id);
        return false;
    }
    if (!(rule_states(call, server, kind) & IN(face->vm)))
        return rule_conflict(call, server, kind, "vm_state", vm_state_name(face->vm));
    if (!task_allowed(rule->tasks, face->task))
        return rule_conflict(call, server, kind, "task_state", task_name(face->task));
    if (rule->needs_launch && face->launched_ms < 0) {
        call_conflict(call, "Instance %s is not ready", server->id);
        return false;
    }
    if (rule->needs_port && !(face->has & HAS_PORTS)) {
        call_error(call, 404, "Instance %s has no ports yet", server->id);
        return false;
    }
    return true;
}
