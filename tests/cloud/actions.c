/* POST /servers/{id}/action, rename and delete. */
#include "act.h"
#include "checks.h"
#include "handlers.h"
#include "life.h"
#include "memory.h"
#include "nova.h"
#include "rules.h"
#include "view.h"

#include <string.h>
#include <strings.h>

struct action_row {
    const char *key;     /* in the body; the operation's name too */
    const char *action;  /* in os-instance-actions */
    enum rule_kind rule; /* RULE_KIND_COUNT: the handler checks by itself */
    void (*handle)(struct call *call);
    enum operation_kind life; /* without a handler: just this */
};

static void handle_reboot(struct call *call)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(call->action, "type");
    const char *text = cJSON_GetStringValue(type);
    bool hard = text && strcasecmp(text, "HARD") == 0;

    if (!text || (!hard && strcasecmp(text, "SOFT") != 0)) {
        check_invalid(call, "type", type,
                      "'%s' is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']",
                      text ? text : "");
        return;
    }
    memory_put(call->detail, sizeof call->detail, hard ? "HARD" : "SOFT");
    if (!rule_allows(call, call->server, hard ? RULE_REBOOT_HARD : RULE_REBOOT_SOFT)) return;
    call->status = 202;
    act_note(call, "reboot");
    if (!call_is_ignored(call)) act_life(call, hard ? LIFE_REBOOT_HARD : LIFE_REBOOT_SOFT);
}

/* U2 flavors (a disk of their own) cannot be resized, and nothing becomes one. */
static bool resize_family(struct call *call, const struct item *flavor)
{
    const struct item *old = call->server->face.flavor;

    if (call->cloud->options.dialect != CLOUD_NHN_V2 || (!flavor->item.c && !old->item.c)) return true;
    call_error(call, 400, "Flavor %s cannot be changed to %s.", old->item.name, flavor->item.name);
    return false;
}

static void handle_resize(struct call *call)
{
    const cJSON *reference = cJSON_GetObjectItemCaseSensitive(call->action, "flavorRef");
    const char *id = cJSON_GetStringValue(reference);
    struct item *flavor;

    if (!id) {
        check_invalid(call, "flavorRef", reference, "'flavorRef' is a required property");
        return;
    }
    memory_put(call->detail, sizeof call->detail, id);
    flavor = catalogue_by_id(&call->cloud->catalogue, CLOUD_FLAVOR, id);
    if (!flavor) {
        call_error(call, 400, "Flavor %s could not be found.", id);
        return;
    }
    if (!rule_allows(call, call->server, RULE_RESIZE)) return;
    if (flavor == call->server->face.flavor) {
        call_error(call, 400, "When resizing, instances must change flavor!");
        return;
    }
    if (!resize_family(call, flavor)) return;
    call->status = 202;
    act_note(call, "resize");
    if (call_is_ignored(call)) return;
    if (flavor->item.a > HOST_VCPUS) {
        /* Accepted, and no trace of it in the server (recorded 143 and 144). */
        cloud_touch(call->cloud, call->server);
        server_fault(&call->server->face, 500, "No valid host was found. ", call->now_ms);
        call->server->face.fault_hidden = true;
        return;
    }
    call->server->new_flavor = flavor;
    act_life(call, LIFE_RESIZE);
}

static void handle_confirm(struct call *call)
{
    if (!rule_allows(call, call->server, RULE_CONFIRM)) return;
    if (life_is(call->server, LIFE_CONFIRM)) {
        call_error(call, 400, "Instance has not been resized.");
        return;
    }
    call->status = 204;
    act_note(call, "confirmResize");
    if (!call_is_ignored(call)) act_life(call, LIFE_CONFIRM);
}

static void handle_shelve(struct call *call)
{
    act_life(call, call->server->boot_volume ? LIFE_SHELVE_VOLUME : LIFE_SHELVE);
}

static struct item *action_group(struct call *call)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(call->action, "name"));
    struct item *group = name ? catalogue_find(&call->cloud->catalogue, CLOUD_GROUP, name) : NULL;

    memory_put(call->detail, sizeof call->detail, name);
    if (!name)
        check_invalid(call, "name", NULL, "'name' is a required property");
    else if (!group)
        call_error(call, 404, "Security group %s is not found for project %s", name, call->project);
    return group;
}

