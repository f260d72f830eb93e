#include "dialect.h"
#include "life.h"
#include "memory.h"
#include "wall.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { STREAM_CLOUD = 1, STREAM_FAULTS, STREAM_TOKENS };

static const char *cloud_text(struct cloud *cloud, const char *text)
{
    if (!text) return NULL;
    MEMORY_GROW(cloud->texts, cloud->text_count, cloud->text_capacity);
    cloud->texts[cloud->text_count] = memory_text(text);
    return cloud->texts[cloud->text_count++];
}

static void cloud_own_options(struct cloud *cloud, const struct cloud_options *options)
{
    struct cloud_options *own = &cloud->options;

    *own = *options;
    own->base_url = cloud_text(cloud, options->base_url ? options->base_url : "http://127.0.0.1:8774");
    for (unsigned i = 0; i < CLOUD_SERVICE_COUNT; i++)
        own->endpoint[i] = cloud_text(cloud, options->endpoint[i]);
    for (unsigned i = 0; i < CLOUD_REGIONS_MAX; i++)
        own->regions[i] = cloud_text(cloud, options->regions[i]);
    for (unsigned i = 0; i < CLOUD_USERS_MAX; i++) {
        own->users[i].name = cloud_text(cloud, options->users[i].name);
        own->users[i].password = cloud_text(cloud, options->users[i].password);
        own->users[i].project_id = cloud_text(cloud, options->users[i].project_id);
        own->users[i].project_name = cloud_text(cloud, options->users[i].project_name);
        own->users[i].credential_id = cloud_text(cloud, options->users[i].credential_id);
        own->users[i].credential_secret = cloud_text(cloud, options->users[i].credential_secret);
    }
}

struct cloud *cloud_new(const struct cloud_options *options)
{
    struct cloud *cloud = memory_new(1, sizeof *cloud);

    cloud_own_options(cloud, options);
    dice_init(&cloud->dice, options->seed, STREAM_CLOUD);
    dice_init(&cloud->faults.dice, options->seed, STREAM_FAULTS);
    dice_init(&cloud->token_dice, options->seed, STREAM_TOKENS);
    cloud->quota_instances = options->quota_instances;
    cloud->quota_cores = options->quota_cores;
    cloud->quota_ram_mb = options->quota_ram_mb;
    cloud->next_address = 5;
    cloud->view_groups = memory_new(SERVER_GROUPS_MAX, sizeof *cloud->view_groups);
    cloud->view_volumes = memory_new(SERVER_VOLUMES_MAX, sizeof *cloud->view_volumes);
    tokens_init(&cloud->tokens, options);
    if (!options->empty_catalogue)
        catalogue_defaults(&cloud->catalogue, options->dialect, options->default_networks, 0);
    return cloud;
}

void cloud_free(struct cloud *cloud)
{
    if (!cloud) return;
    fleet_release(&cloud->fleet);
    for (size_t i = 0; i < cloud->ghost_count; i++)
        server_free(cloud->ghosts[i]);
    free(cloud->ghosts);
    agenda_release(&cloud->agenda);
    catalogue_release(&cloud->catalogue);
    tokens_release(&cloud->tokens);
    faults_release(&cloud->faults);
    records_release(&cloud->records);
    census_release(&cloud->census);
    for (size_t i = 0; i < cloud->text_count; i++)
        free(cloud->texts[i]);
    free(cloud->texts);
    free(cloud->view_groups);
    free(cloud->view_volumes);
    free(cloud);
}

void cloud_advance(struct cloud *cloud, int64_t now_ms)
{
    struct agenda_entry *entry;

    while ((entry = agenda_take(&cloud->agenda, now_ms))) {
        if (entry->due_ms > cloud->now_ms) cloud->now_ms = entry->due_ms;
        life_due(cloud, entry);
        free(entry);
    }
    if (now_ms > cloud->now_ms) cloud->now_ms = now_ms;
}

int64_t cloud_next(const struct cloud *cloud)
{
    return agenda_next(&cloud->agenda);
}

void cloud_touch(struct cloud *cloud, struct server *server)
{
    if (cloud->keep_versions && server->position != SIZE_MAX) server_version_keep(server, cloud->now_ms);
}

int64_t cloud_wall(const struct cloud *cloud, int64_t at_ms)
{
    return cloud->options.wall_base_ms + at_ms;
}

static bool call_has_body(struct call *call)
{
    if (call->request->body_size > CLOUD_BODY_SIZE_MAX) {
        call_error(call, 413, "Request is too large.");
        return false;
    }
    if (!(call->route->flags & ROUTE_BODY) || cJSON_IsObject(call->body)) return true;
    call_error(call, 400, "Malformed request body");
    return false;
}

static bool call_has_server(struct call *call)
{
    if (!(call->route->flags & ROUTE_SERVER)) return true;
    if (call->server && (!call->server->exists || strcmp(call->server->project, call->project) != 0 ||
                         call->server->region != call->region)) {
        call_error(call, 404, "Instance %s could not be found.", call->arguments[0]);
        return false;
    }
    if (!call->server) {
        call_error(call, 404,
                   call->route->flags & ROUTE_ACTION ? "Instance %s has no mapping to a cell."
                                                     : "Instance %s could not be found.",
                   call->arguments[0]);
        return false;
    }
    return true;
}

static void call_serve(struct call *call)
{
    if (faults_before(call)) return;
    if (!call->route) return;
    if (!(call->route->flags & ROUTE_OPEN) && !call->dialect->authorize(call)) return;
    if (call_has_body(call) && call_has_server(call)) call->route->handle(call);
}

