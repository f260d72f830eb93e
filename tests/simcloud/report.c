#include "report.h"

#include <string.h>

static void put_texts(struct buffer *out, const char *key, const char *const *texts, size_t count)
{
    json_put_open(out, key, '[');
    for (size_t i = 0; i < count; i++)
        json_text(out, texts[i]);
    json_close(out, ']');
}

static void put_ms(struct buffer *out, const char *key, int64_t ms)
{
    if (ms < 0)
        json_put_null(out, key);
    else
        json_put_int(out, key, ms);
}

static void report_server_times(const struct cloud_server *server, struct buffer *out)
{
    put_ms(out, "created_ms", server->created_ms);
    put_ms(out, "updated_ms", server->updated_ms);
    put_ms(out, "launched_ms", server->launched_ms);
    put_ms(out, "running_ms", server->running_ms);
    put_ms(out, "deleted_ms", server->deleted_ms);
}

static void report_server(const struct cloud_server *server, struct buffer *out)
{
    json_open(out, '{');
    json_put_text(out, "id", server->id);
    json_put_text(out, "name", server->name);
    json_put_text(out, "object", server->object);
    json_put_text(out, "project", server->project);
    json_put_text(out, "status", server->status);
    json_put_text(out, "vm_state", server->vm_state);
    json_put_text(out, "task", *server->task ? server->task : NULL);
    json_put_int(out, "power_state", server->power_state);
    json_put_text(out, "flavor", server->flavor_name);
    json_put_text(out, "flavor_id", server->flavor_id);
    json_put_text(out, "image_id", server->image_id);
    json_put_text(out, "zone", server->zone);
    json_put_text(out, "keypair", *server->keypair ? server->keypair : NULL);
    json_put_text(out, "network_id", server->network_id);
    json_put_text(out, "subnet_id", server->subnet_id);
    json_put_text(out, "fault", *server->fault ? server->fault : NULL);
    json_put_text(out, "user_data", *server->user_data ? server->user_data : NULL);
    json_put_open(out, "metadata", '{');
    for (size_t i = 0; i < server->metadata_count; i++)
        json_put_text(out, server->metadata[i].key, server->metadata[i].value);
    json_close(out, '}');
    put_texts(out, "groups", server->groups, server->group_count);
    put_texts(out, "volumes", server->volumes, server->volume_count);
    json_put_text(out, "address", *server->address ? server->address : NULL);
    report_server_times(server, out);
    json_put_bool(out, "ever_running", server->ever_running);
    json_put_bool(out, "by_request", server->by_request);
    json_put_bool(out, "locked", server->locked);
    json_put_bool(out, "protect", server->protect);
    json_put_bool(out, "exists", server->visible);
    json_put_int(out, "root_disk_gb", server->root_disk_gb);
    json_put_bool(out, "root_on_volume", server->root_on_volume);
    json_put_bool(out, "root_delete", server->root_delete);
    json_close(out, '}');
}

void report_servers(struct cloud *cloud, bool all, struct buffer *out)
{
    struct cloud_server server;

    json_open(out, '[');
    for (size_t i = 0; cloud_server_at(cloud, i, &server); i++) {
        if (all || server.visible) report_server(&server, out);
    }
    json_close(out, ']');
}

static void report_switches(const struct cloud *cloud, struct buffer *out)
{
    struct cloud_options options = cloud_options_of(cloud);
    const char *const *positions;
    const char *name;

    json_put_open(out, "switches", '{');
    for (size_t i = 0; cloud_switch_at(options.dialect, i, &name, &positions); i++)
        json_put_int(out, name, (int64_t)cloud_switch_asked(cloud, i));
    json_close(out, '}');
}

void report_counters(const struct cloud *cloud, struct buffer *out)
{
    struct cloud_counters counters = cloud_counters(cloud);
    const char *operation;
    uint64_t arrived;
    uint64_t effects;

    json_open(out, '{');
    json_put_int(out, "now_ms", cloud_now(cloud));
    json_put_int(out, "live", (int64_t)cloud_server_live(cloud));
    json_put_int(out, "live_max", (int64_t)counters.live_max);
    json_put_int(out, "object_live_max", counters.object_live_max);
    json_put_int(out, "created", (int64_t)counters.created);
    json_put_int(out, "deleted", (int64_t)counters.deleted);
    json_put_int(out, "requests", (int64_t)counters.requests);
    json_put_int(out, "logins", (int64_t)counters.logins);
    json_put_int(out, "mutating", (int64_t)counters.mutating);
    json_put_int(out, "effects", (int64_t)counters.effects);
    json_put_int(out, "illegal", (int64_t)counters.illegal);
    json_put_int(out, "unauthorized", (int64_t)counters.unauthorized);
    json_put_int(out, "throttled", (int64_t)counters.throttled);
    json_put_int(out, "lost", (int64_t)counters.lost);
    json_put_int(out, "killed", (int64_t)counters.killed);
    json_put_int(out, "per_second_max", counters.per_second_max);
    json_put_int(out, "in_flight", counters.in_flight);
    json_put_int(out, "in_flight_max", counters.in_flight_max);
    report_switches(cloud, out);
    json_put_open(out, "operations", '{');
    for (size_t i = 0; cloud_operation_at(cloud, i, &operation, &arrived, &effects); i++) {
        json_put_open(out, operation, '{');
        json_put_int(out, "arrived", (int64_t)arrived);
        json_put_int(out, "effects", (int64_t)effects);
        json_close(out, '}');
    }
    json_close(out, '}');
    json_close(out, '}');
}

