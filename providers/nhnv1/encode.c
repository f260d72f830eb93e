#include "providers/nhnv1/nhnv1.h"

#include "providers/json.h"
#include "providers/request.h"
#include "reconcile/base/cleanup.h"

/* What one call becomes; an empty body is none. */
struct draft {
    const struct cloud_config *cloud;
    const struct access *access;
    const struct call *call;
    struct text *url, *body;
};

struct call_row {
    enum call_kind call;
    const char *method;
    const char *tail;   /* behind /instances/ID; NULL = /instances?id=ID */
    const char *query;  /* the argument goes into the URL under this name; NULL */
    const char *outer;  /* {"outer": {"key": argument}} */
    const char *action; /* {"action": …, "parameters": {"key": argument}}; without key no parameters */
    const char *key;
};

static const struct call_row ROWS[] = {
    {CALL_START, "POST", "/action", NULL, NULL, "start", NULL},
    {CALL_STOP, "POST", "/action", NULL, NULL, "stop", NULL},
    {CALL_REBOOT, "POST", "/action", NULL, NULL, "reboot", "type"},
    {CALL_RESIZE, "POST", "/action", NULL, NULL, "resize", "flavor"},
    {CALL_SNAPSHOT, "POST", "/action", NULL, NULL, "uploadImage", "name"},
    {CALL_ASSOCIATE_FLOATING_IP, "POST", "/action", NULL, NULL, "addFloatingIp", "address"},
    {CALL_RELEASE_FLOATING_IP, "POST", "/action", NULL, NULL, "removeFloatingIp", "address"},
    {CALL_ADD_SECURITY_GROUP, "POST", "/action", NULL, NULL, "addSecurityGroup", "name"},
    {CALL_REMOVE_SECURITY_GROUP, "POST", "/action", NULL, NULL, "removeSecurityGroup", "name"},
    {CALL_ATTACH_VOLUME, "POST", "/attachments", NULL, "attachment", NULL, "volumeId"},
    {CALL_DETACH_VOLUME, "DELETE", "/attachments", "volumeId", NULL, NULL, NULL},
    {CALL_DELETE, "DELETE", NULL, NULL, NULL, NULL, NULL},
};

static const struct call_row *row_for(enum call_kind kind)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (ROWS[i].call == kind) return &ROWS[i];
    return NULL;
}

static void write_parameters(struct draft *draft, const struct call_row *row)
{
    json_write_key(draft->body, row->outer ? row->outer : "parameters");
    text_add_char(draft->body, '{');
    json_write_pair(draft->body, row->key, draft->call->argument);
    /* a floating address is bound to one of the server's own */
    if (row->call == CALL_ASSOCIATE_FLOATING_IP) json_write_pair(draft->body, "ipAddress", draft->call->nic);
    text_add_char(draft->body, '}');
}

static void write_body(struct draft *draft, const struct call_row *row)
{
    if (!row->action && !row->outer) return;
    text_add_char(draft->body, '{');
    if (row->action) json_write_pair(draft->body, "action", row->action);
    if (row->key) write_parameters(draft, row);
    text_add_char(draft->body, '}');
}

static bool check_call(const struct call *call, const struct call_row *row, struct error *err)
{
    bool needs = row->key || row->query;
    if (!call->provider_id || !*call->provider_id)
        return error_set(err, ERROR_INPUT, "%s without a server", call_name(call->kind));
    if (needs && (!call->argument || !*call->argument))
        return error_set(err, ERROR_INPUT, "%s without a value", call_name(call->kind));
    if (row->call == CALL_ASSOCIATE_FLOATING_IP && (!call->nic || !*call->nic))
        return error_set(err, ERROR_INPUT, "%s without an address of the server", call_name(call->kind));
    return true;
}