static bool call_is_throttled(struct call *call)
{
    unsigned rate = call->cloud->options.rate_per_second;

    if (!rate || records_rate(&call->cloud->records) <= rate) return false;
    call_error(call, 429, "This request was rate-limited.");
    call_header_out(call, "Retry-After", "1");
    call->cloud->records.counters.throttled++;
    return true;
}

/* The record's part that the handling will change. */
static void call_note(const struct call *call, struct cloud_record *record)
{
    const struct server *server = call->server;

    *record = (struct cloud_record){
        .seq = call->seq,
        .arrival_ms = call->now_ms,
        .service = call->service,
        .method = call->request->method,
        .path = call->request->path,
        .operation = call->operation,
        .mutating = call->mutating,
        .login = call->login,
        .server_id = "",
        .server_name = call->create_name,
        .object = call->create_object,
        .attempt = call->create_attempt,
        .status_before = "",
        .task_before = "",
        .server_age_ms = -1,
    };
    if (!server) return;
    record->server_id = server->id;
    record->server_name = server->face.name;
    record->object = server_object(&server->face);
    record->attempt = server_metadata(&server->face, "setpoint.attempt");
    record->status_before = server->exists ? server_status(server) : "DELETED";
    record->task_before = task_name(server->face.task);
    record->server_age_ms = call->now_ms - server->created_ms;
    record->ever_running = server->first_running_ms >= 0;
    record->foreign = !server->by_request;
}

static void call_reply(struct call *call, struct cloud_reply *out_reply)
{
    char wall[WALL_SIZE];

    if (call->status) call_header_out(call, "Content-Type", "%s", call->content_type);
    call->dialect->headers(call);
    call_header_out(call, "Date", "%s", wall_text(cloud_wall(call->cloud, call->now_ms), WALL_HTTP, wall));
    *out_reply = call->out;
    out_reply->seq = call->seq;
    out_reply->status = call->status;
    out_reply->body = call->body_out.data;
    out_reply->body_size = call->body_out.size;
    call->body_out = (struct buffer){0};
    out_reply->headers = memory_new(call->header_count, sizeof *out_reply->headers);
    out_reply->header_count = call->header_count;
    for (size_t i = 0; i < call->header_count; i++)
        out_reply->headers[i] = (struct cloud_header){call->headers[i].name, call->headers[i].value};
    call->header_count = 0;
}

static void call_record(struct call *call, struct cloud_record *record)
{
    struct records *records = &call->cloud->records;
    bool create = call->route && call->route->flags & ROUTE_CREATE;

    record->authorized = call->authorized;
    record->reply_status = call->meant ? call->meant : call->status;
    record->reply_ms = call->out.lost ? -1 : call->now_ms + call->out.delay_ms;
    record->effect = call->effect;
    record->illegal = call->illegal;
    record->lost = call->out.lost;
    record->fault_id = call->fault_id;
    record->detail = call->detail;
    if (create) record->server_id = call->made_id;
    if (call->mutating)
        record->repeats =
            records_repeat(records, call->operation, create ? call->create_object : record->server_id);
    records_add(records, record, call->cloud->options.forget_records);
    records_fly(records, call->seq, call->now_ms,
                call->cloud->options.driver_reports_delivery ? INT64_MAX : call->now_ms + call->out.delay_ms);
}

void cloud_handle(struct cloud *cloud, int64_t now_ms, const struct cloud_request *request,
                  struct cloud_reply *out_reply)
{
    struct call call = {.cloud = cloud, .request = request};
    struct cloud_record record;
    char name[CLOUD_NAME_SIZE];
    char object[CLOUD_NAME_SIZE];
    char attempt[CLOUD_NAME_SIZE];
    char id[CLOUD_ID_SIZE];

    cloud_advance(cloud, now_ms);
    call.now_ms = cloud->now_ms;
    call.seq = records_arrive(&cloud->records, cloud->now_ms);
    memory_put(call.request_id, sizeof call.request_id, "req-");
    dice_uuid(&cloud->dice, id);
    memory_put(call.request_id + 4, sizeof call.request_id - 4, id);
    call.out.delay_ms = dice_range(&cloud->dice, cloud->options.latency);
    call_parse(&call);
    call_note(&call, &record);
    /* The server's own texts may change while it is handled. */
    memory_put(name, sizeof name, record.server_name);
    memory_put(object, sizeof object, record.object);
    memory_put(attempt, sizeof attempt, record.attempt);
    record.server_name = name;
    record.object = object;
    record.attempt = attempt;
    faults_match(&cloud->faults, &call);
    if (!call_is_throttled(&call)) call_serve(&call);
    faults_after(&call);
    call_record(&call, &record);
    if (cloud->options.take_census) census_take(&cloud->census, &call);
    call_reply(&call, out_reply);
    call_release(&call);
}

void cloud_reply_release(struct cloud_reply *reply)
{
    for (size_t i = 0; i < reply->header_count; i++)
        free((char *)reply->headers[i].value);
    free(reply->headers);
    free(reply->body);
    *reply = (struct cloud_reply){0};
}

const char *cloud_reply_header(const struct cloud_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (strcasecmp(reply->headers[i].name, name) == 0) return reply->headers[i].value;
    }
    return NULL;
}

void cloud_delivered(struct cloud *cloud, uint64_t seq, int64_t now_ms)
{
    cloud_advance(cloud, now_ms);
    records_land(&cloud->records, seq);
}

void cloud_killed(struct cloud *cloud, uint64_t seq)
{
    records_kill(&cloud->records, seq);
}

void cloud_restarted(struct cloud *cloud)
{
    records_land_all(&cloud->records);
}
