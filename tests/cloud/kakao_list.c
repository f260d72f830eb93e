/* GET of the instances, newest first by limit and offset, and of one. */
#include "kakao.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CAP_1000, CAP_100, CAP_2_TOLD, CAP_2_SILENT };

struct listing {
    struct call *call;
    int64_t at_ms; /* the state of then; < 0: now */
    const char *project;
    const char *name;
    struct kakao_window window;
    const struct server **rows; /* all that fit */
    size_t count;
    size_t capacity;
    size_t gone; /* of the rows */
};

static bool number_read(struct call *call, const char *key, unsigned fallback, unsigned *out)
{
    const char *text = call_query(call, key);
    char *end;
    long number;

    *out = fallback;
    if (!text) return true;
    number = strtol(text, &end, 10);
    if (!*text || *end || number < 0 || number > 1000000000)
        return kakao_invalid(call, key, "value is not a valid integer");
    *out = (unsigned)number;
    return true;
}

bool kakao_window(struct call *call, struct kakao_window *out)
{
    static const unsigned caps[] = {[CAP_1000] = 1000, [CAP_100] = 100, [CAP_2_TOLD] = 2, [CAP_2_SILENT] = 2};
    unsigned position = call_switch(call, KAKAO_LIMIT_CAP);
    unsigned cap = caps[position];
    unsigned asked;

    if (!number_read(call, "limit", call->cloud->options.page_default, &asked) ||
        !number_read(call, "offset", 0, &out->offset))
        return false;
    if (cap > call->cloud->options.page_max) cap = call->cloud->options.page_max;
    out->limit = asked < cap ? asked : cap;
    out->told_limit = position == CAP_2_SILENT ? asked : out->limit;
    return true;
}

void kakao_pagination(struct call *call, const struct kakao_window *window, size_t total)
{
    struct buffer *out = &call->body_out;

    json_put_open(out, "pagination", '{');
    json_put_int(out, "total", (int64_t)total);
    json_put_int(out, "offset", window->offset);
    json_put_int(out, "limit", window->told_limit);
    json_close(out, '}');
}

static const struct face *face_then(const struct listing *listing, const struct server *server)
{
    return listing->at_ms >= 0 ? server_version_at(server, listing->at_ms) : &server->face;
}

/* A create is listed late, a deletion too. */
static bool is_there(const struct listing *listing, const struct server *server)
{
    const struct call *call = listing->call;

    if (listing->at_ms >= 0) {
        if (server->created_ms > listing->at_ms) return false;
        return server->exists || server->deleted_ms > listing->at_ms;
    }
    if (!server->exists)
        return call_switch(call, KAKAO_DELETED_LISTED) != KAKAO_DELETED_NOT_LISTED &&
               server->deleted_ms + KAKAO_DELETED_MS > call->now_ms;
    return call_switch(call, KAKAO_FRESH_LIST) || !server->by_request ||
           server->created_ms + KAKAO_FRESH_LIST_MS <= call->now_ms;
}

static bool is_wanted(const struct listing *listing, const struct server *server)
{
    const struct face *face;

    if (strcmp(server->project, listing->project) != 0 || !is_there(listing, server)) return false;
    face = face_then(listing, server);
    return face && (!listing->name || strstr(face->name, listing->name));
}

static void rows_find(struct listing *listing)
{
    const struct fleet *fleet = &listing->call->cloud->fleet;

    for (size_t i = fleet->count; i-- > 0;) {
        if (!is_wanted(listing, fleet->servers[i])) continue;
        MEMORY_GROW(listing->rows, listing->count, listing->capacity);
        listing->rows[listing->count++] = fleet->servers[i];
        listing->gone += !fleet->servers[i]->exists;
    }
}

/* sort_dirs=asc turns it round. */
static void rows_sort(struct listing *listing)
{
    const char *direction = call_query(listing->call, "sort_dirs");

    if (!direction || strcasecmp(direction, "asc") != 0) return;
    for (size_t i = 0; i < listing->count / 2; i++) {
        const struct server *row = listing->rows[i];

        listing->rows[i] = listing->rows[listing->count - 1 - i];
        listing->rows[listing->count - 1 - i] = row;
    }
}

static void lie_before(struct listing *listing)
{
    struct call *call = listing->call;
    const struct cloud_fault *lag = call_fault(call, CLOUD_FAULT_LAGGING_LIST);
    const struct cloud_fault *foreign = call_fault(call, CLOUD_FAULT_LIST_FOREIGN);

    if (lag && call->now_ms > lag->value_ms) {
        listing->at_ms = call->now_ms - lag->value_ms;
        fault_used(call, lag);
    }
    if (foreign) {
        const struct user *stranger = tokens_stranger(&call->cloud->tokens, call->token->user);

        listing->project = stranger == call->token->user ? "" : stranger->project;
        fault_used(call, foreign);
    }
}

