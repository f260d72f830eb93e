#include "reconcile/config.h"

#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

struct config *config_new(void)
{
    struct config *config = NEW(struct config);
    arena_init(&config->arena);
    return config;
}

void config_free(struct config *config)
{
    if (!config) return;
    arena_release(&config->arena);
    memory_free(config);
}

const struct cloud_config *config_cloud(const struct config *config, const char *name)
{
    for (uint32_t i = 0; i < config->cloud_count; i++)
        if (text_equal(config->clouds[i].name, name)) return &config->clouds[i];
    return NULL;
}

const struct source_config *config_source(const struct config *config, const char *name)
{
    for (uint32_t i = 0; i < config->source_count; i++)
        if (text_equal(config->sources[i].name, name)) return &config->sources[i];
    return NULL;
}

uint32_t share_of(struct share share, uint32_t base)
{
    if (!share.percent) return share.number;
    if (share.number == 0) return 0;
    uint64_t part = ((uint64_t)share.number * base + 99) / 100;
    return part < 1 ? 1 : (uint32_t)part;
}
