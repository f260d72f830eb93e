/* What changes instances that there are. */
#include "tencent.h"

#include "act.h"
#include "checks.h"
#include "memory.h"

#include <string.h>

/* One instance is enough: nobody sends several. */
static bool takes(struct call *call, const char *const *known, enum tencent_act act)
{
    const struct server *server = call->server;

    if (!tencent_body(call, known)) return false;
    if (cJSON_GetArraySize(tencent_member(call, "InstanceIds")) > 1)
        return tencent_fail(call, 10001, "Parse parameter error", "one instance at a time is simulated");
    bool there = server && strcmp(server->project, call->project) == 0 &&
                 (server->exists || tencent_is_binned(server) || tencent_is_stillborn(call, server));
    if (!there) return tencent_refuse(call, "InvalidInstanceId.NotFound", "there is no such instance");
    return tencent_allows(call, act);
}

/* Into the recycle bin, where a second one is final. */
void tencent_delete(struct call *call)
{
    static const char *const known[] = {"InstanceIds", NULL};

    if (!takes(call, known, TENCENT_TERMINATE)) return;
    if (tencent_is_binned(call->server)) {
        if (!call_is_ignored(call)) {
            cloud_touch(call->cloud, call->server);
            call->server->face.vm = VM_DELETED;
            call->effect = true;
        }
    } else if (call_switch(call, TENCENT_RELEASE)) {
        act_delete(call);
    } else {
        act_note(call, "TerminateInstances");
        if (!call_is_ignored(call)) act_life(call, LIFE_BIN);
    }
    tencent_done(call);
}

static bool read_groups(struct call *call, const cJSON *list, struct item **out, size_t *out_count)
{
    const cJSON *each;

    *out_count = 0;
    cJSON_ArrayForEach(each, list)
    {
        const char *code = cJSON_GetStringValue(each);
        struct item *group = code ? tencent_item(call, CLOUD_GROUP, "sg", code) : NULL;

        if (!group) return tencent_refuse(call, "InvalidSecurityGroupId.NotFound", "`%s`", code ? code : "");
        if (*out_count < SERVER_GROUPS_MAX) out[(*out_count)++] = group;
    }
    return *out_count || tencent_refuse(call, "InvalidParameterValue", "SecurityGroups is empty");
}

/* One attribute at a time; a name that is not given stays, or becomes the default of its table (switch). */
void tencent_update(struct call *call)
{
    static const char *const known[] = {"InstanceIds", "InstanceName", "SecurityGroups", NULL};
    const cJSON *name = tencent_member(call, "InstanceName"), *list = tencent_member(call, "SecurityGroups");
    struct item *groups[SERVER_GROUPS_MAX];
    size_t count = 0;

    if (!takes(call, known, TENCENT_MODIFY)) return;
    if (name && list) {
        tencent_refuse(call, "InvalidParameterCombination", "one attribute at a time");
        return;
    }
    if (!name && !list) {
        tencent_refuse(call, "MissingParameter.AtLeastOne", "nothing to modify");
        return;
    }
    if (list && !read_groups(call, list, groups, &count)) return;
    memory_put(call->detail, sizeof call->detail, name ? tencent_text(call, "InstanceName") : "groups");
    if (!call_is_ignored(call)) {
        struct face *face = &call->server->face;

        cloud_touch(call->cloud, call->server);
        if (name || call_switch(call, TENCENT_UPDATE_NAME))
            server_rename(face, tencent_text(call, "InstanceName"));
        if (list) {
            memcpy(face->groups, groups, count * sizeof *groups);
            face->group_count = count;
        }
        face->updated_ms = call->now_ms;
        call->effect = true;
    }
    tencent_done(call);
}

void tencent_reset(struct call *call)
{
    static const char *const known[] = {"InstanceId", "SystemDisk",      "LoginSettings",
                                        "ImageId",    "EnhancedService", NULL};
    const char *code = tencent_text(call, "ImageId");
    struct item *image = tencent_item(call, CLOUD_IMAGE_ITEM, "img", code);

    memory_put(call->detail, sizeof call->detail, code);
    if (!takes(call, known, TENCENT_RESET)) return;
    if (!cJSON_IsObject(tencent_member(call, "SystemDisk")) ||
        !cJSON_IsObject(tencent_member(call, "LoginSettings"))) {
        tencent_fail(call, 10001, "Parse parameter error", "SystemDisk and LoginSettings are required");
        return;
    }
    if (!image) {
        tencent_refuse(call, "InvalidImageId.NotFound", "ImageId `%s`", code);
        return;
    }
    act_note(call, "ResetInstance");
    if (!call_is_ignored(call)) {
        act_life(call, LIFE_REBUILD);
        call->server->face.image = image;
    }
    tencent_done(call);
}

void tencent_turn_on(struct call *call)
{
    static const char *const known[] = {"InstanceIds", "InstanceId", NULL};

    if (!takes(call, known, TENCENT_ON)) return;
    act_note(call, "StartInstances");
    if (!call_is_ignored(call)) act_life(call, LIFE_START);
    tencent_done(call);
}

/* A guest may not listen to a soft one: then it is as before, and the operation has failed. */
void tencent_turn_off(struct call *call)
{
    static const char *const known[] = {"InstanceIds", "InstanceId", "ForceStop", NULL};
    bool force = cJSON_IsTrue(tencent_member(call, "ForceStop"));
    bool in_vain = !force && call_switch(call, TENCENT_SOFT_STOP);

    memory_put(call->detail, sizeof call->detail, force ? "force" : "soft");
    if (!takes(call, known, TENCENT_OFF)) return;
    act_note(call, "StopInstances");
    if (call->server->action_count) call->server->actions[call->server->action_count - 1].failed = in_vain;
    if (!call_is_ignored(call)) act_life(call, in_vain ? LIFE_STOP_VAIN : LIFE_STOP);
    tencent_done(call);
}
