#include "tests/golden/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/provider.h"
#include "tests/golden/made_up_provider.h"

void setting_init(struct setting *setting)
{
    *setting = (struct setting){.cloud_count = 0};
    arena_init(&setting->arena);
}

void setting_release(struct setting *setting)
{
    arena_release(&setting->arena);
}

const struct traits *const *setting_traits(void)
{
    static const struct traits *all[16];
    const struct traits *const *real = provider_traits();
    unsigned count = 0;
    while (real[count] && count < 14) {
        all[count] = real[count];
        count++;
    }
    all[count] = &made_up_traits;
    return all;
}

static const struct traits *traits_of(const char *provider)
{
    const struct traits *const *all = setting_traits();
    while (*all && strcmp((*all)->provider, provider) != 0)
        all++;
    return *all;
}

static unsigned place_of(const struct words *row, unsigned count, const char *name)
{
    unsigned place = 0;
    while (place < count && strcmp(words_at(&row[place], 1), name) != 0)
        place++;
    return place;
}

static void put(struct words *row, unsigned *count, struct words line)
{
    unsigned place = place_of(row, *count, words_at(&line, 1));
    if (place == SETTINGS_MAX) return;
    row[place] = line;
    if (place == *count) ++*count;
}

static void forget(struct words *row, unsigned *count, const char *name)
{
    unsigned place = place_of(row, *count, name);
    if (place == *count) return;
    memmove(row + place, row + place + 1, (*count - place - 1) * sizeof *row);
    --*count;
}

bool setting_line(struct setting *setting, const char *line)
{
    struct words words = words_of(line, &setting->arena);
    const char *verb = words_at(&words, 0), *what = words_at(&words, 1), *name = words_at(&words, 2);
    if (strcmp(verb, "daemon") == 0)
        setting->daemon = words;
    else if (strcmp(verb, "cloud") == 0 && traits_of(name))
        put(setting->clouds, &setting->cloud_count, words);
    else if (strcmp(verb, "source") == 0)
        put(setting->sources, &setting->source_count, words);
    else if (strcmp(verb, "notify") == 0)
        put(setting->targets, &setting->target_count, words);
    else if (strcmp(verb, "forget") == 0 && strcmp(what, "notify") == 0)
        forget(setting->targets, &setting->target_count, name);
    else if (strcmp(verb, "forget") == 0 && strcmp(what, "cloud") == 0)
        forget(setting->clouds, &setting->cloud_count, name);
    else if (strcmp(verb, "forget") == 0 && strcmp(what, "source") == 0)
        forget(setting->sources, &setting->source_count, name);
    else
        return false;
    return true;
}

static struct share share_parse(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    return (struct share){.number = (uint32_t)number, .percent = *end == '%'};
}

/* "10%/1h", "4/10m" */
static struct destroy_budget budget_parse(const char *text)
{
    struct destroy_budget budget = {.max = share_parse(text), .per_ms = HOUR_MS};
    const char *slash = strchr(text, '/');
    if (slash) duration_parse(slash + 1, NEVER_MS, &budget.per_ms);
    return budget;
}

static enum mode mode_parse(const struct words *words)
{
    return strcmp(words_value(words, "mode", "enforce"), "observe") == 0 ? MODE_OBSERVE : MODE_ENFORCE;
}

static struct cloud_config cloud_of(const struct words *words, struct arena *arena)
{
    const struct traits *traits = traits_of(words_at(words, 2));
    return (struct cloud_config){
        .name = arena_text(arena, words_at(words, 1)),
        .traits = traits,
        .expect_project = arena_text(arena, words_value(words, "expect", NULL)),
        .connect_timeout_ms = 5 * SECOND_MS,
        .total_timeout_ms = words_duration(words, "timeout", 30 * SECOND_MS),
        .requests_per_second = words_number(words, "rate", 10),
        .in_flight = words_number(words, "inflight", 8),
        .poll_interval_ms = words_duration(words, "poll", 30 * SECOND_MS),
        .poll_full_ms = words_duration(words, "full", 10 * MINUTE_MS),
        .settle_ms = words_duration(words, "settle", traits->settle_ms),
        .mode = mode_parse(words),
        .file = "case",
    };
}

