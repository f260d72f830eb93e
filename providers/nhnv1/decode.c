#include "providers/nhnv1/nhnv1.h"

#include <string.h>

#include "providers/json.h"
#include "providers/response.h"
#include "reconcile/base/limits.h"

static bool list_decode(const struct http_response *response, struct arena *arena, struct reply *out)
{
    struct facts_row row;
    if (!nhnv1_servers_read(response->body, response->body_size, arena, &row)) return false;
    out->servers = row.servers;
    out->server_count = row.count;
    return true;
}

/* A server that is gone: an empty row is one of the ways in which that may be said. Others than the one that
   was asked for say nothing about it. */
static bool show_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                        struct reply *out)
{
    struct facts_row row;
    if (!nhnv1_servers_read(response->body, response->body_size, arena, &row)) return false;
    for (uint32_t i = 0; i < row.count && !out->servers; i++)
        if (text_equal(row.servers[i].id, call->provider_id)) out->servers = &row.servers[i];
    out->server_count = out->servers != NULL;
    if (row.count == 0) {
        out->kind = REPLY_ABSENT;
        out->message = "there is no instance with this id";
    }
    return row.count == 0 || out->servers;
}

static bool look_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                        struct reply *out)
{
    switch (call->look) {
    case LOOK_LIST: return list_decode(response, arena, out);
    case LOOK_SERVER: return show_decode(call, response, arena, out);
    case LOOK_CATALOGUE: return nhnv1_catalogue_decode(call, response, arena, out);
    case LOOK_CHANGES:
    case LOOK_KIND_COUNT: break;
    }
    return false;
}

static bool create_decode(const cJSON *tree, struct arena *arena, struct reply *out)
{
    const char *id = json_get_text(json_member(tree, "instance"), "id", arena);
    if (!id || !*id || strlen(id) > LIMIT_ID) return false;
    out->provider_id = id;
    return true;
}

static bool success_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                           struct reply *out)
{
    if (call->kind == CALL_LOOK) return look_decode(call, response, arena, out);
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    return tree && (call->kind != CALL_CREATE || create_decode(tree, arena, out));
}

/* Nothing of a reply that is not understood in whole is used. */
static void nothing_decoded(const struct call *call, const struct http_response *response,
                            struct arena *arena, struct reply *out)
{
    out->servers = NULL;
    out->server_count = 0;
    out->entries = NULL;
    out->entry_count = 0;
    out->next_page = out->provider_id = NULL;
    nhnv1_strange_decode(call, response, arena, out);
}

/* What a delete answers is not documented: nothing at all is taken as accepted. Looking decides. */
static bool is_silent_delete(const struct call *call, const struct http_response *response)
{
    bool deletes = call->kind == CALL_DELETE || call->kind == CALL_DELETE_KEYPAIR;
    return deletes && response_is_success(response) && response->body_size == 0;
}

static const char *refusal_message(const struct nhnv1_envelope *envelope, struct arena *arena)
{
    return arena_printf(arena, "%s%s(code %lld)", envelope->message, *envelope->message ? " " : "",
                        (long long)envelope->code);
}

void nhnv1_decode(const struct cloud_config *cloud, const struct call *call,
                  const struct http_response *response, struct arena *arena, struct reply *out)
{
    static const char *const NO_IDS[] = {NULL};
    struct nhnv1_envelope envelope;
    (void)cloud;
    response_basics(response, NO_IDS, arena, out);
    if (response_failed(response, arena, out) || is_silent_delete(call, response)) return;
    bool told = response->status / 100 != 5 && nhnv1_envelope_read(response, arena, &envelope);
    if (told && !envelope.successful) {
        out->kind = nhnv1_error_kind(call, &envelope);
        out->message = refusal_message(&envelope, arena);
    } else if (!told || !response_is_success(response) || !success_decode(call, response, arena, out)) {
        nothing_decoded(call, response, arena, out);
    }
}