static bool write_call(struct draft *draft, const struct call_row *row, struct error *err)
{
    const struct call *call = draft->call;
    if (!check_call(call, row, err)) return false;
    url_start(draft->url, draft->access->endpoints[SERVICE_COMPUTE], "/instances");
    if (row->tail) {
        url_segment(draft->url, call->provider_id);
        text_add(draft->url, row->tail);
    } else {
        url_query(draft->url, "id", call->provider_id);
    }
    if (row->query) url_query(draft->url, row->query, call->argument);
    write_body(draft, row);
    return true;
}

static bool write_create(struct draft *draft, struct error *err)
{
    url_start(draft->url, draft->access->endpoints[SERVICE_COMPUTE], "/instances");
    return nhnv1_create_encode(draft->call->create, draft->body, err);
}

/* The whole list comes at once. */
static bool write_look(struct draft *draft, struct error *err)
{
    const struct call *call = draft->call;
    url_start(draft->url, draft->access->endpoints[SERVICE_COMPUTE], "/instances-detail");
    switch (call->look) {
    case LOOK_LIST: return true;
    case LOOK_SERVER:
        if (!call->provider_id) return error_set(err, ERROR_INPUT, "a look at no server");
        url_query(draft->url, "id", call->provider_id);
        return true;
    case LOOK_CATALOGUE: return nhnv1_catalogue_encode(draft->cloud, draft->access, call, draft->url, err);
    case LOOK_CHANGES:
    case LOOK_KIND_COUNT: break;
    }
    return error_set(err, ERROR_INPUT, "this cloud lists no changes");
}

/* Without a public key the cloud would make a pair, and send the private half. */
static bool write_keypair(struct draft *draft, struct error *err)
{
    const struct call *call = draft->call;
    if (!call->argument || !*call->argument || !call->value || !*call->value)
        return error_set(err, ERROR_INPUT, "%s without a name and a public key", call_name(call->kind));
    url_start(draft->url, draft->access->endpoints[SERVICE_COMPUTE], "/keypairs");
    text_add(draft->body, "{\"keypair\":{");
    json_write_pair(draft->body, "name", call->argument);
    json_write_pair(draft->body, "publicKey", call->value);
    text_add(draft->body, "}}");
    return true;
}

static bool write_keypair_away(struct draft *draft, struct error *err)
{
    const struct call *call = draft->call;
    if (!call->argument || !*call->argument)
        return error_set(err, ERROR_INPUT, "%s without a name", call_name(call->kind));
    url_start(draft->url, draft->access->endpoints[SERVICE_COMPUTE], "/keypairs");
    url_query(draft->url, "name", call->argument);
    return true;
}

static bool write_any(struct draft *draft, const struct call_row *row, struct error *err)
{
    enum call_kind kind = draft->call->kind;
    if (kind == CALL_LOOK) return write_look(draft, err);
    if (kind == CALL_CREATE) return write_create(draft, err);
    if (kind == CALL_REGISTER_KEYPAIR) return write_keypair(draft, err);
    if (kind == CALL_DELETE_KEYPAIR) return write_keypair_away(draft, err);
    return row ? write_call(draft, row, err)
               : error_set(err, ERROR_INPUT, "%s does not exist on this cloud", call_name(kind));
}

static const char *method_of(const struct call *call, const struct call_row *row)
{
    if (row) return row->method;
    if (call->kind == CALL_DELETE_KEYPAIR) return "DELETE";
    return call->kind == CALL_LOOK ? "GET" : "POST";
}

void nhnv1_say_charset(struct http_request *request)
{
    for (uint32_t i = 0; i < request->header_count; i++)
        if (text_equal(request->headers[i].name, "Content-Type"))
            request->headers[i].value = "application/json;charset=UTF-8";
}

bool nhnv1_encode(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                  struct arena *arena, struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    struct draft draft = {.cloud = cloud, .access = access, .call = call, .url = &url, .body = &body};
    const struct call_row *row = row_for(call->kind);
    if (!write_any(&draft, row, err)) return false;
    request_start(out, method_of(call, row));
    request_header(out, "X-Auth-Token", access->token);
    if (!request_finish(out, arena, &url, body.length ? &body : NULL, err)) return false;
    nhnv1_say_charset(out);
    return true;
}