static void handle_add_group(struct call *call)
{
    struct item *group = action_group(call);

    if (!group || !rule_allows(call, call->server, RULE_GROUP)) return;
    if (server_has_group(&call->server->face, group)) {
        call_error(call, 400,
                   "Invalid input for security_groups. Reason: Duplicate items in the list: '%s'.\n"
                   "Neutron server returns request_ids: ['%s']",
                   group->item.id, call->request_id);
        return;
    }
    call->status = 202;
    if (call_is_ignored(call)) return;
    cloud_touch(call->cloud, call->server);
    call->effect = server_add_group(&call->server->face, group);
}

static void handle_remove_group(struct call *call)
{
    struct item *group = action_group(call);

    if (!group || !rule_allows(call, call->server, RULE_GROUP)) return;
    if (!server_has_group(&call->server->face, group)) {
        call_error(call, 404, "Security group %s not associated with the instance %s", group->item.name,
                   call->server->id);
        return;
    }
    call->status = 202;
    if (call_is_ignored(call)) return;
    cloud_touch(call->cloud, call->server);
    call->effect = server_remove_group(&call->server->face, group);
}

static void lock_set(struct call *call, bool locked)
{
    call->status = 202;
    if (call_is_ignored(call)) return;
    cloud_touch(call->cloud, call->server);
    call->effect = call->server->face.locked != locked;
    call->server->face.locked = locked;
    call->server->face.updated_ms = call->now_ms;
    act_note(call, locked ? "lock" : "unlock");
}

static void handle_lock(struct call *call)
{
    lock_set(call, true);
}

static void handle_unlock(struct call *call)
{
    lock_set(call, false);
}

static void handle_create_image(struct call *call)
{
    struct cloud_item item = {.kind = CLOUD_IMAGE_ITEM, .a = 20, .b = 1024};
    struct buffer base = {0};
    struct item *image;

    if (!check_name(call, cJSON_GetObjectItemCaseSensitive(call->action, "name"), item.name) ||
        !rule_allows(call, call->server, RULE_IMAGE))
        return;
    /* NHN's instance API saves images of U2 only; others go through block storage. */
    if (call->cloud->options.dialect == CLOUD_NHN_V2 && call->server->boot_volume) {
        call_error(call, 400, "Image creation is supported for U2 instances only.");
        return;
    }
    memory_put(call->detail, sizeof call->detail, item.name);
    memory_put(item.text, sizeof item.text, "linux");
    image = catalogue_add(&call->cloud->catalogue, &call->cloud->dice, &item, call->now_ms);
    if (!image) {
        call_error(call, 403, "Quota exceeded for images");
        return;
    }
    call->status = 202;
    act_note(call, "createImage");
    act_image(call, image);
    call->content_type = "text/html; charset=UTF-8";
    call_base(call, CLOUD_IMAGE, &base);
    call_header_out(call, "Location", "%s/images/%s", buffer_string(&base), image->item.id);
    buffer_release(&base);
}

static void handle_rebuild(struct call *call)
{
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(call->action, "imageRef"));
    struct item *image = id ? catalogue_by_id(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, id) : NULL;

    memory_put(call->detail, sizeof call->detail, id);
    if (!image) {
        call_error(call, 400, "Cannot find image for rebuild");
        return;
    }
    if (!rule_allows(call, call->server, RULE_REBUILD)) return;
    call->status = 202;
    act_note(call, "rebuild");
    if (!call_is_ignored(call)) {
        act_life(call, LIFE_REBUILD);
        call->server->face.image = image;
        json_open(&call->body_out, '{');
        json_key(&call->body_out, "server");
        view_server(call, &call->body_out, call->server, &call->server->face, VIEW_UPDATE);
        json_close(&call->body_out, '}');
    }
}

static void handle_reset_state(struct call *call)
{
    const char *state = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(call->action, "state"));

    if (!call->token->user->admin) {
        call_error(call, 403,
                   "Policy doesn't allow os_compute_api:os-admin-actions:reset_state to be performed.");
        return;
    }
    call->status = 202;
    call->effect = true;
    life_settle(call->cloud, call->server, state && strcmp(state, "active") == 0 ? VM_ACTIVE : VM_ERROR);
}

