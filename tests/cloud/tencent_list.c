/* The instances in pages, and one of them. */
#include "tencent.h"

#include "memory.h"
#include "wall.h"

#include <stdlib.h>
#include <string.h>

static void texts_put(struct buffer *out, const char *key, const char *const *texts, size_t count)
{
    if (!count) return; /* empty lists are left out */
    json_put_open(out, key, '[');
    for (size_t i = 0; i < count; i++)
        json_text(out, texts[i]);
    json_close(out, ']');
}

static void places_put(struct buffer *out, const struct server *server)
{
    json_put_open(out, "Placement", '{');
    json_put_text(out, "Zone", server->zone ? server->zone->item.name : "");
    json_put_int(out, "ProjectId", 1196468);
    json_close(out, '}');
}

static void disk_put(struct buffer *out, const struct server *server)
{
    json_put_open(out, "SystemDisk", '{');
    json_put_text(out, "DiskType", "CLOUD_PREMIUM");
    json_put_format(out, "DiskId", "disk-%.8s", server->id + 4);
    json_put_int(out, "DiskSize", server->root_disk_gb ? server->root_disk_gb : 50);
    json_close(out, '}');
}

static void network_put(struct buffer *out, const struct server *server)
{
    const struct nic *nic = server->nic_count ? &server->nics[0] : NULL;
    char code[TENCENT_CODE_SIZE];
    const char *const addresses[] = {nic ? nic->address : ""};

    texts_put(out, "PrivateIpAddresses", addresses, nic ? 1 : 0);
    json_put_raw(out, "InternetAccessible",
                 "{\"InternetChargeType\":\"TRAFFIC_POSTPAID_BY_HOUR\",\"InternetMaxBandwidthOut\":0}");
    json_put_open(out, "VirtualPrivateCloud", '{');
    json_put_text(out, "VpcId", nic && nic->network ? tencent_code("vpc", nic->network, code) : "");
    json_put_text(out, "SubnetId", nic && nic->subnet ? tencent_code("subnet", nic->subnet, code) : "");
    json_put_bool(out, "AsVpcGateway", false);
    json_close(out, '}');
}

static void groups_put(struct buffer *out, const struct face *face)
{
    char codes[SERVER_GROUPS_MAX][TENCENT_CODE_SIZE];
    const char *texts[SERVER_GROUPS_MAX];

    for (size_t i = 0; i < face->group_count; i++)
        texts[i] = tencent_code("sg", face->groups[i], codes[i]);
    texts_put(out, "SecurityGroupIds", texts, face->group_count);
}

static void state_put(const struct call *call, struct buffer *out, const struct server *server,
                      const struct face *face)
{
    struct tencent_state state = tencent_state(call, server, face);

    json_put_text(out, "InstanceState", state.state);
    json_put_text(out, "StopChargingMode", "NOT_APPLICABLE");
    if (state.operation) json_put_text(out, "LatestOperation", state.operation);
    if (state.operation_state) json_put_text(out, "LatestOperationState", state.operation_state);
    if (state.request_id) json_put_text(out, "LatestOperationRequestId", state.request_id);
}

static void view(const struct call *call, struct buffer *out, const struct server *server,
                 const struct face *face)
{
    char wall[WALL_SIZE], code[TENCENT_CODE_SIZE];

    json_open(out, '{');
    places_put(out, server);
    json_put_text(out, "InstanceId", server->id);
    json_put_text(out, "InstanceType", face->flavor->item.name);
    json_put_int(out, "CPU", face->flavor->item.a);
    json_put_int(out, "Memory", face->flavor->item.b / 1024);
    json_put_text(out, "RestrictState", face->locked ? "PROTECTIVELY_ISOLATED" : "NORMAL");
    json_put_text(out, "InstanceName", face->name);
    json_put_text(out, "InstanceChargeType", "POSTPAID_BY_HOUR");
    disk_put(out, server);
    network_put(out, server);
    json_put_text(out, "ImageId", face->image ? tencent_code("img", face->image, code) : "");
    json_put_text(out, "CreatedTime", call_wall(call, server->created_ms, wall));
    json_put_text(out, "OsName", face->image ? face->image->item.name : "");
    groups_put(out, face);
    json_put_raw(out, "LoginSettings", "{}");
    state_put(call, out, server, face);
    json_put_text(out, "DisasterRecoverGroupId", "");
    json_put_text(out, "CamRoleName", "");
    json_put_text(out, "InstanceTypeName", "标准型");
    json_close(out, '}');
}

struct listing {
    struct call *call;
    int64_t at_ms; /* the state of then; < 0: now */
    const char *project;
    const char *fuzzy;
    const struct server **rows;
    size_t count;
    size_t capacity;
    size_t first, size; /* the page asked for */
};

static bool is_there(const struct listing *listing, const struct server *server)
{
    const struct call *call = listing->call;

    if (listing->at_ms >= 0) {
        if (server->created_ms > listing->at_ms) return false;
        return server->exists || server->deleted_ms > listing->at_ms;
    }
    if (tencent_is_binned(server)) return call_switch(call, TENCENT_BINNED) == 0;
    if (tencent_is_stillborn(call, server)) return true;
    if (!server->exists) return false;
    return call_switch(call, TENCENT_FRESH_LIST) || !server->by_request ||
           server->created_ms + TENCENT_FRESH_LIST_MS <= call->now_ms;
}

static const struct face *face_then(const struct listing *listing, const struct server *server)
{
    return listing->at_ms >= 0 ? server_version_at(server, listing->at_ms) : &server->face;
}

static bool is_wanted(const struct listing *listing, const struct server *server)
{
    bool all = call_switch(listing->call, TENCENT_SCOPE);
    const struct face *face;

    if (!is_there(listing, server) || (!all && strcmp(server->project, listing->project) != 0)) return false;
    face = face_then(listing, server);
    return face && (!*listing->fuzzy || strstr(face->name, listing->fuzzy));
}

