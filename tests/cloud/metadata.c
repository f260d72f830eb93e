/* /servers/{id}/metadata */
#include "checks.h"
#include "handlers.h"
#include "memory.h"
#include "rules.h"
#include "view.h"

#include <string.h>

void handle_metadata_list(struct call *call)
{
    call->status = 200;
    json_open(&call->body_out, '{');
    view_metadata(&call->body_out, &call->server->face);
    json_close(&call->body_out, '}');
}

static void meta_reply(struct call *call, const char *key, const char *value)
{
    call->status = 200;
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, "meta", '{');
    json_put_text(&call->body_out, key, value);
    json_close(&call->body_out, '}');
    json_close(&call->body_out, '}');
}

void handle_metadata_show(struct call *call)
{
    const char *value = server_metadata(&call->server->face, call->arguments[1]);

    if (value)
        meta_reply(call, call->arguments[1], value);
    else
        call_error(call, 404, "Metadata item was not found");
}

static void metadata_touch(struct call *call)
{
    cloud_touch(call->cloud, call->server);
    call->server->face.updated_ms = call->now_ms;
    call->effect = true;
}

void handle_metadata_set(struct call *call)
{
    const cJSON *meta = cJSON_GetObjectItemCaseSensitive(call->body, "meta");
    const char *key = call->arguments[1];
    struct face *face = &call->server->face;
    bool is_new = !server_metadata(face, key);

    memory_put(call->detail, sizeof call->detail, key);
    if (!cJSON_IsObject(meta) || cJSON_GetArraySize(meta) != 1 || strcmp(meta->child->string, key) != 0) {
        call_error(call, 400, "Request body and URI mismatch");
        return;
    }
    if (!check_metadata(call, meta, is_new ? face->metadata_count : 0) ||
        !rule_allows(call, call->server, RULE_METADATA))
        return;
    if (!call_is_ignored(call)) {
        metadata_touch(call);
        server_metadata_put(face, key, meta->child->valuestring);
    }
    meta_reply(call, key, meta->child->valuestring);
}

void handle_metadata_delete(struct call *call)
{
    const char *key = call->arguments[1];

    memory_put(call->detail, sizeof call->detail, key);
    if (!server_metadata(&call->server->face, key)) {
        call_error(call, 404, "Metadata item was not found");
        return;
    }
    if (!rule_allows(call, call->server, RULE_METADATA)) return;
    call->status = 204;
    if (call_is_ignored(call)) return;
    metadata_touch(call);
    server_metadata_remove(&call->server->face, key);
}

static void metadata_write(struct call *call, bool replace)
{
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(call->body, "metadata");
    struct face *face = &call->server->face;
    const cJSON *pair;

    if (!check_metadata(call, metadata, 0) || !rule_allows(call, call->server, RULE_METADATA)) return;
    if (metadata->child) memory_put(call->detail, sizeof call->detail, metadata->child->string);
    if (!call_is_ignored(call)) {
        metadata_touch(call);
        if (replace) server_metadata_clear(face);
        cJSON_ArrayForEach(pair, metadata) server_metadata_put(face, pair->string, pair->valuestring);
    }
    handle_metadata_list(call);
}

void handle_metadata_merge(struct call *call)
{
    metadata_write(call, false);
}

void handle_metadata_replace(struct call *call)
{
    metadata_write(call, true);
}