static const struct action_row action_rows[] = {
    {"os-start", "start", RULE_START, NULL, LIFE_START},
    {"os-stop", "stop", RULE_STOP, NULL, LIFE_STOP},
    {"reboot", "reboot", RULE_KIND_COUNT, handle_reboot, LIFE_KIND_COUNT},
    {"resize", "resize", RULE_KIND_COUNT, handle_resize, LIFE_KIND_COUNT},
    {"confirmResize", "confirmResize", RULE_KIND_COUNT, handle_confirm, LIFE_KIND_COUNT},
    {"revertResize", "revertResize", RULE_REVERT, NULL, LIFE_REVERT},
    {"shelve", "shelve", RULE_SHELVE, handle_shelve, LIFE_KIND_COUNT},
    {"unshelve", "unshelve", RULE_UNSHELVE, NULL, LIFE_UNSHELVE},
    {"addSecurityGroup", "addSecurityGroup", RULE_KIND_COUNT, handle_add_group, LIFE_KIND_COUNT},
    {"removeSecurityGroup", "removeSecurityGroup", RULE_KIND_COUNT, handle_remove_group, LIFE_KIND_COUNT},
    {"lock", "lock", RULE_KIND_COUNT, handle_lock, LIFE_KIND_COUNT},
    {"unlock", "unlock", RULE_KIND_COUNT, handle_unlock, LIFE_KIND_COUNT},
    {"createImage", "createImage", RULE_KIND_COUNT, handle_create_image, LIFE_KIND_COUNT},
    {"rebuild", "rebuild", RULE_KIND_COUNT, handle_rebuild, LIFE_KIND_COUNT},
    {"os-resetState", "resetState", RULE_KIND_COUNT, handle_reset_state, LIFE_KIND_COUNT},
};

static const struct action_row *action_find(const char *key)
{
    for (size_t i = 0; i < sizeof action_rows / sizeof *action_rows; i++) {
        if (strcmp(action_rows[i].key, key) == 0) return &action_rows[i];
    }
    return NULL;
}

const char *action_operation(const char *key)
{
    const struct action_row *row = action_find(key);

    return row ? row->key : "unknown-action";
}

void handle_action(struct call *call)
{
    const struct action_row *row;

    if (!call->action) {
        call_error(call, 400, "Malformed request body");
        return;
    }
    row = action_find(call->action->string);
    if (!row) {
        call_error(call, 400, "There is no such action: %s", call->action->string);
        return;
    }
    if (row->rule == RULE_KIND_COUNT) {
        row->handle(call);
        return;
    }
    if (!rule_allows(call, call->server, row->rule)) return;
    call->status = 202;
    act_note(call, row->action);
    if (call_is_ignored(call)) {
        call->server->actions[call->server->action_count - 1].failed = true;
        return;
    }
    if (row->handle)
        row->handle(call);
    else
        act_life(call, row->life);
}

void handle_rename(struct call *call)
{
    const cJSON *server = cJSON_GetObjectItemCaseSensitive(call->body, "server");
    char name[CLOUD_NAME_SIZE];

    if (!check_name(call, cJSON_GetObjectItemCaseSensitive(server, "name"), name) ||
        !rule_allows(call, call->server, RULE_RENAME))
        return;
    memory_put(call->detail, sizeof call->detail, name);
    call->status = 200;
    if (!call_is_ignored(call)) {
        cloud_touch(call->cloud, call->server);
        call->effect = strcmp(call->server->face.name, name) != 0;
        server_rename(&call->server->face, name);
        call->server->face.updated_ms = call->now_ms;
    }
    json_open(&call->body_out, '{');
    json_key(&call->body_out, "server");
    view_server(call, &call->body_out, call->server, &call->server->face, VIEW_UPDATE);
    json_close(&call->body_out, '}');
}

void handle_delete(struct call *call)
{
    if (!rule_allows(call, call->server, RULE_DELETE)) return;
    if (call->server->face.protect && call->cloud->options.protect_refuses) {
        call_conflict(call, "Instance %s is protected from deletion", call->server->id);
        if (nova_switch(call, CLOUD_NHN_V2, NHN_PROTECT, 1))
            call_error(call, 403, "Instance %s is protected from deletion", call->server->id);
        return;
    }
    call->status = 204;
    if (nova_switch(call, CLOUD_OPENSTACK, OPENSTACK_SOFT_DELETE, 1)) {
        if (!life_is(call->server, LIFE_BIN) && !call_is_ignored(call)) act_life(call, LIFE_BIN);
    } else {
        act_delete(call);
    }
}
