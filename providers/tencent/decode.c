#include "providers/tencent/tencent.h"

#include "providers/response.h"
#include "reconcile/base/text.h"

/* The gateway tells no request id of its own; what stands before it may. */
static const char *const REQUEST_IDS[] = {"X-Request-Id", "X-Tc-Requestid", NULL};

/* Rows that say deleted are counted as often as they come: none of those that the page before had, too. */
static void drop_repeats(const struct cursor *cursor, struct facts_row *row)
{
    uint32_t repeats = cursor_repeats(cursor, row->servers, row->count), kept = 0;
    for (uint32_t i = 0; i < row->count; i++)
        if (i >= repeats || row->servers[i].phase != PHASE_GONE) row->servers[kept++] = row->servers[i];
    row->count = kept;
}

static bool list_decode(const struct call *call, struct span data, struct arena *arena, struct reply *out)
{
    struct server_page page;
    struct cursor cursor;
    if (!cursor_parse(call->page, &cursor) || !tencent_servers_read(data, arena, &page)) return false;
    out->total = page.total;
    out->next_page = cursor_next(&cursor, page.row.servers, page.row.count, page.total, arena);
    drop_repeats(&cursor, &page.row);
    out->servers = page.row.servers;
    out->server_count = page.row.count;
    return true;
}

/* No document says what is answered for an id that is not there: a success without an instance says so, too.
 */
static bool inspect_decode(const struct call *call, struct span data, struct arena *arena, struct reply *out)
{
    struct facts *server = ARENA_NEW(arena, struct facts);
    bool found = false;
    if (data.size && !tencent_server_read(data, arena, server, &found)) return false;
    if (!found) {
        out->kind = REPLY_ABSENT;
        out->message = arena_printf(arena, "there is no instance %s", call->provider_id);
        return true;
    }
    if (!text_equal(server->id, call->provider_id)) return false;
    out->servers = server;
    out->server_count = 1;
    return true;
}

static bool success_decode(const struct call *call, struct span data, struct arena *arena, struct reply *out)
{
    if (call->kind != CALL_LOOK) return true; /* accepted; nothing is told, not even a new server's id */
    if (call->look == LOOK_LIST) return list_decode(call, data, arena, out);
    return call->look == LOOK_SERVER && inspect_decode(call, data, arena, out);
}

static void strange_decode(const struct http_response *response, struct arena *arena, struct reply *out)
{
    out->kind = REPLY_OUTAGE;
    out->message = response_strange(response, arena);
    if (response_is_page(response))
        out->message = arena_printf(
            arena, "%s; check the endpoint, and what stands between (a proxy, a log-in page)", out->message);
    out->servers = NULL;
    out->server_count = 0;
    out->next_page = NULL;
}

/* Without the envelope it is not the gateway's API that spoke: its answer to an unknown route, or what stands
   before it. */
static void bare_decode(const struct http_response *response, struct arena *arena, struct reply *out)
{
    static const struct envelope NONE = {.words = "", .all_words = ""};
    strange_decode(response, arena, out);
    out->kind = tencent_error_kind(&NONE, response->status);
    if (response->status == 404)
        out->message = arena_printf(arena, "%s: no such route; spec.endpoint should be the gateway's address",
                                    out->message);
}

static void error_decode(const struct call *call, const struct http_response *response,
                         const struct envelope *envelope, struct arena *arena, struct reply *out)
{
    out->kind = tencent_error_kind(envelope, response->status);
    out->message = *envelope->words
                       ? envelope->words
                       : arena_printf(arena, "code %lld without a word", (long long)envelope->code);
    if (out->kind == REPLY_ABSENT && !call->provider_id) out->kind = REPLY_INVALID;
}

void tencent_decode(const struct cloud_config *cloud, const struct call *call,
                    const struct http_response *response, struct arena *arena, struct reply *out)
{
    (void)cloud;
    struct envelope envelope;
    response_basics(response, REQUEST_IDS, arena, out);
    if (response_failed(response, arena, out)) return;
    if (!envelope_read(response, arena, &envelope) || !envelope.coded) {
        bare_decode(response, arena, out);
        return;
    }
    envelope_take_failed_item(&envelope, arena);
    if (envelope.code != 0)
        error_decode(call, response, &envelope, arena, out);
    else if (!response_is_success(response) || !success_decode(call, envelope.data, arena, out))
        strange_decode(response, arena, out);
}

bool tencent_is_unauthorized(const struct http_response *response)
{
    if (response->transport != TRANSPORT_DONE) return false;
    if (response->status == 401) return true;
    struct arena arena;
    struct envelope envelope;
    arena_init(&arena);
    bool refused = envelope_read(response, &arena, &envelope) && envelope.coded && envelope.code != 0 &&
                   tencent_error_kind(&envelope, response->status) == REPLY_AUTH;
    arena_release(&arena);
    return refused;
}
