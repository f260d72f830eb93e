#include "server.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

const char *server_status(const struct server *server)
{
    return status_of(server->face.vm, server->face.task);
}

static size_t metadata_position(const struct face *face, const char *key)
{
    size_t i = 0;

    while (i < face->metadata_count && strcmp(face->metadata[i].key, key) != 0)
        i++;
    return i;
}

const char *server_metadata(const struct face *face, const char *key)
{
    size_t i = metadata_position(face, key);

    return i < face->metadata_count ? face->metadata[i].value : NULL;
}

void server_metadata_put(struct face *face, const char *key, const char *value)
{
    size_t i = metadata_position(face, key);

    if (i == face->metadata_count) {
        face->metadata = memory_resize(face->metadata, i + 1, sizeof *face->metadata);
        face->metadata[i] = (struct cloud_pair){.key = memory_text(key)};
        face->metadata_count++;
    } else {
        free((char *)face->metadata[i].value);
    }
    face->metadata[i].value = memory_text(value);
}

static void metadata_free(const struct cloud_pair *pair)
{
    free((char *)pair->key);
    free((char *)pair->value);
}

bool server_metadata_remove(struct face *face, const char *key)
{
    size_t i = metadata_position(face, key);

    if (i == face->metadata_count) return false;
    metadata_free(&face->metadata[i]);
    face->metadata_count--;
    memmove(&face->metadata[i], &face->metadata[i + 1], (face->metadata_count - i) * sizeof *face->metadata);
    return true;
}

void server_metadata_clear(struct face *face)
{
    for (size_t i = 0; i < face->metadata_count; i++)
        metadata_free(&face->metadata[i]);
    free(face->metadata);
    face->metadata = NULL;
    face->metadata_count = 0;
}

void server_rename(struct face *face, const char *name)
{
    char *copy = memory_text(name);

    free(face->name);
    face->name = copy;
}

void server_fault(struct face *face, int code, const char *message, int64_t now_ms)
{
    free(face->fault);
    face->fault = memory_text(message);
    face->fault_code = code;
    face->fault_ms = now_ms;
    face->fault_hidden = false;
}

static size_t item_position(struct item *const *items, size_t count, const struct item *item)
{
    size_t i = 0;

    while (i < count && items[i] != item)
        i++;
    return i;
}

static bool item_add(struct item **items, size_t *count, size_t max, struct item *item)
{
    if (*count == max || item_position(items, *count, item) < *count) return false;
    items[(*count)++] = item;
    return true;
}

static bool item_remove(struct item **items, size_t *count, const struct item *item)
{
    size_t i = item_position(items, *count, item);

    if (i == *count) return false;
    (*count)--;
    memmove(&items[i], &items[i + 1], (*count - i) * sizeof *items);
    return true;
}

bool server_has_group(const struct face *face, const struct item *group)
{
    return item_position(face->groups, face->group_count, group) < face->group_count;
}

bool server_add_group(struct face *face, struct item *group)
{
    return item_add(face->groups, &face->group_count, SERVER_GROUPS_MAX, group);
}

bool server_remove_group(struct face *face, const struct item *group)
{
    return item_remove(face->groups, &face->group_count, group);
}

bool server_add_volume(struct face *face, struct item *volume)
{
    return item_add(face->volumes, &face->volume_count, SERVER_VOLUMES_MAX, volume);
}

bool server_remove_volume(struct face *face, const struct item *volume)
{
    return item_remove(face->volumes, &face->volume_count, volume);
}

const char *server_object(const struct face *face)
{
    const char *object = server_metadata(face, "setpoint.object");

    return object && *object ? object : face->name;
}

struct action *server_act(struct server *server, const char *name, const char *request_id, int64_t now_ms)
{
    struct action *action;

    if (server->action_count == SERVER_ACTIONS_MAX) {
        server->action_count--;
        memmove(server->actions, server->actions + 1, server->action_count * sizeof *server->actions);
    }
    server->actions = memory_resize(server->actions, server->action_count + 1, sizeof *server->actions);
    action = &server->actions[server->action_count++];
    *action = (struct action){.name = name, .start_ms = now_ms};
    memory_put(action->request_id, sizeof action->request_id, request_id);
    return action;
}

static void face_copy(struct face *target, const struct face *source)
{
    *target = *source;
    target->name = memory_text(source->name);
    target->fault = source->fault ? memory_text(source->fault) : NULL;
    target->metadata = NULL;
    target->metadata_count = 0;
    for (size_t i = 0; i < source->metadata_count; i++)
        server_metadata_put(target, source->metadata[i].key, source->metadata[i].value);
}

static void face_release(struct face *face)
{
    server_metadata_clear(face);
    free(face->name);
    free(face->fault);
}

void server_version_keep(struct server *server, int64_t now_ms)
{
    struct face *kept;

    if (server->face.since_ms == now_ms && server->version_count) return;
    if (server->version_count == SERVER_VERSIONS_MAX) {
        face_release(&server->versions[0]);
        server->version_count--;
        memmove(server->versions, server->versions + 1, server->version_count * sizeof *server->versions);
    }
    server->versions = memory_resize(server->versions, server->version_count + 1, sizeof *server->versions);
    kept = &server->versions[server->version_count++];
    face_copy(kept, &server->face);
    server->face.since_ms = now_ms;
}

const struct face *server_version_at(const struct server *server, int64_t at_ms)
{
    if (at_ms < server->created_ms) return NULL;
    if (server->face.since_ms <= at_ms) return &server->face;
    for (size_t i = server->version_count; i-- > 0;) {
        if (server->versions[i].since_ms <= at_ms) return &server->versions[i];
    }
    return server->version_count ? &server->versions[0] : &server->face;
}

void server_free(struct server *server)
{
    if (!server) return;
    face_release(&server->face);
    for (size_t i = 0; i < server->version_count; i++)
        face_release(&server->versions[i]);
    free(server->versions);
    free(server->actions);
    free(server->user_data);
    free(server->fail_message);
    free(server);
}
