#include "reconcile/config.h"

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

static const char *const forms[NOTIFY_FORM_COUNT] = {
    [NOTIFY_WEBHOOK] = "webhook", [NOTIFY_SLACK] = "slack", [NOTIFY_MAIL] = "mail"};

static const char *const notify_kinds[NOTIFY_KIND_COUNT] = {[NOTIFY_CONVERGED] = "Converged",
                                                            [NOTIFY_WAITING] = "Waiting",
                                                            [NOTIFY_BLOCKED] = "Blocked",
                                                            [NOTIFY_FAILING] = "Failing",
                                                            [NOTIFY_BRAKE] = "Brake"};

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

const struct notify_target *config_target(const struct config *config, const char *name)
{
    for (uint32_t i = 0; i < config->target_count; i++)
        if (text_equal(config->targets[i].name, name)) return &config->targets[i];
    return NULL;
}

const char *notify_form_name(enum notify_form form)
{
    ASSERT((unsigned)form < NOTIFY_FORM_COUNT);
    return forms[form];
}

const char *notify_kind_name(enum notify_kind kind)
{
    ASSERT((unsigned)kind < NOTIFY_KIND_COUNT);
    return notify_kinds[kind];
}

uint32_t share_of(struct share share, uint32_t base)
{
    if (!share.percent) return share.number;
    if (share.number == 0) return 0;
    uint64_t part = ((uint64_t)share.number * base + 99) / 100;
    return part < 1 ? 1 : (uint32_t)part;
}
