/* A file of somebody's: as manifests of a source, as the operator's configuration, or as clouds.yaml. It is
   read, or it has a mistake that says where.

   Input: a byte that chooses the reader, then the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifests/clouds_yaml.h"
#include "manifests/reading.h"
#include "providers/provider.h"
#include "reconcile/base/cleanup.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/setting.h"

enum { FILE_MAX = 1 << 16, PATH_SIZE = 512 };

static char folder[PATH_SIZE / 2], file[PATH_SIZE];

static void folder_remove(void)
{
    unlink(file);
    rmdir(folder);
}

/* One folder per process; in memory where the machine has such a place. */
static void folder_make(void)
{
    if (folder[0]) return;
    const char *wanted = getenv("FUZZ_TMPDIR");
    snprintf(folder, sizeof folder, "%s/setpoint-fuzz.XXXXXX", wanted ? wanted : "/tmp");
    FUZZ_CHECK(mkdtemp(folder) && chmod(folder, 0700) == 0);
    snprintf(file, sizeof file, "%s/clouds.yaml", folder);
    atexit(folder_remove);
}

static void file_write(const struct input *input)
{
    folder_make();
    FILE *stream = fopen(file, "wb");
    FUZZ_CHECK(stream);
    FUZZ_CHECK(fwrite(input->at, 1, input->left, stream) == input->left && fclose(stream) == 0);
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

static void check_source(void)
{
    struct input nothing = {0};
    struct config *config = setting_config(&nothing);
    struct source_config source = config->sources[0];
    struct reading reading;
    source.directory = folder;
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

static void check_config(void)
{
    struct mistakes mistakes = {0};
    struct config *config = config_read(folder, provider_traits(), &mistakes);
    FUZZ_CHECK((config == NULL) == mistakes_any(&mistakes));
    check_mistakes(&mistakes);
    if (config) FUZZ_CHECK(config->owner && config->owner[0] && strlen(config->owner) <= LIMIT_OWNER);
    config_free(config);
    mistakes_release(&mistakes);
}

static void check_clouds_yaml(void)
{
    struct clouds_yaml out = {0};
    struct error err = {0};
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (clouds_yaml_read(file, NULL, &arena, &out, &err))
        FUZZ_CHECK(out.auth_url && out.form && out.value_count <= CLOUDS_YAML_VALUES_MAX);
    else
        FUZZ_CHECK(err.text[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(void) = {check_source, check_config, check_clouds_yaml};
    struct input input = {data, size};
    if (size == 0 || size > FILE_MAX) return 0;
    unsigned chosen = input_below(&input, 3);
    file_write(&input);
    checks[chosen]();
    return 0;
}
