/* A file of somebody's: as manifests of a source, as the operator's configuration, or as clouds.yaml. It is
   read, or it has a mistake that says where.

   Input: a line with the reader ("source", "operator", or "clouds" and a cloud of it), then the file; behind
   a line "@NAME" what lies beside it under that name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifests/clouds_yaml.h"
#include "manifests/form.h"
#include "manifests/reading.h"
#include "providers/provider.h"
#include "reconcile/base/cleanup.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/setting.h"

enum { INPUT_MAX = 1 << 16, PATH_SIZE = 512 };

/* The first is what is read; the others it may name, or they are found beside it. */
static const char *const names[] = {"fleet.yaml",         "other.yaml", "clouds.yaml", "secure.yaml",
                                    "clouds-public.yaml", "ops.pub",    "boot.sh"};
enum { NAMES = sizeof names / sizeof *names };

static char folder[PATH_SIZE / 2];

static const char *path_of(const char *name)
{
    static char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void files_remove(void)
{
    for (unsigned i = 0; i < NAMES; i++)
        unlink(path_of(names[i]));
}

static void folder_remove(void)
{
    files_remove();
    rmdir(folder);
}

/* One folder per process; in memory where the machine has such a place. */
static void folder_make(void)
{
    if (folder[0]) return;
    const char *wanted = getenv("FUZZ_TMPDIR");
    snprintf(folder, sizeof folder, "%s/setpoint-fuzz.XXXXXX", wanted ? wanted : "/tmp");
    FUZZ_CHECK(mkdtemp(folder) && chmod(folder, 0700) == 0);
    atexit(folder_remove);
}

static void file_write(const char *name, const char *bytes, size_t size)
{
    FILE *stream = fopen(path_of(name), "wb");
    FUZZ_CHECK(stream);
    FUZZ_CHECK(fwrite(bytes, 1, size, stream) == size && fclose(stream) == 0);
}

static const char *name_at(const char *line, size_t size)
{
    for (unsigned i = 0; i < NAMES; i++)
        if (size == strlen(names[i]) && memcmp(line, names[i], size) == 0) return names[i];
    return names[size % NAMES];
}

static size_t line_length(const char *at, const char *end)
{
    const char *found = memchr(at, '\n', (size_t)(end - at));
    return (size_t)((found ? found : end) - at);
}

/* From `at` to the next line that begins with "@", or the end. */
static const char *part_end(const char *at, const char *end)
{
    while (at < end && *at != '@') {
        at += line_length(at, end);
        if (at < end) at++;
    }
    return at;
}

static void files_write(const char *first, const char *at, const char *end)
{
    files_remove();
    const char *stop = part_end(at, end);
    file_write(first, at, (size_t)(stop - at));
    while (stop < end) {
        size_t length = line_length(stop, end);
        const char *name = name_at(stop + 1, length - 1);
        at = stop + length < end ? stop + length + 1 : end;
        stop = part_end(at, end);
        file_write(name, at, (size_t)(stop - at));
    }
}

static void check_mistakes(const struct mistakes *mistakes)
{
    AUTO_TEXT struct text out;
    text_init(&out, 4096);
    for (uint32_t i = 0; i < mistakes->count; i++) {
        FUZZ_CHECK(mistakes->items[i].text[0]);
        text_clear(&out);
        mistake_show(&mistakes->items[i], &out);
        FUZZ_CHECK(!out.overflow && text_starts(out.bytes, folder));
    }
}

static void check_spec(const struct spec *spec)
{
    FUZZ_CHECK(spec->name[0] && strlen(spec->name) <= LIMIT_NAME && spec->cloud[0]);
    FUZZ_CHECK(spec->managed & FIELD_BIT(FIELD_NAME) && spec->managed & FIELD_BIT(FIELD_POWER));
    FUZZ_CHECK(spec->hash == spec_hash(spec) && spec->line > 0);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        const struct value *value = &spec->values[i];
        if (!(spec->managed & FIELD_BIT(i))) continue;
        FUZZ_CHECK(value->columns == field_row((enum field)i)->columns || value->rows == 0);
        for (unsigned j = 0; j < (unsigned)value->rows * value->columns; j++)
            FUZZ_CHECK(value->cells[j]);
    }
}

