#include "providers/nova/nova.h"

#include <stdio.h>
#include <string.h>

#include "providers/json.h"
#include "providers/request.h"
#include "reconcile/base/cleanup.h"

/* What one call becomes. `body` has no NULL form: "" = no body. */
struct draft {
    const struct nova_dialect *dialect;
    const struct cloud_config *cloud;
    const struct access *access;
    const struct call *call;
    struct arena *arena;
    struct text *url, *body;
    const char *version; /* compute microversion, NULL = base */
};

struct call_row {
    enum call_kind call;
    const char *method;
    const char *tail;                                      /* behind /servers/ID; NULL: see base_of */
    bool (*write)(struct draft *draft, struct error *err); /* body and what the row cannot say; NULL = none */
    const char *body;                                      /* fixed; NULL */
};

static bool write_create(struct draft *draft, struct error *err)
{
    return create_encode(draft->dialect, draft->call->create, draft->arena, draft->body, &draft->version,
                         err);
}

static bool need_argument(struct draft *draft, struct error *err)
{
    const char *argument = draft->call->argument;
    if (argument && *argument) return true;
    return error_set(err, ERROR_INPUT, "%s without a value", call_name(draft->call->kind));
}

/* {"outer": {"inner": argument}} */
static bool write_nested(struct draft *draft, const char *outer, const char *inner, struct error *err)
{
    if (!need_argument(draft, err)) return false;
    text_add_char(draft->body, '{');
    json_write_key(draft->body, outer);
    text_add_char(draft->body, '{');
    json_write_pair(draft->body, inner, draft->call->argument);
    text_add(draft->body, "}}");
    return true;
}

static bool write_rename(struct draft *draft, struct error *err)
{
    return write_nested(draft, "server", "name", err);
}

static bool write_resize(struct draft *draft, struct error *err)
{
    return write_nested(draft, "resize", "flavorRef", err);
}

static bool write_reboot(struct draft *draft, struct error *err)
{
    return write_nested(draft, "reboot", "type", err);
}

/* The image alone: everything else of the server stays, its metadata too. */
static bool write_rebuild(struct draft *draft, struct error *err)
{
    return write_nested(draft, "rebuild", "imageRef", err);
}

static bool write_snapshot(struct draft *draft, struct error *err)
{
    return write_nested(draft, "createImage", "name", err);
}

static bool write_add_group(struct draft *draft, struct error *err)
{
    return write_nested(draft, "addSecurityGroup", "name", err);
}

static bool write_remove_group(struct draft *draft, struct error *err)
{
    return write_nested(draft, "removeSecurityGroup", "name", err);
}

static bool write_attach(struct draft *draft, struct error *err)
{
    return write_nested(draft, "volumeAttachment", "volumeId", err);
}

static bool write_argument_segment(struct draft *draft, struct error *err)
{
    if (!need_argument(draft, err)) return false;
    url_segment(draft->url, draft->call->argument);
    return true;
}

/* The network service's, by the floating IP's id (call.value): on a port, or on none. */
static bool write_floating(struct draft *draft, bool on, struct error *err)
{
    const struct call *call = draft->call;
    const char *network = draft->access->endpoints[SERVICE_NETWORK];
    if (!network)
        return error_set(err, ERROR_INPUT, "cloud %s has no network endpoint; give spec.endpoints.network",
                         draft->cloud->name);
    if (!call->value || !*call->value || (on && (!call->nic || !*call->nic)))
        return error_set(err, ERROR_INPUT, "%s without %s", call_name(call->kind),
                         on ? "the ids of address and port" : "the id of the address");
    text_clear(draft->url);
    url_start_versioned(draft->url, network, "v2.0", "/floatingips");
    url_segment(draft->url, call->value);
    text_add(draft->body, "{\"floatingip\":{");
    json_write_key(draft->body, "port_id");
    text_add_json(draft->body, on ? call->nic : NULL);
    text_add(draft->body, "}}");
    return true;
}

