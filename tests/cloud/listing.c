/* GET /servers, /servers/detail and /servers/{id}: filters, pages, and the ways in which a list can lie. */
#include "call.h"
#include "handlers.h"
#include "memory.h"
#include "nova.h"
#include "view.h"
#include "wall.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_SORT_MAX = 20000 };

struct listing {
    struct call *call;
    bool name_given;
    regex_t name;
    const char *status;
    const char *flavor;
    const char *image;
    const char *reservation;
    bool since_given;
    int64_t since_ms; /* by the cloud's clock */
    int64_t at_ms;    /* the state of then; < 0: now */
    const char *project;
    unsigned limit;
    bool limit_given;
    const char *marker;
    bool by_name;
    /* result: in the order of the list */
    const struct server **found;
    size_t found_count;
    size_t found_capacity;
    bool more;
};

static bool listing_limit(struct listing *listing)
{
    const struct cloud_options *options = &listing->call->cloud->options;
    const char *text = call_query(listing->call, "limit");
    char *end;
    long limit;

    listing->limit = options->page_default ? options->page_default : options->page_max;
    if (!text) return true;
    limit = strtol(text, &end, 10);
    if (!*text || *end) {
        call_error(listing->call, 400, "Invalid input received: limit must be an integer");
        return false;
    }
    if (limit < 0) {
        call_error(listing->call, 400, "Invalid input received: limit must be >= 0");
        return false;
    }
    listing->limit_given = true;
    listing->limit = limit > (long)options->page_max ? options->page_max : (unsigned)limit;
    return true;
}

static bool listing_since(struct listing *listing)
{
    const char *text = call_query(listing->call, "changes-since");

    if (!text) return true;
    if (!wall_parse(text, &listing->since_ms)) {
        call_error(listing->call, 400, "Invalid filter field: changes-since.");
        return false;
    }
    listing->since_given = true;
    listing->since_ms -= listing->call->cloud->options.wall_base_ms;
    return true;
}

static bool listing_open(struct listing *listing, struct call *call)
{
    const char *name = call_query(call, "name");
    const char *sort = call_query(call, "sort_key");
    const char *all = call_query(call, "all_tenants");

    *listing = (struct listing){.call = call, .at_ms = -1, .project = call->project};
    listing->status = call_query(call, "status");
    listing->flavor = call_query(call, "flavor");
    listing->image = call_query(call, "image");
    listing->reservation = call_query(call, "reservation_id");
    listing->marker = call_query(call, "marker");
    listing->by_name = sort && strcmp(sort, "display_name") == 0;
    if (all && strcmp(all, "0") != 0 && !call->token->user->admin) {
        call_error(call, 403,
                   "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.");
        return false;
    }
    if (listing->status && strcasecmp(listing->status, "DELETED") == 0) {
        call_error(call, 403, "Only administrators may list deleted instances");
        return false;
    }
    if (!listing_limit(listing) || !listing_since(listing)) return false;
    if (name && regcomp(&listing->name, name, REG_EXTENDED | REG_NOSUB) != 0) {
        call_error(call, 400, "Invalid filter field: name.");
        return false;
    }
    listing->name_given = name;
    return true;
}

static void listing_close(struct listing *listing)
{
    if (listing->name_given) regfree(&listing->name);
    free(listing->found);
}

/* Whether it is there at the time the list speaks of; deleted ones only in changes-since. */
static bool listing_sees(const struct listing *listing, const struct server *server)
{
    if (listing->at_ms >= 0) {
        if (server->created_ms > listing->at_ms) return false;
        return server->exists || server->deleted_ms > listing->at_ms;
    }
    return server->exists || listing->since_given;
}

static const struct face *listing_face(const struct listing *listing, const struct server *server)
{
    return listing->at_ms >= 0 ? server_version_at(server, listing->at_ms) : &server->face;
}

static bool listing_wants(const struct listing *listing, const struct server *server)
{
    const struct face *face;

    if (server->region != listing->call->region || strcmp(server->project, listing->project) != 0 ||
        !listing_sees(listing, server) || nova_switch_hides(listing->call, server))
        return false;
    face = listing_face(listing, server);
    if (!face || (listing->since_given && face->updated_ms / 1000 < listing->since_ms / 1000)) return false;
    /* DELETED shows in a plain list no more, though GET still has it for a moment. */
    if (face->vm == VM_DELETED && !listing->since_given) return false;
    if (listing->name_given && regexec(&listing->name, face->name, 0, NULL, 0) != 0) return false;
    if (listing->status && strcasecmp(listing->status, status_of(face->vm, face->task)) != 0) return false;
    if (listing->flavor && strcasecmp(listing->flavor, face->flavor->item.id) != 0) return false;
    if (listing->image && (!face->image || strcasecmp(listing->image, face->image->item.id) != 0))
        return false;
    return !listing->reservation || strcmp(listing->reservation, server->reservation) == 0;
}