/* One cloud of each provider, that a manifest may name. */
static void clouds_give(struct config *config, struct source_config *source)
{
    static const char *const clouds[] = {"alpha", "beta", "delta", "epsilon", "gamma"};
    enum { CLOUDS = sizeof clouds / sizeof *clouds };
    struct cloud_config *rows = ARENA_ROW(&config->arena, struct cloud_config, CLOUDS);
    for (unsigned i = 0; i < CLOUDS && provider_traits()[i]; i++) {
        rows[i] = config->clouds[0];
        rows[i].name = clouds[i];
        rows[i].traits = provider_traits()[i];
        config->cloud_count = i + 1;
    }
    config->clouds = rows;
    source->clouds = clouds;
    source->cloud_count = config->cloud_count;
}

static void check_source(const char *word)
{
    (void)word;
    struct input nothing = {0};
    struct config *config = setting_config(&nothing, setting_dialects);
    struct source_config source = config->sources[0];
    struct reading reading;
    source.directory = folder;
    clouds_give(config, &source);
    bool good = source_read(&source, config, provider_traits(), &reading);
    FUZZ_CHECK(good == (reading.generation != NULL) && good == !mistakes_any(&reading.mistakes));
    check_mistakes(&reading.mistakes);
    for (uint32_t i = 0; good && i < reading.generation->count; i++) {
        check_spec(&reading.generation->specs[i]);
        if (i > 0)
            FUZZ_CHECK(strcmp(reading.generation->specs[i - 1].name, reading.generation->specs[i].name) < 0);
    }
    reading_release(&reading);
    config_free(config);
}

/* What the edges take without another look. */
static void check_target(const struct notify_target *target, const char *last)
{
    bool mail = target->form == NOTIFY_MAIL;
    bool secret = target->secret_url.kind != SECRET_NONE;
    FUZZ_CHECK(target->name[0] && strcmp(last, target->name) < 0 && target->kinds);
    FUZZ_CHECK(mail ? target->to_count > 0 && target->sendmail[0] == '/' : target->to_count == 0);
    FUZZ_CHECK((target->url != NULL) + secret == !mail);
    if (target->url) FUZZ_CHECK(!hook_problem(target->url, target->allow_plain_http));
    for (uint32_t i = 0; i < target->to_count; i++)
        FUZZ_CHECK(target->to[i][0] != '-' && !target->to[i][strcspn(target->to[i], " \r\n,<>|/\"")]);
}

static void check_config(const char *word)
{
    (void)word;
    struct mistakes mistakes = {0};
    struct config *config = config_read(folder, provider_traits(), &mistakes);
    FUZZ_CHECK((config == NULL) == mistakes_any(&mistakes));
    check_mistakes(&mistakes);
    if (config) FUZZ_CHECK(config->owner && config->owner[0] && strlen(config->owner) <= LIMIT_OWNER);
    for (uint32_t i = 0; config && i < config->target_count; i++)
        check_target(&config->targets[i], i ? config->targets[i - 1].name : "");
    config_free(config);
    mistakes_release(&mistakes);
}

static void check_clouds_yaml(const char *cloud)
{
    struct clouds_yaml out = {0};
    struct error err = {0};
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (clouds_yaml_read(path_of("clouds.yaml"), cloud[0] ? cloud : NULL, &arena, &out, &err))
        FUZZ_CHECK(out.auth_url && out.form && out.value_count <= CLOUDS_YAML_VALUES_MAX);
    else
        FUZZ_CHECK(err.text[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *word, *file;
        void (*check)(const char *word);
    } readers[] = {{"source", "fleet.yaml", check_source},
                   {"operator", "fleet.yaml", check_config},
                   {"clouds", "clouds.yaml", check_clouds_yaml}};
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (size == 0 || size > INPUT_MAX) return 0;
    char *text = arena_bytes(&arena, data, size), *end = text + size;
    size_t length = line_length(text, end);
    char *word = text + strcspn(text, " \n"), *body = text + length;
    unsigned chosen = (unsigned char)text[0] % 3;
    for (unsigned i = 0; i < 3; i++)
        if (text_starts(text, readers[i].word)) chosen = i;
    if (body < end) *body++ = '\0';
    if (word < body && *word) *word++ = '\0';
    folder_make();
    files_write(readers[chosen].file, body, end);
    readers[chosen].check(word);
    return 0;
}