/* POST merges; PUT of the map would take away keys that are not ours. */
static bool is_merge(const struct call *call)
{
    return call->value && text_equal(call->argument, MARK_SEVERAL_KEYS);
}

static bool write_keys(struct draft *draft, struct error *err)
{
    AUTO_JSON cJSON *keys = json_parse(draft->call->value, strlen(draft->call->value));
    if (!cJSON_IsObject(keys) || !keys->child)
        return error_set(err, ERROR_INPUT, "the keys of a mark are no object");
    text_add(draft->body, "{\"metadata\":{");
    for (const cJSON *key = keys->child; key; key = key->next) {
        if (!cJSON_IsString(key)) return error_set(err, ERROR_INPUT, "%s of a mark is no text", key->string);
        json_write_pair(draft->body, key->string, key->valuestring);
    }
    text_add(draft->body, "}}");
    return true;
}

static bool write_associate(struct draft *draft, struct error *err)
{
    return write_floating(draft, true, err);
}

static bool write_release(struct draft *draft, struct error *err)
{
    return write_floating(draft, false, err);
}

/* One key stands in path and body. */
static bool write_metadata(struct draft *draft, struct error *err)
{
    if (is_merge(draft->call)) return write_keys(draft, err);
    if (!write_argument_segment(draft, err)) return false;
    if (!draft->call->value) return true;
    text_add(draft->body, "{\"meta\":{");
    json_write_pair(draft->body, draft->call->argument, draft->call->value);
    text_add(draft->body, "}}");
    return true;
}

/* Without a public key Nova would make a pair, and send the private half. */
static bool write_keypair(struct draft *draft, struct error *err)
{
    if (!need_argument(draft, err)) return false;
    if (!draft->call->value || !*draft->call->value)
        return error_set(err, ERROR_INPUT, "%s without a public key", call_name(draft->call->kind));
    text_add(draft->body, "{\"keypair\":{");
    json_write_pair(draft->body, "name", draft->call->argument);
    json_write_pair(draft->body, "public_key", draft->call->value);
    text_add(draft->body, "}}");
    return true;
}

static const struct call_row ROWS[] = {
    {CALL_CREATE, "POST", NULL, write_create, NULL},
    {CALL_RENAME, "PUT", "", write_rename, NULL},
    {CALL_SET_METADATA, "PUT", "/metadata", write_metadata, NULL},
    {CALL_RESIZE, "POST", "/action", write_resize, NULL},
    {CALL_CONFIRM_RESIZE, "POST", "/action", NULL, "{\"confirmResize\":null}"},
    {CALL_START, "POST", "/action", NULL, "{\"os-start\":null}"},
    {CALL_STOP, "POST", "/action", NULL, "{\"os-stop\":null}"},
    {CALL_SHELVE, "POST", "/action", NULL, "{\"shelve\":null}"},
    {CALL_UNSHELVE, "POST", "/action", NULL, "{\"unshelve\":null}"},
    {CALL_REBOOT, "POST", "/action", write_reboot, NULL},
    {CALL_REBUILD, "POST", "/action", write_rebuild, NULL},
    {CALL_SNAPSHOT, "POST", "/action", write_snapshot, NULL},
    {CALL_ADD_SECURITY_GROUP, "POST", "/action", write_add_group, NULL},
    {CALL_REMOVE_SECURITY_GROUP, "POST", "/action", write_remove_group, NULL},
    {CALL_ATTACH_VOLUME, "POST", "/os-volume_attachments", write_attach, NULL},
    {CALL_DETACH_VOLUME, "DELETE", "/os-volume_attachments", write_argument_segment, NULL},
    {CALL_ASSOCIATE_FLOATING_IP, "PUT", "", write_associate, NULL},
    {CALL_RELEASE_FLOATING_IP, "PUT", "", write_release, NULL},
    {CALL_DELETE, "DELETE", "", NULL, NULL},
    {CALL_REGISTER_KEYPAIR, "POST", NULL, write_keypair, NULL},
    {CALL_DELETE_KEYPAIR, "DELETE", NULL, write_argument_segment, NULL},
};