/* Faults that move or shorten the page: [*first, *end) of the rows. The total stays what it is. */
static void lie_page(struct listing *listing, size_t *first, size_t *end)
{
    struct call *call = listing->call;
    const struct cloud_fault *doubled = call_fault(call, CLOUD_FAULT_PAGE_DOUBLED);
    const struct cloud_fault *shifted = call_fault(call, CLOUD_FAULT_PAGE_SHIFTED);
    const struct cloud_fault *cut = call_fault(call, CLOUD_FAULT_PAGE_CUT);
    const struct cloud_fault *missing = call_fault(call, CLOUD_FAULT_PAGE_MISSING);
    size_t size = *end - *first;

    if (doubled && *first) {
        size_t back = doubled->number > 0 ? (size_t)doubled->number : listing->window.limit;

        *first -= back < *first ? back : *first;
        *end = *first + size;
        fault_used(call, doubled);
    }
    if (shifted && *first && size) {
        size_t by = shifted->number > 0 ? (size_t)shifted->number : 1;

        *first += by < size ? by : size;
        fault_used(call, shifted);
    }
    if ((cut || missing) && size > 1) {
        *end = *first + (cut ? size / 2 : 1);
        fault_used(call, cut ? cut : missing);
    }
}

static void page_write(struct listing *listing)
{
    struct call *call = listing->call;
    const struct cloud_fault *empty = call_fault(call, CLOUD_FAULT_LIST_EMPTY);
    size_t total = listing->count - (call_switch(call, KAKAO_TOTAL) ? listing->gone : 0);
    size_t first = listing->window.offset < listing->count ? listing->window.offset : listing->count;
    size_t end =
        first + listing->window.limit < listing->count ? first + listing->window.limit : listing->count;

    lie_page(listing, &first, &end);
    if (empty && listing->count) {
        first = end = total = 0;
        fault_used(call, empty);
    }
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, "instances", '[');
    for (size_t i = first; i < end; i++)
        kakao_view(call, &call->body_out, listing->rows[i], face_then(listing, listing->rows[i]));
    json_close(&call->body_out, ']');
    kakao_pagination(call, &listing->window, total);
    json_close(&call->body_out, '}');
    call->status = 200;
}

void kakao_list(struct call *call)
{
    const char *query = strchr(call->request->path, '?');
    struct listing listing = {
        .call = call, .at_ms = -1, .project = call->project, .name = call_query(call, "name")};

    memory_put(call->detail, sizeof call->detail, query ? query + 1 : "");
    if (!kakao_window(call, &listing.window)) return;
    lie_before(&listing);
    rows_find(&listing);
    rows_sort(&listing);
    page_write(&listing);
    free(listing.rows);
}

static bool is_shown(const struct call *call, const struct server *server)
{
    if (!server || strcmp(server->project, call->project) != 0) return false;
    if (!server->exists)
        return call_switch(call, KAKAO_DELETED_GET) && server->deleted_ms + KAKAO_DELETED_MS > call->now_ms;
    return call_switch(call, KAKAO_FRESH_GET) || !server->by_request ||
           server->created_ms + KAKAO_FRESH_GET_MS <= call->now_ms;
}

void kakao_show(struct call *call)
{
    const struct cloud_fault *lag = call_fault(call, CLOUD_FAULT_LAGGING_SHOW);
    const struct face *face = call->server ? &call->server->face : NULL;
    const struct face *old;

    if (!is_shown(call, call->server)) {
        call_error(call, 404, "Instance %s could not be found.", call->arguments[0]);
        return;
    }
    if (lag && call->now_ms > lag->value_ms) {
        face = server_version_at(call->server, call->now_ms - lag->value_ms);
        fault_used(call, lag);
    } else if (call_switch(call, KAKAO_AFTER_PUT)) {
        old = server_version_at(call->server, call->now_ms - KAKAO_AFTER_PUT_MS);
        if (old) face = old;
    }
    if (!face) {
        call_error(call, 404, "Instance %s could not be found.", call->arguments[0]);
        return;
    }
    call->status = 200;
    json_open(&call->body_out, '{');
    json_key(&call->body_out, "instance");
    kakao_view(call, &call->body_out, call->server, face);
    json_close(&call->body_out, '}');
}