static void listing_take(struct listing *listing, const struct server *server)
{
    MEMORY_GROW(listing->found, listing->found_count, listing->found_capacity);
    listing->found[listing->found_count++] = server;
}

/* Where a page begins: behind the marker. False with a 400. */
static bool listing_start(struct listing *listing, size_t *out_position)
{
    const struct fleet *fleet = &listing->call->cloud->fleet;
    const struct server *marker;

    *out_position = fleet->count;
    if (!listing->marker) return true;
    marker = fleet_by_id(fleet, listing->marker);
    if (!marker || strcmp(marker->project, listing->call->project) != 0) {
        call_error(listing->call, 400, "marker [%s] not found", listing->marker);
        return false;
    }
    *out_position = marker->position;
    return true;
}

static size_t listing_back(const struct listing *listing, size_t position, size_t count)
{
    const struct fleet *fleet = &listing->call->cloud->fleet;

    while (count && position < fleet->count) {
        if (listing_wants(listing, fleet->servers[position])) count--;
        position++;
    }
    return position;
}

/* Newest first. `skip` leaves so many out at the beginning. */
static void listing_page(struct listing *listing, size_t position, size_t skip)
{
    const struct fleet *fleet = &listing->call->cloud->fleet;

    while (position-- > 0) {
        const struct server *server = fleet->servers[position];

        if (!listing_wants(listing, server)) continue;
        if (skip) {
            skip--;
            continue;
        }
        if (listing->found_count == listing->limit) break;
        listing_take(listing, server);
    }
    listing->more = listing->limit && listing->found_count == listing->limit;
}

static int listing_compare(const void *a, const void *b)
{
    return strcmp((*(const struct server *const *)a)->face.name,
                  (*(const struct server *const *)b)->face.name);
}

/* sort_key=display_name: one page, as far as simulated. */
static void listing_by_name(struct listing *listing)
{
    unsigned limit = listing->limit;

    listing->limit = NAME_SORT_MAX;
    listing_page(listing, listing->call->cloud->fleet.count, 0);
    if (listing->found_count)
        qsort(listing->found, listing->found_count, sizeof *listing->found, listing_compare);
    listing->limit = limit;
    if (listing->found_count > limit) listing->found_count = limit;
    listing->more = limit && listing->found_count == limit;
}

static const struct cloud_fault *listing_fault(struct listing *listing, enum cloud_fault_kind kind)
{
    return call_fault(listing->call, kind);
}

/* Faults that change which servers there are. */
static void listing_lie_before(struct listing *listing)
{
    const struct cloud_fault *lag = listing_fault(listing, CLOUD_FAULT_LAGGING_LIST);
    const struct cloud_fault *foreign = listing_fault(listing, CLOUD_FAULT_LIST_FOREIGN);

    if (lag && listing->call->now_ms > lag->value_ms) {
        listing->at_ms = listing->call->now_ms - lag->value_ms;
        fault_used(listing->call, lag);
    }
    if (foreign) {
        const struct user *stranger =
            tokens_stranger(&listing->call->cloud->tokens, listing->call->token->user);

        listing->project = stranger == listing->call->token->user ? "" : stranger->project;
        fault_used(listing->call, foreign);
    }
}

static void listing_lie_position(struct listing *listing, size_t *position, size_t *skip)
{
    const struct cloud_fault *doubled = listing_fault(listing, CLOUD_FAULT_PAGE_DOUBLED);
    const struct cloud_fault *shifted = listing_fault(listing, CLOUD_FAULT_PAGE_SHIFTED);

    if (doubled && listing->marker) {
        size_t count = doubled->number > 0 ? (size_t)doubled->number : listing->limit;

        *position = listing_back(listing, *position, count);
        fault_used(listing->call, doubled);
    }
    if (shifted && listing->marker) {
        *skip = shifted->number > 0 ? (size_t)shifted->number : 1;
        fault_used(listing->call, shifted);
    }
}

