/* Update, delete, and the actions of an instance. */
#include "kakao.h"

#include "act.h"
#include "checks.h"
#include "memory.h"
#include "wall.h"

#include <string.h>

void kakao_delete(struct call *call)
{
    if (!kakao_allows(call, KAKAO_RULE_DELETE)) return;
    call->status = kakao_success(call, 204);
    act_delete(call);
}

/* name and description, each only if given; description null clears it. */
void kakao_update(struct call *call)
{
    const cJSON *instance = cJSON_GetObjectItemCaseSensitive(call->body, "instance");
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(instance, "name");
    const cJSON *description = cJSON_GetObjectItemCaseSensitive(instance, "description");
    const char *text = cJSON_GetStringValue(description);

    if (!cJSON_IsObject(instance)) {
        kakao_invalid(call, "instance", "field required");
        return;
    }
    if (name && (!cJSON_IsString(name) || !kakao_name_good(call, name->valuestring))) {
        if (!call->status) kakao_invalid(call, "name", "str type expected");
        return;
    }
    if (text && !kakao_description_good(call, text)) return;
    if (!kakao_allows(call, KAKAO_RULE_EDIT)) return;
    memory_put(call->detail, sizeof call->detail, name ? name->valuestring : "description");
    if (!call_is_ignored(call)) {
        cloud_touch(call->cloud, call->server);
        if (name) server_rename(&call->server->face, name->valuestring);
        if (description) server_metadata_put(&call->server->face, "description", text ? text : "");
        call->server->face.updated_ms = call->now_ms;
        call->effect = true;
    }
    call->status = 200;
    json_open(&call->body_out, '{');
    json_key(&call->body_out, "instance");
    kakao_view_update(call, &call->body_out, call->server);
    json_close(&call->body_out, '}');
}

static void action(struct call *call, enum kakao_rule rule, enum operation_kind kind, const char *name)
{
    if (!kakao_allows(call, rule)) return;
    act_note(call, name);
    kakao_done(call);
    if (!call_is_ignored(call)) act_life(call, kind);
}

void kakao_start(struct call *call)
{
    action(call, KAKAO_RULE_START, LIFE_START, "start");
}

void kakao_stop(struct call *call)
{
    action(call, KAKAO_RULE_STOP, LIFE_STOP, "stop");
}

void kakao_soft_reboot(struct call *call)
{
    action(call, KAKAO_RULE_SOFT_REBOOT, LIFE_REBOOT_SOFT, "reboot");
}

void kakao_hard_reboot(struct call *call)
{
    action(call, KAKAO_RULE_HARD_REBOOT, LIFE_REBOOT_HARD, "reboot");
}

void kakao_shelve(struct call *call)
{
    action(call, KAKAO_RULE_SHELVE, LIFE_SHELVE_VOLUME, "shelve");
}

void kakao_unshelve(struct call *call)
{
    action(call, KAKAO_RULE_UNSHELVE, LIFE_UNSHELVE, "unshelve");
}

static const char *nested_id(struct call *call, const char *outer, const char *inner)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(call->body, outer);
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, inner));

    memory_put(call->detail, sizeof call->detail, id ? id : "");
    if (!id || !is_uuid(id)) {
        kakao_invalid(call, inner, "value is not a valid uuid");
        return NULL;
    }
    return id;
}

void kakao_resize(struct call *call)
{
    const char *id = nested_id(call, "flavor", "id");
    struct item *flavor = id ? catalogue_by_id(&call->cloud->catalogue, CLOUD_FLAVOR, id) : NULL;
    bool late = call_switch(call, KAKAO_RESIZE_BEGINS) == 0;

    if (!id) return;
    if (!flavor) {
        call_error(call, 404, "Flavor %s could not be found.", id);
        return;
    }
    if (!kakao_allows(call, KAKAO_RULE_RESIZE)) return;
    if (flavor == call->server->face.flavor) {
        call_conflict(call, "The instance has this flavor already.");
        return;
    }
    act_note(call, "resize");
    kakao_done(call);
    if (call_is_ignored(call)) return;
    call->server->new_flavor = flavor;
    act_life(call, late ? LIFE_RESIZE_LATE : LIFE_RESIZE);
}

void kakao_rebuild(struct call *call)
{
    const char *id = nested_id(call, "rebuild", "image_id");
    struct item *image = id ? catalogue_by_id(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, id) : NULL;

    if (!id) return;
    if (!image) {
        call_error(call, 404, "Image %s could not be found.", id);
        return;
    }
    if (!kakao_allows(call, KAKAO_RULE_REBUILD)) return;
    act_note(call, "rebuild");
    kakao_done(call);
    if (call_is_ignored(call)) return;
    act_life(call, LIFE_REBUILD);
    call->server->face.image = image;
}

void kakao_action_logs(struct call *call)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "actions", '[');
    for (size_t i = call->server->action_count; i-- > 0;) {
        const struct action *row = &call->server->actions[i];

        json_open(out, '{');
        json_put_text(out, "action", row->name);
        json_put_text(out, "request_id", row->request_id);
        json_put_text(out, "user_id", call->server->user ? call->server->user->id : NULL);
        json_put_text(out, "start_time", call_wall(call, row->start_ms, wall));
        json_put_text(out, "message", row->failed ? "Error" : NULL);
        json_put_text(out, "updated_at", call_wall(call, row->start_ms, wall));
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}
