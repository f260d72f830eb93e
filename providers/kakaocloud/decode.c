#include "providers/kakaocloud/kakaocloud.h"

#include <string.h>

#include "providers/json.h"
#include "providers/response.h"
#include "reconcile/base/limits.h"

static const char *const REQUEST_IDS[] = {"X-Request-Id", NULL};

static bool list_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                        struct reply *out)
{
    struct kakao_list list;
    if (!kakao_servers_read(response->body, response->body_size, arena, &list)) return false;
    out->servers = list.row.servers;
    out->server_count = list.row.count;
    out->total = list.page.total;
    return kakao_page_next(call, &list.page, list.row.count, arena, &out->next_page);
}

static bool show_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                        struct reply *out)
{
    struct facts *server = ARENA_NEW(arena, struct facts);
    if (!kakao_server_read(response->body, response->body_size, arena, server)) return false;
    if (!text_equal(server->id, call->provider_id)) return false;
    out->servers = server;
    out->server_count = 1;
    return true;
}

static bool look_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                        struct reply *out)
{
    switch (call->look) {
    case LOOK_LIST:
    case LOOK_CHANGES: return list_decode(call, response, arena, out);
    case LOOK_SERVER: return show_decode(call, response, arena, out);
    case LOOK_CATALOGUE: return kakao_catalogue_decode(call, response, arena, out);
    case LOOK_KIND_COUNT: break;
    }
    return false;
}

/* The reply has the id, the groups and a password that nobody wants. */
static bool create_decode(const struct http_response *response, struct arena *arena, struct reply *out)
{
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const char *id = json_get_text(json_member(tree, "instance"), "id", arena);
    if (!id || !*id || strlen(id) > LIMIT_ID) return false;
    out->provider_id = id;
    return true;
}

/* Actions answer with nothing, with null or with JSON of any shape; a page of HTML is a gateway's. */
static bool action_decode(const struct http_response *response)
{
    if (response->body_size == 0) return true;
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    return tree != NULL;
}

static bool success_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                           struct reply *out)
{
    if (call->kind == CALL_LOOK) return look_decode(call, response, arena, out);
    if (call->kind == CALL_CREATE) return create_decode(response, arena, out);
    return action_decode(response);
}

/* Nothing of a reply that is not understood in whole is used. */
static void strange_decode(const struct http_response *response, struct arena *arena, struct reply *out)
{
    const struct reply basics = *out;
    *out = (struct reply){.kind = REPLY_OUTAGE,
                          .http_status = basics.http_status,
                          .request_id = basics.request_id,
                          .retry_after_ms = basics.retry_after_ms,
                          .date_wall_ms = basics.date_wall_ms,
                          .message = response_strange(response, arena),
                          .total = -1};
    if (response_is_page(response))
        out->message = arena_printf(
            arena, "%s; check the endpoint, and what stands between (a proxy, a log-in page)", out->message);
}

void kakao_decode(const struct cloud_config *cloud, const struct call *call,
                  const struct http_response *response, struct arena *arena, struct reply *out)
{
    (void)cloud;
    response_basics(response, REQUEST_IDS, arena, out);
    if (response_failed(response, arena, out)) return;
    if (!response_is_success(response))
        kakao_error_decode(call, response, arena, out);
    else if (!success_decode(call, response, arena, out))
        strange_decode(response, arena, out);
}
