#include "admin.h"

#include "journal.h"
#include "report.h"
#include "tests/cloud/memory.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct admin_call {
    struct place *place;
    int64_t now_ms; /* one for all that the request does: it is replayed so */
    const char *(*query)(void *opaque, const char *key);
    void *opaque;
    const char *body;
    size_t body_size;
    struct buffer *out;
};

static const char *admin_query(const struct admin_call *call, const char *key)
{
    return call->query(call->opaque, key);
}

static int admin_wrong(struct admin_call *call, const char *why)
{
    buffer_clear(call->out);
    json_open(call->out, '{');
    json_put_text(call->out, "error", why);
    json_close(call->out, '}');
    return 400;
}

static int admin_number(struct admin_call *call, const char *key, int64_t number)
{
    json_open(call->out, '{');
    json_put_int(call->out, key, number);
    json_close(call->out, '}');
    return 200;
}

static int get_servers(struct admin_call *call)
{
    report_servers(call->place->cloud, admin_query(call, "all") != NULL, call->out);
    return 200;
}

static int get_counters(struct admin_call *call)
{
    report_counters(call->place->cloud, call->out);
    return 200;
}

static int get_records(struct admin_call *call)
{
    const char *since = admin_query(call, "since");

    report_records(call->place->cloud, since ? strtoull(since, NULL, 10) : 0, admin_query(call, "operation"),
                   admin_query(call, "mutating") != NULL, call->out);
    return 200;
}

static int get_objects(struct admin_call *call)
{
    report_objects(call->place->cloud, call->out);
    return 200;
}

static int get_faults(struct admin_call *call)
{
    report_faults(call->place->cloud, call->out);
    return 200;
}

static int get_catalogue(struct admin_call *call)
{
    report_catalogue(call->place->cloud, call->out);
    return 200;
}

static int post_fault(struct admin_call *call)
{
    struct cloud_fault fault;
    char why[200];
    unsigned id;

    if (!cloud_fault_parse(call->body, call->body_size, &fault, why, sizeof why))
        return admin_wrong(call, why);
    id = cloud_fault_add(call->place->cloud, &fault);
    return id ? admin_number(call, "id", id) : admin_wrong(call, "the fault table is full");
}

static int post_faults_clear(struct admin_call *call)
{
    cloud_fault_clear(call->place->cloud);
    return admin_number(call, "faults", 0);
}

static int post_change(struct admin_call *call)
{
    struct cloud_change change;
    char why[200];

    if (!cloud_change_parse(call->body, call->body_size, &change, why, sizeof why))
        return admin_wrong(call, why);
    return admin_number(call, "changed", (int64_t)cloud_change(call->place->cloud, call->now_ms, &change));
}

/* A number of the body's object; false when it is not there. */
static bool body_number(struct admin_call *call, const char *key, int64_t *out_number)
{
    cJSON *root = cJSON_ParseWithLength(call->body, call->body_size);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(root, key);
    bool found = cJSON_IsNumber(value);

    if (found) *out_number = (int64_t)value->valuedouble;
    cJSON_Delete(root);
    return found;
}

static int post_fault_remove(struct admin_call *call)
{
    int64_t id;

    if (!body_number(call, "id", &id)) return admin_wrong(call, "id: a number is needed");
    return admin_number(call, "removed", cloud_fault_remove(call->place->cloud, (unsigned)id));
}

static int post_preload(struct admin_call *call)
{
    cJSON *root = cJSON_ParseWithLength(call->body, call->body_size);
    const char *prefix = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "prefix"));
    int64_t count = 0;
    size_t made;

    if (!body_number(call, "count", &count) || count < 0) {
        cJSON_Delete(root);
        return admin_wrong(call, "count: a number is needed");
    }
    made = cloud_preload(call->place->cloud, call->now_ms, (size_t)count, prefix ? prefix : "foreign");
    cJSON_Delete(root);
    return admin_number(call, "made", (int64_t)made);
}

static int post_quota(struct admin_call *call)
{
    static const char *const keys[] = {"instances", "cores", "ram"};
    int64_t count = 0;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct cloud_change change = {.kind = CLOUD_CHANGE_QUOTA};

        if (!body_number(call, keys[i], &change.number)) continue;
        memory_put(change.key, sizeof change.key, keys[i]);
        count += (int64_t)cloud_change(call->place->cloud, call->now_ms, &change);
    }
    return admin_number(call, "changed", count);
}

static int post_client(struct admin_call *call)
{
    if (!body_number(call, "pid", &call->place->client_pid))
        return admin_wrong(call, "pid: a number is needed");
    return admin_number(call, "pid", call->place->client_pid);
}

static int post_advance(struct admin_call *call)
{
    int64_t ms;

    if (!body_number(call, "ms", &ms) || ms < 0) return admin_wrong(call, "ms: a number is needed");
    call->place->skipped_ms += ms;
    cloud_advance(call->place->cloud, call->now_ms + ms);
    return admin_number(call, "now_ms", call->now_ms + ms);
}

static int post_trim(struct admin_call *call)
{
    cloud_record_trim(call->place->cloud);
    return admin_number(call, "records", 0);
}

static int post_reset(struct admin_call *call)
{
    place_reset(call->place);
    return admin_number(call, "servers", 0);
}

struct admin_row {
    const char *method;
    const char *path;
    int (*handle)(struct admin_call *call);
};

static const struct admin_row admin_rows[] = {
    {"GET", "/admin/servers", get_servers},
    {"GET", "/admin/counters", get_counters},
    {"GET", "/admin/records", get_records},
    {"GET", "/admin/objects", get_objects},
    {"GET", "/admin/faults", get_faults},
    {"GET", "/admin/catalogue", get_catalogue},
    {"POST", "/admin/fault", post_fault},
    {"POST", "/admin/faults/clear", post_faults_clear},
    {"POST", "/admin/fault/remove", post_fault_remove},
    {"POST", "/admin/change", post_change},
    {"POST", "/admin/preload", post_preload},
    {"POST", "/admin/quota", post_quota},
    {"POST", "/admin/client", post_client},
    {"POST", "/admin/advance", post_advance},
    {"POST", "/admin/records/trim", post_trim},
    {"POST", "/admin/reset", post_reset},
};

bool admin_is(const char *path)
{
    return strncmp(path, "/admin/", 7) == 0;
}

int admin_handle(struct place *place, const char *method, const char *path,
                 const char *(*query)(void *opaque, const char *key), void *opaque, const char *body,
                 size_t body_size, struct buffer *out)
{
    struct admin_call call = {place, 0, query, opaque, body ? body : "", body_size, out};
    int status;

    for (size_t i = 0; i < sizeof admin_rows / sizeof *admin_rows; i++) {
        if (strcmp(admin_rows[i].path, path) != 0 || strcmp(admin_rows[i].method, method) != 0) continue;
        pthread_mutex_lock(&place->lock);
        call.now_ms = place_now(place);
        if (strcmp(method, "POST") == 0 && admin_rows[i].handle != post_client)
            journal_admin(place->journal, call.now_ms, method, path, call.body);
        cloud_advance(place->cloud, call.now_ms);
        status = admin_rows[i].handle(&call);
        pthread_mutex_unlock(&place->lock);
        return status;
    }
    admin_wrong(&call, "no such method and path; see admin.h");
    return 404;
}
