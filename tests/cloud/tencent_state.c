/* What the API calls the state of an instance, and what CVM takes in it: typed by hand from its error lists.
 */
#include "tencent.h"

#include <string.h>

static bool is_password_set(const struct server *server, int64_t now_ms)
{
    return !server->by_request || server->first_running_ms < 0 ||
           now_ms >= server->first_running_ms + TENCENT_PASSWORD_MS;
}

/* A task says more than the state in which it runs. */
static const char *const task_words[TASK_COUNT] = {
    [TASK_POWERING_ON] = "STARTING",          [TASK_POWERING_OFF] = "STOPPING",
    [TASK_DELETING] = "TERMINATING",          [TASK_REBOOTING] = "REBOOTING",
    [TASK_REBOOT_PENDING] = "REBOOTING",      [TASK_REBOOT_STARTED] = "REBOOTING",
    [TASK_REBOOTING_HARD] = "REBOOTING",      [TASK_REBOOT_PENDING_HARD] = "REBOOTING",
    [TASK_REBOOT_STARTED_HARD] = "REBOOTING", [TASK_MIGRATING] = "SERVICE_LIVE_MIGRATE",
};

static const char *const vm_words[VM_STATE_COUNT] = {
    [VM_BUILDING] = "PENDING",    [VM_ACTIVE] = "RUNNING",        [VM_STOPPED] = "STOPPED",
    [VM_PAUSED] = "FREEZING",     [VM_SUSPENDED] = "FREEZING",    [VM_RESCUED] = "RESCUE_MODE",
    [VM_RESIZED] = "STOPPED",     [VM_SOFT_DELETED] = "SHUTDOWN", [VM_DELETED] = "TERMINATING",
    [VM_ERROR] = "LAUNCH_FAILED", [VM_SHELVED] = "STOPPED",       [VM_SHELVED_OFFLOADED] = "STOPPED",
};

/* A crash is a stop here: there is no state for what once ran and is broken. */
static const char *word_of(enum vm_state vm, enum task task, bool launched)
{
    if (task_words[task]) return task_words[task];
    return vm == VM_ERROR && launched ? "STOPPED" : vm_words[vm];
}

/* What was accepted a moment ago does not show yet. */
static bool is_hidden(const struct call *call, const struct server *server, const struct face *face)
{
    return call_switch(call, TENCENT_FLIP) == 0 && face == &server->face && server->sequence &&
           face->vm != VM_BUILDING && call->now_ms < server->begun_ms + TENCENT_FLIP_MS;
}

static const char *operation_name(const struct action *action)
{
    return strcmp(action->name, "create") == 0 ? "RunInstances" : action->name;
}

struct tencent_state tencent_state(const struct call *call, const struct server *server,
                                   const struct face *face)
{
    bool hidden = is_hidden(call, server, face);
    enum task task = hidden ? TASK_NONE : face->task;
    enum vm_state vm = hidden ? server->vm_before : face->vm;
    size_t newest = server->action_count - (hidden && server->action_count > 1);
    const struct action *action = newest ? &server->actions[newest - 1] : NULL;
    bool failed = (action && action->failed) || vm == VM_ERROR;
    struct tencent_state out = {.state = word_of(vm, task, face->launched_ms >= 0)};

    if (action) {
        out.operation = operation_name(action);
        out.operation_state = failed ? "FAILED" : "SUCCESS";
        out.request_id = action->request_id + 4;
    }
    if (vm == VM_ACTIVE && task == TASK_NONE && !is_password_set(server, call->now_ms)) {
        out.operation = "ResetInstancesPassword";
        out.operation_state = "OPERATING";
    } else if (task != TASK_NONE || vm == VM_BUILDING) {
        out.operation_state = "OPERATING";
    } else if (call_switch(call, TENCENT_OPERATION)) {
        out.operation_state = NULL;
    }
    return out;
}

static const struct {
    const char *name;
    const char *states[4];
} rules[TENCENT_ACTS] = {
    [TENCENT_ON] = {"start", {"STOPPED"}},
    [TENCENT_OFF] = {"stop", {"RUNNING"}},
    [TENCENT_MODIFY] = {"modify", {"RUNNING", "STOPPED"}},
    [TENCENT_RESET] = {"reset", {"RUNNING", "STOPPED"}},
    [TENCENT_TERMINATE] = {"terminate", {"RUNNING", "STOPPED", "SHUTDOWN"}},
};

/* "UnsupportedOperation.InstanceStateLaunchFailed" */
static bool refuse_state(struct call *call, const char *name, const char *state)
{
    static const struct {
        const char *state, *code;
    } codes[] = {
        {"PENDING", "Pending"},     {"LAUNCH_FAILED", "LaunchFailed"}, {"RUNNING", "Running"},
        {"STOPPED", "Stopped"},     {"STARTING", "Starting"},          {"STOPPING", "Stopping"},
        {"REBOOTING", "Rebooting"}, {"SHUTDOWN", "Shutdown"},          {"TERMINATING", "Terminating"},
        {"FREEZING", "Freezing"},   {"RESCUE_MODE", "RescueMode"},
    };
    size_t i = 0;

    while (i + 1 < sizeof codes / sizeof *codes && strcmp(codes[i].state, state) != 0)
        i++;
    call->illegal = true;
    char code[64] = "UnsupportedOperation.InstanceState";
    strncat(code, codes[i].code, sizeof code - strlen(code) - 1);
    return tencent_refuse(call, code, "cannot %s `%s` while it is %s", name, call->server->id, state);
}

bool tencent_allows(struct call *call, enum tencent_act act)
{
    const struct server *server = call->server;
    const struct face *face = &server->face;
    const char *state = word_of(face->vm, face->task, face->launched_ms >= 0);
    bool allowed = false;

    for (size_t i = 0; i < 4 && rules[act].states[i]; i++)
        allowed = allowed || strcmp(rules[act].states[i], state) == 0;
    if (!allowed) return refuse_state(call, rules[act].name, state);
    if (server->sequence || face->task != TASK_NONE || !is_password_set(server, call->now_ms)) {
        call->illegal = true;
        return tencent_refuse(call, "OperationDenied.InstanceOperationInProgress",
                              "`%s` already has operation in progress. Please try again later", server->id);
    }
    return true;
}

bool tencent_is_binned(const struct server *server)
{
    return !server->exists && server->face.vm == VM_SOFT_DELETED;
}

bool tencent_is_stillborn(const struct call *call, const struct server *server)
{
    const struct face *face = &server->face;
    bool stays = call_switch(call, TENCENT_LAUNCH_FAILED);

    return face->vm == VM_ERROR && face->launched_ms < 0 &&
           (stays || call->now_ms < face->updated_ms + TENCENT_VANISH_MS);
}

void tencent_sweep(struct cloud *cloud)
{
    for (size_t i = 0; i < cloud->fleet.count; i++) {
        struct server *server = cloud->fleet.servers[i];

        if (!server->exists || server->face.vm != VM_ERROR || server->face.launched_ms >= 0) continue;
        server->deleted_ms = cloud->now_ms;
        fleet_gone(&cloud->fleet, server);
    }
}