static void rows_find(struct listing *listing)
{
    const struct fleet *fleet = &listing->call->cloud->fleet;

    for (size_t i = fleet->count; i-- > 0;) {
        if (!is_wanted(listing, fleet->servers[i])) continue;
        MEMORY_GROW(listing->rows, listing->count, listing->capacity);
        listing->rows[listing->count++] = fleet->servers[i];
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

/* Faults that move or shorten the page. The total stays what it is. */
static void lie_page(struct listing *listing, size_t *first, size_t *end)
{
    struct call *call = listing->call;
    const struct cloud_fault *doubled = call_fault(call, CLOUD_FAULT_PAGE_DOUBLED);
    const struct cloud_fault *shifted = call_fault(call, CLOUD_FAULT_PAGE_SHIFTED);
    const struct cloud_fault *cut = call_fault(call, CLOUD_FAULT_PAGE_CUT);
    const struct cloud_fault *missing = call_fault(call, CLOUD_FAULT_PAGE_MISSING);
    size_t size = *end - *first;

    if (doubled && *first) {
        *first -= listing->size < *first ? listing->size : *first;
        *end = *first + size;
        fault_used(call, doubled);
    }
    if (shifted && *first && size) {
        *first += 1;
        fault_used(call, shifted);
    }
    if ((cut || missing) && size > 1) {
        *end = *first + (cut ? size / 2 : 1);
        fault_used(call, cut ? cut : missing);
    }
}

/* An index of pages from zero, or the number of items to pass over. */
static bool page_read(struct listing *listing)
{
    struct call *call = listing->call;
    const cJSON *number = tencent_member(call, "PageNum"), *size = tencent_member(call, "PageSize");
    unsigned cap = call_switch(call, TENCENT_PAGE_CAP) ? 2 : 100;

    if ((number && !cJSON_IsNumber(number)) || (size && !cJSON_IsNumber(size)))
        return tencent_fail(call, 10001, "Parse parameter error", "PageNum and PageSize are numbers");
    if (size && size->valueint > 100)
        return tencent_refuse(call, "InvalidParameterValue.LimitExceeded", "Limit must be within 1 and 100");
    listing->size = size && size->valueint > 0 ? (size_t)size->valueint : 20;
    if (listing->size > cap) listing->size = cap;
    if (call->cloud->options.page_max < listing->size) listing->size = call->cloud->options.page_max;
    listing->first = number && number->valueint > 0 ? (size_t)number->valueint : 0;
    if (!call_switch(call, TENCENT_PAGE_NUM)) listing->first *= listing->size;
    return true;
}

static void page_write(struct listing *listing)
{
    struct call *call = listing->call;
    const struct cloud_fault *empty = call_fault(call, CLOUD_FAULT_LIST_EMPTY);
    size_t total = listing->count;
    size_t first = listing->first < total ? listing->first : total;
    size_t end = first + listing->size < total ? first + listing->size : total;
    struct buffer *out;

    lie_page(listing, &first, &end);
    if (empty && total) {
        first = end = total = 0;
        fault_used(call, empty);
    }
    out = tencent_open(call);
    json_open(out, '{');
    if (!call_switch(call, TENCENT_TOTAL)) json_put_int(out, "TotalCount", (int64_t)total);
    json_put_open(out, "List", '[');
    for (size_t i = first; i < end; i++)
        view(call, out, listing->rows[i], face_then(listing, listing->rows[i]));
    json_close(out, ']');
    json_put_open(out, "VpcName", '[');
    for (size_t i = first; i < end; i++)
        json_text(out, "Default-VPC");
    json_close(out, ']');
    json_close(out, '}');
    tencent_close(call);
}

void tencent_list(struct call *call)
{
    static const char *const known[] = {"PageNum", "PageSize", "Fuzzy", NULL};
    struct listing listing = {
        .call = call, .at_ms = -1, .project = call->project, .fuzzy = tencent_text(call, "Fuzzy")};

    if (!tencent_body(call, known) || !page_read(&listing)) return;
    lie_before(&listing);
    rows_find(&listing);
    page_write(&listing);
    free(listing.rows);
}

static void answer_missing(struct call *call)
{
    enum { MISSING_NOT_FOUND, MISSING_NULL, MISSING_EMPTY, MISSING_ERROR };
    unsigned how = call_switch(call, TENCENT_MISSING);

    if (how == MISSING_NOT_FOUND) {
        tencent_refuse(call, "InvalidInstanceId.NotFound", "there is no such instance");
    } else if (how == MISSING_ERROR) {
        tencent_fail(call, 10000, "Manager server error", "index out of range [0] with length 0");
    } else {
        json_raw(tencent_open(call), how == MISSING_NULL ? "null" : "{}");
        tencent_close(call);
    }
}

void tencent_inspect(struct call *call)
{
    static const char *const known[] = {"InstanceId", NULL};
    const struct cloud_fault *lag = call_fault(call, CLOUD_FAULT_LAGGING_SHOW);
    const struct server *server = call->server;
    const struct face *face = server ? &server->face : NULL;

    if (!tencent_body(call, known)) return;
    bool shown =
        server && (server->exists || tencent_is_binned(server) || tencent_is_stillborn(call, server));
    if (!shown || strcmp(server->project, call->project) != 0) {
        answer_missing(call);
        return;
    }
    if (lag && call->now_ms > lag->value_ms) {
        face = server_version_at(server, call->now_ms - lag->value_ms);
        fault_used(call, lag);
    }
    if (!face) {
        answer_missing(call);
        return;
    }
    view(call, tencent_open(call), server, face);
    tencent_close(call);
}
