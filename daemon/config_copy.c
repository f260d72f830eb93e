#include "daemon/config_copy.h"

#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

static const struct auth_value *auth_copy(const struct cloud_config *cloud, struct arena *arena)
{
    struct auth_value *copy = ARENA_ROW(arena, struct auth_value, cloud->auth_count);
    for (uint32_t i = 0; i < cloud->auth_count; i++) {
        const struct auth_value *from = &cloud->auth[i];
        copy[i] = (struct auth_value){.name = arena_text(arena, from->name),
                                      .text = arena_text(arena, from->text),
                                      .secret = from->secret};
        copy[i].secret.text = arena_text(arena, from->secret.text);
    }
    return copy;
}

static void cloud_copy_into(struct cloud_config *copy, const struct cloud_config *cloud, struct arena *arena)
{
    *copy = *cloud;
    const char **const texts[] = {
        &copy->name,
        &copy->region,
        &copy->interface,
        &copy->auth_url,
        &copy->clouds_yaml_file,
        &copy->clouds_yaml_cloud,
        &copy->tls_ca,
        &copy->expect_project,
        &copy->file,
        &copy->tenant_uuid,
        &copy->cluster_uuid,
        &copy->proxy_url,
        &copy->proxy_credentials.text,
    };
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_text(arena, *texts[i]);
    for (unsigned i = 0; i < SERVICE_COUNT; i++)
        copy->endpoints[i] = arena_text(arena, cloud->endpoints[i]);
    copy->auth = auth_copy(cloud, arena);
}

struct cloud_config *cloud_copy(const struct cloud_config *cloud, struct arena *arena)
{
    struct cloud_config *copy = ARENA_NEW(arena, struct cloud_config);
    cloud_copy_into(copy, cloud, arena);
    return copy;
}

static const char *const *texts_copy(const char *const *texts, uint32_t count, struct arena *arena)
{
    if (!texts) return NULL;
    const char **copy = ARENA_ROW(arena, const char *, count);
    for (uint32_t i = 0; i < count; i++)
        copy[i] = arena_text(arena, texts[i]);
    return copy;
}

static void source_copy_into(struct source_config *copy, const struct source_config *source,
                             struct arena *arena)
{
    *copy = *source;
    copy->name = arena_text(arena, source->name);
    copy->directory = arena_text(arena, source->directory);
    copy->file = arena_text(arena, source->file);
    copy->clouds = texts_copy(source->clouds, source->cloud_count, arena);
}

static void target_copy_into(struct notify_target *copy, const struct notify_target *target,
                             struct arena *arena)
{
    *copy = *target;
    const char **const texts[] = {
        &copy->name,     &copy->url,  &copy->secret_url.text, &copy->tls_ca, &copy->from,
        &copy->sendmail, &copy->file,
    };
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_text(arena, *texts[i]);
    copy->to = texts_copy(target->to, target->to_count, arena);
    copy->sources = texts_copy(target->sources, target->source_count, arena);
    copy->clouds = texts_copy(target->clouds, target->cloud_count, arena);
}

struct config *config_copy(const struct config *config)
{
    struct config *copy = config_new();
    struct arena arena = copy->arena;
    *copy = *config;
    copy->owner = arena_text(&arena, config->owner);
    copy->log_level = arena_text(&arena, config->log_level);
    copy->listen_metrics = arena_text(&arena, config->listen_metrics);
    copy->clouds = ARENA_ROW(&arena, struct cloud_config, config->cloud_count);
    for (uint32_t i = 0; i < config->cloud_count; i++)
        cloud_copy_into(&copy->clouds[i], &config->clouds[i], &arena);
    copy->sources = ARENA_ROW(&arena, struct source_config, config->source_count);
    for (uint32_t i = 0; i < config->source_count; i++)
        source_copy_into(&copy->sources[i], &config->sources[i], &arena);
    copy->targets = ARENA_ROW(&arena, struct notify_target, config->target_count);
    for (uint32_t i = 0; i < config->target_count; i++)
        target_copy_into(&copy->targets[i], &config->targets[i], &arena);
    copy->arena = arena;
    return copy;
}

static bool auth_equal(const struct cloud_config *a, const struct cloud_config *b)
{
    if (a->auth_count != b->auth_count || a->auth_form != b->auth_form) return false;
    for (uint32_t i = 0; i < a->auth_count; i++) {
        const struct auth_value *x = &a->auth[i], *y = &b->auth[i];
        if (!text_equal(x->name, y->name) || !text_equal(x->text, y->text) ||
            x->secret.kind != y->secret.kind || !text_equal(x->secret.text, y->secret.text))
            return false;
    }
    return true;
}

bool cloud_same_login(const struct cloud_config *a, const struct cloud_config *b)
{
    for (unsigned i = 0; i < SERVICE_COUNT; i++)
        if (!text_equal(a->endpoints[i], b->endpoints[i])) return false;
    return a->traits == b->traits && a->allow_plain_http == b->allow_plain_http && auth_equal(a, b) &&
           text_equal(a->region, b->region) && text_equal(a->interface, b->interface) &&
           text_equal(a->auth_url, b->auth_url) && text_equal(a->tls_ca, b->tls_ca) &&
           text_equal(a->tenant_uuid, b->tenant_uuid) && text_equal(a->cluster_uuid, b->cluster_uuid) &&
           text_equal(a->clouds_yaml_file, b->clouds_yaml_file) &&
           text_equal(a->clouds_yaml_cloud, b->clouds_yaml_cloud);
}