static const char *const *names_of(const struct words *words, const char *key, struct arena *arena,
                                   uint32_t *out_count)
{
    const char **names = ARENA_ROW(arena, const char *, SETTINGS_MAX + 1);
    const char *list = words_value(words, key, NULL);
    *out_count = 0;
    while (list && *out_count < SETTINGS_MAX && list_next(&list, ',', arena, &names[*out_count]))
        ++*out_count;
    return names;
}

static struct notify_target target_of(const struct words *words, struct arena *arena)
{
    struct notify_target target = {.name = arena_text(arena, words_at(words, 1)), .file = "case"};
    uint32_t count;
    const char *const *on = names_of(words, "on", arena, &count);
    for (unsigned kind = 0; kind < NOTIFY_KIND_COUNT; kind++)
        for (uint32_t i = 0; i < count; i++)
            if (strcmp(on[i], notify_kind_name((enum notify_kind)kind)) == 0)
                target.kinds |= NOTIFY_BIT(kind);
    if (count == 0) target.kinds = NOTIFY_BIT(NOTIFY_KIND_COUNT) - 1;
    target.clouds = names_of(words, "clouds", arena, &target.cloud_count);
    target.sources = names_of(words, "sources", arena, &target.source_count);
    return target;
}

static void clouds_of(const struct setting *setting, const struct words *words, struct arena *arena,
                      struct source_config *out)
{
    out->clouds = names_of(words, "clouds", arena, &out->cloud_count);
    if (words_value(words, "clouds", NULL)) return;
    const char **all = ARENA_ROW(arena, const char *, SETTINGS_MAX);
    for (unsigned i = 0; i < setting->cloud_count; i++)
        all[out->cloud_count++] = arena_text(arena, words_at(&setting->clouds[i], 1));
    out->clouds = all;
}

static struct source_config source_of(const struct setting *setting, const struct words *words,
                                      struct arena *arena)
{
    struct source_config source = {
        .name = arena_text(arena, words_at(words, 1)),
        .directory = arena_text(arena, words_at(words, 1)),
        .max_instances = words_number(words, "max", 0),
        .prune = strcmp(words_value(words, "prune", "true"), "true") == 0,
        .prune_delay_ms = words_duration(words, "delay", 30 * SECOND_MS),
        .destroy = budget_parse(words_value(words, "destroy", "10%/1h")),
        .disruption = share_parse(words_value(words, "disruption", "20%")),
        .mode = mode_parse(words),
        .file = "case",
    };
    clouds_of(setting, words, arena, &source);
    return source;
}

static int by_cloud_name(const void *a, const void *b)
{
    return strcmp(((const struct cloud_config *)a)->name, ((const struct cloud_config *)b)->name);
}

static int by_source_name(const void *a, const void *b)
{
    return strcmp(((const struct source_config *)a)->name, ((const struct source_config *)b)->name);
}

struct config *setting_config(const struct setting *setting)
{
    struct config *config = config_new();
    struct arena *arena = &config->arena;
    config->owner = arena_text(arena, words_value(&setting->daemon, "owner", "seoul-1"));
    config->mode = mode_parse(&setting->daemon);
    config->destroy = budget_parse(words_value(&setting->daemon, "destroy", "100%/1h"));
    config->clouds = ARENA_ROW(arena, struct cloud_config, SETTINGS_MAX);
    config->sources = ARENA_ROW(arena, struct source_config, SETTINGS_MAX);
    config->targets = ARENA_ROW(arena, struct notify_target, SETTINGS_MAX);
    for (unsigned i = 0; i < setting->target_count; i++)
        config->targets[config->target_count++] = target_of(&setting->targets[i], arena);
    for (unsigned i = 0; i < setting->cloud_count; i++)
        config->clouds[config->cloud_count++] = cloud_of(&setting->clouds[i], arena);
    for (unsigned i = 0; i < setting->source_count; i++)
        config->sources[config->source_count++] = source_of(setting, &setting->sources[i], arena);
    qsort(config->clouds, config->cloud_count, sizeof *config->clouds, by_cloud_name);
    qsort(config->sources, config->source_count, sizeof *config->sources, by_source_name);
    return config;
}
