/* Limits, quota sets and the history of a server's actions. */
#include "handlers.h"
#include "wall.h"

#include <string.h>

struct limit_row {
    const char *limit;
    const char *used; /* NULL: not reported */
    int64_t value;    /* LIMIT_*: from the cloud */
};

enum { LIMIT_INSTANCES = -10, LIMIT_CORES = -11, LIMIT_RAM = -12 };

static int64_t limit_value(const struct call *call, int64_t value)
{
    const struct cloud *cloud = call->cloud;

    switch (value) {
    case LIMIT_INSTANCES:
        return call->token->user->quota_instances ? call->token->user->quota_instances
                                                  : cloud->quota_instances;
    case LIMIT_CORES: return cloud->quota_cores;
    case LIMIT_RAM: return cloud->quota_ram_mb;
    default: return value;
    }
}

static int64_t limit_used(const struct call *call, int64_t value)
{
    int64_t used = 0;

    for (size_t i = 0; i < call->cloud->fleet.count && value <= LIMIT_INSTANCES; i++) {
        const struct server *server = call->cloud->fleet.servers[i];

        if (!server->exists || strcmp(server->project, call->project) != 0) continue;
        used += value == LIMIT_INSTANCES ? 1
                : value == LIMIT_CORES   ? server->face.flavor->item.a
                                         : server->face.flavor->item.b;
    }
    return used;
}

void handle_limits(struct call *call)
{
    static const struct limit_row rows[] = {
        {"maxTotalInstances", "totalInstancesUsed", LIMIT_INSTANCES},
        {"maxTotalCores", "totalCoresUsed", LIMIT_CORES},
        {"maxTotalRAMSize", "totalRAMUsed", LIMIT_RAM},
        {"maxServerMeta", NULL, CLOUD_METADATA_MAX},
        {"maxImageMeta", NULL, 128},
        {"maxPersonality", NULL, 5},
        {"maxPersonalitySize", NULL, 10240},
        {"maxTotalKeypairs", NULL, 1000},
        {"maxServerGroups", "totalServerGroupsUsed", 10},
        {"maxServerGroupMembers", NULL, 10},
        {"maxTotalFloatingIps", "totalFloatingIpsUsed", -1},
        {"maxSecurityGroups", "totalSecurityGroupsUsed", -1},
        {"maxSecurityGroupRules", NULL, -1},
    };
    struct buffer *out = &call->body_out;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "limits", '{');
    json_put_raw(out, "rate", "[]");
    json_put_open(out, "absolute", '{');
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_put_int(out, rows[i].limit, limit_value(call, rows[i].value));
        if (rows[i].used) json_put_int(out, rows[i].used, limit_used(call, rows[i].value));
    }
    json_close(out, '}');
    json_close(out, '}');
    json_close(out, '}');
}

static void quota_write(struct call *call, bool detail)
{
    static const struct limit_row rows[] = {
        {"cores", "", LIMIT_CORES},
        {"fixed_ips", "", -1},
        {"floating_ips", "", -1},
        {"injected_file_content_bytes", "", 10240},
        {"injected_file_path_bytes", "", 255},
        {"injected_files", "", 5},
        {"instances", "", LIMIT_INSTANCES},
        {"key_pairs", "", 1000},
        {"metadata_items", "", CLOUD_METADATA_MAX},
        {"ram", "", LIMIT_RAM},
        {"security_group_rules", "", -1},
        {"security_groups", "", -1},
        {"server_group_members", "", 10},
        {"server_groups", "", 10},
    };
    struct buffer *out = &call->body_out;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "quota_set", '{');
    json_put_text(out, "id", call->arguments[0]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!detail) {
            json_put_int(out, rows[i].limit, limit_value(call, rows[i].value));
            continue;
        }
        json_put_open(out, rows[i].limit, '{');
        json_put_int(out, "limit", limit_value(call, rows[i].value));
        json_put_int(out, "in_use", limit_used(call, rows[i].value));
        json_put_int(out, "reserved", 0);
        json_close(out, '}');
    }
    json_close(out, '}');
    json_close(out, '}');
}

void handle_quota_set(struct call *call)
{
    quota_write(call, false);
}

void handle_quota_set_detail(struct call *call)
{
    quota_write(call, true);
}

static void action_write(struct call *call, const struct action *action)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_open(out, '{');
    json_put_text(out, "action", action->name);
    json_put_text(out, "instance_uuid", call->server->id);
    json_put_text(out, "request_id", action->request_id);
    json_put_text(out, "user_id", call->server->user ? call->server->user->id : "");
    json_put_text(out, "project_id", call->server->project);
    json_put_text(out, "start_time", wall_text(cloud_wall(call->cloud, action->start_ms), WALL_MICROS, wall));
    json_put_text(out, "message", action->failed ? "Error" : NULL);
    json_close(out, '}');
}

void handle_instance_actions(struct call *call)
{
    struct buffer *out = &call->body_out;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "instanceActions", '[');
    for (size_t i = call->server->action_count; i-- > 0;)
        action_write(call, &call->server->actions[i]);
    json_close(out, ']');
    json_close(out, '}');
}

void handle_instance_action(struct call *call)
{
    for (size_t i = 0; i < call->server->action_count; i++) {
        if (strcmp(call->server->actions[i].request_id, call->arguments[1]) != 0) continue;
        call->status = 200;
        json_open(&call->body_out, '{');
        json_key(&call->body_out, "instanceAction");
        action_write(call, &call->server->actions[i]);
        json_close(&call->body_out, '}');
        return;
    }
    call_error(call, 404, "Action for request_id %s on instance %s not found", call->arguments[1],
               call->server->id);
}
