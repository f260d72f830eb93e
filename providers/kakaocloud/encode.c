#include "providers/kakaocloud/kakaocloud.h"

#include "providers/json.h"
#include "providers/request.h"
#include "reconcile/base/cleanup.h"

/* What one call becomes. `body` has no NULL form: "" = no body. */
struct draft {
    const struct call *call;
    struct arena *arena;
    struct text *url, *body;
};

struct call_row {
    enum call_kind call;
    const char *method;
    const char *tail;                                      /* behind /instances/ID; NULL = /instances alone */
    bool (*write)(struct draft *draft, struct error *err); /* body and what the row cannot say; NULL = none */
};

static bool need(struct draft *draft, const char *text, const char *what, struct error *err)
{
    if (text && *text) return true;
    return error_set(err, ERROR_INPUT, "%s without %s", call_name(draft->call->kind), what);
}

static bool write_create(struct draft *draft, struct error *err)
{
    return kakao_create_encode(draft->call->create, draft->arena, draft->body, err);
}

/* {"outer": {"inner": argument}} */
static bool write_nested(struct draft *draft, const char *outer, const char *inner, struct error *err)
{
    if (!need(draft, draft->call->argument, "a value", err)) return false;
    text_add_char(draft->body, '{');
    json_write_key(draft->body, outer);
    text_add_char(draft->body, '{');
    json_write_pair(draft->body, inner, draft->call->argument);
    text_add(draft->body, "}}");
    return true;
}

static bool write_rename(struct draft *draft, struct error *err)
{
    return write_nested(draft, "instance", "name", err);
}

/* There is no metadata but the description, which carries the mark. */
static bool write_description(struct draft *draft, struct error *err)
{
    if (!text_equal(draft->call->argument, MARK_DESCRIPTION_KEY))
        return error_set(err, ERROR_INPUT, "this cloud's servers have no metadata");
    text_add(draft->body, "{\"instance\":{");
    json_write_key(draft->body, "description");
    text_add_json(draft->body, draft->call->value);
    text_add(draft->body, "}}");
    return true;
}

static bool write_resize(struct draft *draft, struct error *err)
{
    return write_nested(draft, "flavor", "id", err);
}

static bool write_rebuild(struct draft *draft, struct error *err)
{
    return write_nested(draft, "rebuild", "image_id", err);
}

static bool write_reboot(struct draft *draft, struct error *err)
{
    if (!need(draft, draft->call->argument, "a kind", err)) return false;
    text_add(draft->url, text_equal(draft->call->argument, "HARD") ? "/hard-reboot" : "/soft-reboot");
    return true;
}

static bool write_volume(struct draft *draft, struct error *err)
{
    if (!need(draft, draft->call->argument, "a volume", err)) return false;
    url_segment(draft->url, draft->call->argument);
    return true;
}

/* A volume with a manifest of its own outlives the server. */
static bool write_attach(struct draft *draft, struct error *err)
{
    text_add(draft->body, "{\"volume\":{\"is_delete_on_termination\":false}}");
    return write_volume(draft, err);
}

static bool write_nic(struct draft *draft, const char *tail, struct error *err)
{
    if (!draft->call->nic || !*draft->call->nic)
        return error_set(err, ERROR_INPUT, "%s: the cloud has not told the server's network interface",
                         call_name(draft->call->kind));
    text_add(draft->url, "/network-interfaces");
    url_segment(draft->url, draft->call->nic);
    text_add(draft->url, tail);
    return true;
}

/* By id, though a create takes names. */
static bool write_group(struct draft *draft, struct error *err)
{
    if (!need(draft, draft->call->value, "the id of the group", err)) return false;
    if (!write_nic(draft, "/security-groups", err)) return false;
    url_segment(draft->url, draft->call->value);
    return true;
}

/* value: the id of the public IP whose address is the argument. */
static bool write_associate(struct draft *draft, struct error *err)
{
    if (!need(draft, draft->call->value, "the id of the address", err)) return false;
    if (!write_nic(draft, "/public-ips", err)) return false;
    url_segment(draft->url, draft->call->value);
    return true;
}

static bool write_release(struct draft *draft, struct error *err)
{
    if (!write_nic(draft, "/public-ips", err)) return false;
    url_query(draft->url, "is_delete", "false");
    return true;
}

