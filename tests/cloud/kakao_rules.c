/* Typed by hand from the vendor's words: start only from Stopped, stop only from Active, and so on. */
#include "kakao.h"

#define IN(vm) (1u << (vm))
#define IN_ANY 0xffffffffu

struct rule_row {
    const char *name;
    unsigned states;
    bool tasks; /* also while one runs */
};

static const struct rule_row rules[KAKAO_RULE_COUNT] = {
    [KAKAO_RULE_START] = {"start", IN(VM_STOPPED), false},
    [KAKAO_RULE_STOP] = {"stop", IN(VM_ACTIVE), false},
    [KAKAO_RULE_SOFT_REBOOT] = {"soft-reboot", IN(VM_ACTIVE), false},
    [KAKAO_RULE_HARD_REBOOT] = {"hard-reboot", IN(VM_ACTIVE) | IN(VM_STOPPED), false},
    [KAKAO_RULE_SHELVE] = {"shelve", IN(VM_ACTIVE), false},
    [KAKAO_RULE_UNSHELVE] = {"unshelve", IN(VM_SHELVED_OFFLOADED), false},
    [KAKAO_RULE_RESIZE] = {"resize", IN(VM_STOPPED), false},
    [KAKAO_RULE_REBUILD] = {"rebuild", IN(VM_ACTIVE) | IN(VM_STOPPED), false},
    [KAKAO_RULE_PARTS] = {"change", IN(VM_ACTIVE) | IN(VM_STOPPED), false},
    [KAKAO_RULE_EDIT] = {"update", IN_ANY, true},
    [KAKAO_RULE_DELETE] = {"delete", IN_ANY, true},
};

static bool refuse(struct call *call, enum kakao_rule rule, const char *word)
{
    call_conflict(call, "Cannot '%s' instance %s while its status is %s", rules[rule].name, call->server->id,
                  word);
    if (call_switch(call, KAKAO_WRONG_STATE))
        call_error(call, 400, "Cannot '%s' instance %s while its status is %s", rules[rule].name,
                   call->server->id, word);
    return false;
}

bool kakao_allows(struct call *call, enum kakao_rule rule)
{
    const struct face *face = &call->server->face;
    unsigned states = rules[rule].states;
    bool tasks = rules[rule].tasks;

    if (rule == KAKAO_RULE_DELETE && call_switch(call, KAKAO_DELETE_BUSY)) tasks = false;
    if (call_switch(call, KAKAO_ERROR_ACTIONS) &&
        (rule == KAKAO_RULE_HARD_REBOOT || rule == KAKAO_RULE_STOP || rule == KAKAO_RULE_REBUILD))
        states |= IN(VM_ERROR);
    if (!(states & IN(face->vm))) return refuse(call, rule, vm_state_name(face->vm));
    if (!tasks && face->task != TASK_NONE) return refuse(call, rule, task_name(face->task));
    if (rule == KAKAO_RULE_DELETE && call_switch(call, KAKAO_DELETE_BUSY) && face->vm == VM_BUILDING)
        return refuse(call, rule, vm_state_name(face->vm));
    return true;
}