/* What stands in front of the id, or alone where the row has no tail. */
static const char *base_of(enum call_kind kind)
{
    return kind == CALL_REGISTER_KEYPAIR || kind == CALL_DELETE_KEYPAIR ? "/os-keypairs" : "/servers";
}

static const struct call_row *row_for(enum call_kind kind)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (ROWS[i].call == kind) return &ROWS[i];
    return NULL;
}

static bool start_server_url(struct draft *draft, const char *tail, struct error *err)
{
    const char *id = draft->call->provider_id;
    url_start(draft->url, draft->access->endpoints[SERVICE_COMPUTE], "/servers");
    if (!id || !*id) return error_set(err, ERROR_INPUT, "%s without a server", call_name(draft->call->kind));
    url_segment(draft->url, id);
    text_add(draft->url, tail);
    return true;
}

static void write_list_url(struct draft *draft)
{
    const struct call *call = draft->call;
    char text[32];
    url_start(draft->url, draft->access->endpoints[SERVICE_COMPUTE], "/servers/detail");
    if (call->look == LOOK_CHANGES) {
        instant_format(call->since_wall_ms, text, sizeof text);
        url_query(draft->url, "changes-since", text);
    }
    /* always said: NHN's default is 100 */
    snprintf(text, sizeof text, "%u", draft->cloud->traits->list_page);
    url_query(draft->url, "limit", text);
    if (call->page) url_query(draft->url, "marker", call->page);
}

static bool write_look(struct draft *draft, struct error *err)
{
    switch (draft->call->look) {
    case LOOK_LIST:
    case LOOK_CHANGES: write_list_url(draft); return true;
    case LOOK_SERVER: return start_server_url(draft, "", err);
    case LOOK_CATALOGUE:
        return catalogue_encode(draft->dialect, draft->cloud, draft->access, draft->call, draft->url, err);
    case LOOK_KIND_COUNT: break;
    }
    return error_set(err, ERROR_INPUT, "an unknown look");
}

static bool write_call(struct draft *draft, const struct call_row *row, struct error *err)
{
    if (row->tail && !start_server_url(draft, row->tail, err)) return false;
    if (!row->tail) url_start(draft->url, draft->access->endpoints[SERVICE_COMPUTE], base_of(row->call));
    if (row->body) text_add(draft->body, row->body);
    return !row->write || row->write(draft, err);
}

/* Removing a metadata key, and writing several, are the same row with another method. */
static const char *method_of(const struct call *call, const struct call_row *row)
{
    if (!row) return "GET";
    if (call->kind != CALL_SET_METADATA) return row->method;
    return is_merge(call) ? "POST" : call->value ? "PUT" : "DELETE";
}

static bool finish(struct draft *draft, const char *method, struct http_request *out, struct error *err)
{
    request_start(out, method);
    request_header(out, "X-Auth-Token", draft->access->token);
    if (draft->version)
        request_header(out, "OpenStack-API-Version",
                       arena_printf(draft->arena, "compute %s", draft->version));
    return request_finish(out, draft->arena, draft->url, draft->body->length ? draft->body : NULL, err);
}

bool nova_encode(const struct nova_dialect *dialect, const struct cloud_config *cloud,
                 const struct access *access, const struct call *call, struct arena *arena,
                 struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    struct draft draft = {.dialect = dialect,
                          .cloud = cloud,
                          .access = access,
                          .call = call,
                          .arena = arena,
                          .url = &url,
                          .body = &body};
    const struct call_row *row = row_for(call->kind);
    if (!access->endpoints[SERVICE_COMPUTE])
        return error_set(err, ERROR_INPUT, "cloud %s has no compute endpoint; give spec.endpoint",
                         cloud->name);
    if (!row && call->kind != CALL_LOOK)
        return error_set(err, ERROR_INPUT, "%s is not supported by this version", call_name(call->kind));
    if (row ? !write_call(&draft, row, err) : !write_look(&draft, err)) return false;
    return finish(&draft, method_of(call, row), out, err);
}