/* Without a public key the cloud would make a pair, and send the private half. */
static bool write_keypair(struct draft *draft, struct error *err)
{
    if (!need(draft, draft->call->argument, "a name", err)) return false;
    if (!need(draft, draft->call->value, "a public key", err)) return false;
    text_add(draft->body, "{\"keypair\":{");
    json_write_pair(draft->body, "name", draft->call->argument);
    json_write_pair(draft->body, "public_key", draft->call->value);
    text_add(draft->body, "}}");
    return true;
}

static bool write_keypair_away(struct draft *draft, struct error *err)
{
    if (!need(draft, draft->call->argument, "a name", err)) return false;
    url_segment(draft->url, draft->call->argument);
    return true;
}

static const struct call_row ROWS[] = {
    {CALL_CREATE, "POST", NULL, write_create},
    {CALL_RENAME, "PUT", "", write_rename},
    {CALL_SET_METADATA, "PUT", "", write_description},
    {CALL_RESIZE, "POST", "/resize", write_resize},
    {CALL_START, "POST", "/start", NULL},
    {CALL_STOP, "POST", "/stop", NULL},
    {CALL_SHELVE, "POST", "/shelve", NULL},
    {CALL_UNSHELVE, "POST", "/unshelve", NULL},
    {CALL_REBOOT, "POST", "", write_reboot},
    {CALL_REBUILD, "POST", "/rebuild", write_rebuild},
    {CALL_ADD_SECURITY_GROUP, "POST", "", write_group},
    {CALL_REMOVE_SECURITY_GROUP, "DELETE", "", write_group},
    {CALL_ATTACH_VOLUME, "POST", "/volumes", write_attach},
    {CALL_DETACH_VOLUME, "DELETE", "/volumes", write_volume},
    {CALL_ASSOCIATE_FLOATING_IP, "PUT", "", write_associate},
    {CALL_RELEASE_FLOATING_IP, "DELETE", "", write_release},
    {CALL_DELETE, "DELETE", "", NULL},
    {CALL_REGISTER_KEYPAIR, "POST", NULL, write_keypair},
    {CALL_DELETE_KEYPAIR, "DELETE", NULL, write_keypair_away},
};

/* What stands in front of the id, or alone where the row has no tail. */
static const char *base_of(enum call_kind kind)
{
    return kind == CALL_REGISTER_KEYPAIR || kind == CALL_DELETE_KEYPAIR ? "/keypairs" : "/instances";
}

static const struct call_row *row_for(enum call_kind kind)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (ROWS[i].call == kind) return &ROWS[i];
    return NULL;
}

static bool write_server_url(struct draft *draft, const char *tail, struct error *err)
{
    if (!tail) return true;
    if (!need(draft, draft->call->provider_id, "a server", err)) return false;
    url_segment(draft->url, draft->call->provider_id);
    text_add(draft->url, tail);
    return true;
}

static bool write_look(const struct cloud_config *cloud, const struct access *access, struct draft *draft,
                       struct error *err)
{
    switch (draft->call->look) {
    case LOOK_LIST:
        kakao_page_query(draft->url, draft->call->page);
        url_query(draft->url, "sort_keys", "created_at");
        url_query(draft->url, "sort_dirs", "desc");
        return true;
    case LOOK_SERVER: return write_server_url(draft, "", err);
    case LOOK_CATALOGUE: return kakao_catalogue_encode(cloud, access, draft->call, draft->url, err);
    case LOOK_CHANGES:
    case LOOK_KIND_COUNT: break;
    }
    return error_set(err, ERROR_INPUT, "this cloud has no list of changes");
}

bool kakao_encode(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                  struct arena *arena, struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    struct draft draft = {.call = call, .arena = arena, .url = &url, .body = &body};
    const struct call_row *row = row_for(call->kind);
    url_start(&url, access->endpoints[SERVICE_COMPUTE], base_of(call->kind));
    if (!row && call->kind != CALL_LOOK)
        return error_set(err, ERROR_INPUT, "%s does not exist at this cloud", call_name(call->kind));
    bool written = row ? write_server_url(&draft, row->tail, err) && (!row->write || row->write(&draft, err))
                       : write_look(cloud, access, &draft, err);
    if (!written) return false;
    request_start(out, row ? row->method : "GET");
    request_header(out, "X-Auth-Token", access->token);
    /* of requests without a body, too: said to be wanted, and harmless */
    if (!body.length) request_header(out, "Content-Type", "application/json");
    return request_finish(out, arena, &url, body.length ? &body : NULL, err);
}
