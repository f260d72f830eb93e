#include "providers/nova/nova.h"

#include <string.h>

#include "providers/json.h"
#include "providers/response.h"
#include "reconcile/base/limits.h"

static const char *const REQUEST_IDS[] = {"X-Compute-Request-Id", "X-Openstack-Request-Id", NULL};

/* A page without a link to the next one. NHN documents no link, and a cap below what is asked would show
   nowhere else than in the list itself: one more page tells. What it may lack in LOOK_CHANGES, the next whole
   list has. */
static const char *marker_behind(const struct traits *traits, const struct call *call,
                                 const struct server_list *list)
{
    if (list->row.count == 0) return NULL;
    const char *last = list->row.servers[list->row.count - 1].id;
    if (list->row.count >= traits->list_page) return last;
    bool asks_on = traits->lists_end_empty && call->look == LOOK_LIST;
    return asks_on && !text_equal(last, call->page) ? last : NULL;
}

static bool list_decode(const struct cloud_config *cloud, const struct call *call,
                        const struct http_response *response, struct arena *arena, struct reply *out)
{
    struct server_list list;
    if (!servers_read(response->body, response->body_size, arena, &list)) return false;
    out->servers = list.row.servers;
    out->server_count = list.row.count;
    out->next_page = list.next_marker ? list.next_marker : marker_behind(cloud->traits, call, &list);
    return true;
}

static bool show_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                        struct reply *out)
{
    struct facts *server = ARENA_NEW(arena, struct facts);
    if (!server_read(response->body, response->body_size, arena, server)) return false;
    if (!text_equal(server->id, call->provider_id)) return false;
    out->servers = server;
    out->server_count = 1;
    return true;
}

static bool look_decode(const struct cloud_config *cloud, const struct call *call,
                        const struct http_response *response, struct arena *arena, struct reply *out)
{
    switch (call->look) {
    case LOOK_LIST:
    case LOOK_CHANGES: return list_decode(cloud, call, response, arena, out);
    case LOOK_SERVER: return show_decode(call, response, arena, out);
    case LOOK_CATALOGUE: return catalogue_decode(call, response, cloud->traits->list_page, arena, out);
    case LOOK_KIND_COUNT: break;
    }
    return false;
}

/* The reply to a create has the id and no state worth reading. */
static bool create_decode(const struct http_response *response, struct arena *arena, struct reply *out)
{
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const char *id = json_get_text(json_member(tree, "server"), "id", arena);
    if (!id || !*id || strlen(id) > LIMIT_ID) return false;
    out->provider_id = id;
    return true;
}

/* Actions answer with nothing or with JSON; a page of HTML is a gateway's. */
static bool action_decode(const struct http_response *response)
{
    if (response->body_size == 0) return true;
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    return tree != NULL;
}

static bool success_decode(const struct cloud_config *cloud, const struct call *call,
                           const struct http_response *response, struct arena *arena, struct reply *out)
{
    if (call->kind == CALL_LOOK) return look_decode(cloud, call, response, arena, out);
    if (call->kind == CALL_CREATE) return create_decode(response, arena, out);
    return action_decode(response);
}

/* Nothing of a reply that is not understood in whole is used. */
static void strange_decode(const struct http_response *response, struct arena *arena, struct reply *out)
{
    out->kind = REPLY_OUTAGE;
    out->message = response_strange(response, arena);
    if (response_is_page(response))
        out->message = arena_printf(
            arena, "%s; check the endpoint, and what stands between (a proxy, a log-in page)", out->message);
    out->servers = NULL;
    out->server_count = 0;
    out->entries = NULL;
    out->entry_count = 0;
    out->next_page = NULL;
}

void nova_decode(const struct cloud_config *cloud, const struct call *call,
                 const struct http_response *response, struct arena *arena, struct reply *out)
{
    response_basics(response, REQUEST_IDS, arena, out);
    if (response_failed(response, arena, out)) return;
    if (!response_is_success(response)) {
        error_decode(call, response, arena, out);
    } else if (!success_decode(cloud, call, response, arena, out)) {
        strange_decode(response, arena, out);
    } else if (out->next_page && text_equal(out->next_page, call->page)) {
        strange_decode(response, arena, out);
        out->message = "the cloud answers with the same page again, whatever the marker";
    }
}