static void report_record(const struct cloud_record *record, struct buffer *out)
{
    json_open(out, '{');
    json_put_int(out, "seq", (int64_t)record->seq);
    json_put_int(out, "arrival_ms", record->arrival_ms);
    put_ms(out, "reply_ms", record->reply_ms);
    json_put_text(out, "method", record->method);
    json_put_text(out, "path", record->path);
    json_put_text(out, "operation", record->operation);
    json_put_bool(out, "mutating", record->mutating);
    json_put_text(out, "server_id", *record->server_id ? record->server_id : NULL);
    json_put_text(out, "server_name", *record->server_name ? record->server_name : NULL);
    json_put_text(out, "object", *record->object ? record->object : NULL);
    json_put_text(out, "attempt", *record->attempt ? record->attempt : NULL);
    json_put_text(out, "detail", *record->detail ? record->detail : NULL);
    json_put_text(out, "status_before", *record->status_before ? record->status_before : NULL);
    json_put_text(out, "task_before", *record->task_before ? record->task_before : NULL);
    put_ms(out, "server_age_ms", record->server_age_ms);
    json_put_int(out, "reply_status", record->reply_status);
    json_put_bool(out, "effect", record->effect);
    json_put_bool(out, "illegal", record->illegal);
    json_put_bool(out, "lost", record->lost);
    json_put_bool(out, "killed", record->killed);
    json_put_bool(out, "foreign", record->foreign);
    json_put_int(out, "fault_id", record->fault_id);
    json_put_int(out, "repeats", record->repeats);
    json_close(out, '}');
}

void report_records(const struct cloud *cloud, uint64_t since, const char *operation, bool mutating_only,
                    struct buffer *out)
{
    struct cloud_record record;

    json_open(out, '[');
    for (size_t i = 0; cloud_record_at(cloud, i, &record); i++) {
        if (record.seq > since && (!operation || strcmp(operation, record.operation) == 0) &&
            (!mutating_only || record.mutating))
            report_record(&record, out);
    }
    json_close(out, ']');
}

void report_objects(const struct cloud *cloud, struct buffer *out)
{
    const char *object;
    unsigned live;
    unsigned live_max;

    json_open(out, '{');
    for (size_t i = 0; cloud_object_at(cloud, i, &object, &live, &live_max); i++) {
        json_put_open(out, object, '{');
        json_put_int(out, "live", live);
        json_put_int(out, "live_max", live_max);
        json_close(out, '}');
    }
    json_close(out, '}');
}

void report_faults(const struct cloud *cloud, struct buffer *out)
{
    struct cloud_fault_count count;
    struct cloud_fault fault;
    unsigned id;

    json_open(out, '[');
    for (size_t i = 0; cloud_fault_at(cloud, i, &id, &fault, &count); i++) {
        json_open(out, '{');
        json_put_int(out, "id", id);
        json_put_text(out, "kind", cloud_fault_name(fault.kind));
        json_put_text(out, "operation", fault.operation);
        json_put_text(out, "server", fault.server);
        json_put_int(out, "matched", (int64_t)count.matched);
        json_put_int(out, "changed", (int64_t)count.changed);
        json_put_int(out, "mutating", (int64_t)count.mutating);
        json_close(out, '}');
    }
    json_close(out, ']');
}

void report_catalogue(const struct cloud *cloud, struct buffer *out)
{
    static const char *const names[CLOUD_ITEM_KIND_COUNT] = {
        [CLOUD_FLAVOR] = "flavors", [CLOUD_IMAGE_ITEM] = "images",   [CLOUD_NETWORK_ITEM] = "networks",
        [CLOUD_SUBNET] = "subnets", [CLOUD_GROUP] = "groups",        [CLOUD_KEYPAIR] = "keypairs",
        [CLOUD_ZONE] = "zones",     [CLOUD_VOLUME_ITEM] = "volumes", [CLOUD_PUBLIC_IP] = "publicIps",
    };
    struct cloud_item item;

    json_open(out, '{');
    json_put_text(out, "project", cloud_project(cloud));
    json_put_text(out, "region", cloud_region(cloud));
    for (unsigned kind = 0; kind < CLOUD_ITEM_KIND_COUNT; kind++) {
        json_put_open(out, names[kind], '[');
        for (size_t i = 0; cloud_catalogue_at(cloud, kind, i, &item); i++) {
            json_open(out, '{');
            json_put_text(out, "id", item.id);
            json_put_text(out, "name", item.name);
            if (kind == CLOUD_IMAGE_ITEM)
                json_put_text(out, "status", item.c == 1 ? "saving" : item.c == 2 ? "killed" : "active");
            json_close(out, '}');
        }
        json_close(out, ']');
    }
    json_close(out, '}');
}