/* Faults that spoil the finished page. */
static void listing_lie_after(struct listing *listing)
{
    const struct cloud_fault *missing = listing_fault(listing, CLOUD_FAULT_PAGE_MISSING);
    const struct cloud_fault *cut = listing_fault(listing, CLOUD_FAULT_PAGE_CUT);
    const struct cloud_fault *empty = listing_fault(listing, CLOUD_FAULT_LIST_EMPTY);

    if (cut && listing->found_count > 1) {
        listing->found_count /= 2;
        listing->more = false;
        fault_used(listing->call, cut);
    }
    /* The page's last one stays, so that the next page follows on. */
    if (missing && listing->found_count > 1) {
        listing->found[0] = listing->found[listing->found_count - 1];
        listing->found_count = 1;
        fault_used(listing->call, missing);
    }
    if (empty && listing->found_count) {
        listing->found_count = 0;
        listing->more = false;
        fault_used(listing->call, empty);
    }
}

static void listing_next_link(const struct listing *listing, struct buffer *out, const char *path)
{
    static const char *const kept[] = {"name",          "status",   "flavor",  "image",
                                       "changes-since", "sort_key", "sort_dir"};
    const struct call *call = listing->call;
    struct buffer href = {0};

    call_base(call, CLOUD_COMPUTE, &href);
    buffer_format(&href, "/%s%s%s%s?", *call->version ? call->version : "v2", *call->path_project ? "/" : "",
                  call->path_project, path);
    if (listing->limit_given) buffer_format(&href, "limit=%s&", call_query(call, "limit"));
    buffer_format(&href, "marker=%s", listing->found[listing->found_count - 1]->id);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *value = call_query(call, kept[i]);

        if (!value) continue;
        buffer_format(&href, "&%s=", kept[i]);
        for (; *value; value++) {
            if (strchr("%&+#^$ \"", *value))
                buffer_format(&href, "%%%02X", (unsigned char)*value);
            else
                buffer_add(&href, value, 1);
        }
    }
    json_put_open(out, "servers_links", '[');
    json_open(out, '{');
    json_put_text(out, "rel", "next");
    json_put_text(out, "href", buffer_string(&href));
    json_close(out, '}');
    json_close(out, ']');
    buffer_release(&href);
}

static void listing_write(const struct listing *listing, enum view_kind kind)
{
    struct buffer *out = &listing->call->body_out;

    json_open(out, '{');
    json_put_open(out, "servers", '[');
    for (size_t i = 0; i < listing->found_count; i++)
        view_server(listing->call, out, listing->found[i], listing_face(listing, listing->found[i]), kind);
    json_close(out, ']');
    if (listing->more && listing->found_count && nova_switch_links(listing->call))
        listing_next_link(listing, out, kind == VIEW_BRIEF ? "/servers" : "/servers/detail");
    json_close(out, '}');
    listing->call->status = 200;
}

static void handle_listing(struct call *call, enum view_kind kind)
{
    const char *query = strchr(call->request->path, '?');
    struct listing listing;
    size_t position;
    size_t skip = 0;

    memory_put(call->detail, sizeof call->detail, query ? query + 1 : "");
    if (!listing_open(&listing, call) || !listing_start(&listing, &position)) {
        listing_close(&listing);
        return;
    }
    listing_lie_before(&listing);
    listing_lie_position(&listing, &position, &skip);
    if (listing.by_name)
        listing_by_name(&listing);
    else
        listing_page(&listing, position, skip);
    listing_lie_after(&listing);
    listing_write(&listing, kind);
    listing_close(&listing);
}

void handle_list(struct call *call)
{
    handle_listing(call, VIEW_BRIEF);
}

void handle_list_detail(struct call *call)
{
    handle_listing(call, VIEW_DETAIL);
}

void handle_show(struct call *call)
{
    const struct cloud_fault *lag = call_fault(call, CLOUD_FAULT_LAGGING_SHOW);
    const struct face *face = &call->server->face;

    if (lag && call->now_ms > lag->value_ms) {
        face = server_version_at(call->server, call->now_ms - lag->value_ms);
        fault_used(call, lag);
    }
    if (!face) {
        call_error(call, 404, "Instance %s could not be found.", call->server->id);
        return;
    }
    call->status = 200;
    json_open(&call->body_out, '{');
    json_key(&call->body_out, "server");
    view_server(call, &call->body_out, call->server, face, VIEW_SHOW);
    json_close(&call->body_out, '}');
}
