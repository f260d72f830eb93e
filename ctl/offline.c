#include <stdio.h>

#include "ctl/command.h"
#include "manifests/explain.h"
#include "manifests/json_schema.h"
#include "manifests/reading.h"
#include "manifests/schema.h"
#include "providers/provider.h"
#include "reconcile/base/cleanup.h"

/* Commands that need no daemon: validate, schema, explain. */

enum { MISTAKE_MAX = 2048, EXPLAIN_MAX = 256 << 10 };

static void mistakes_print(const struct mistakes *mistakes)
{
    for (uint32_t i = 0; i < mistakes->count; i++) {
        AUTO_TEXT struct text line = {0};
        text_init(&line, MISTAKE_MAX);
        mistake_show(&mistakes->items[i], &line);
        fprintf(stderr, "%s\n", line.bytes);
    }
    if (mistakes->dropped) fprintf(stderr, "and %u more mistakes\n", mistakes->dropped);
}

/* false: the operator's directory has mistakes, which were printed. */
static bool config_find(const struct run *run, struct config **out_config)
{
    struct mistakes mistakes = {0};
    *out_config = NULL;
    if (!run_has(run, OPTION_CONFIG)) return true;
    *out_config = config_read(run->values[OPTION_CONFIG], provider_traits(), &mistakes);
    mistakes_print(&mistakes);
    mistakes_release(&mistakes);
    return *out_config != NULL;
}

/* No mistake: a new server is built by it. But of the adopted one nobody will ever see that it differs. */
static void unseen_say(const struct spec *spec, const struct traits *traits, const struct schema_row *row,
                       enum field field)
{
    if (traits->fields[field].visibility != UNSEEN || !(spec->managed & FIELD_BIT(field))) return;
    fprintf(stderr,
            "%s:%u:%u: note: %s of the adopted Instance \"%s\" cannot be observed: provider %s shows it "
            "nowhere, so no difference will be found\n",
            spec->file, spec->line, spec->column, row ? row->path : field_row(field)->name, spec->name,
            traits->provider);
}

static void unseen_note(const struct generation *generation, const struct config *config)
{
    for (uint32_t i = 0; i < generation->count; i++) {
        const struct spec *spec = &generation->specs[i];
        const struct cloud_config *cloud = config_cloud(config, spec->cloud);
        for (unsigned field = 0; spec->adopt && cloud && cloud->traits && field < FIELD_COUNT; field++)
            unseen_say(spec, cloud->traits, schema_of_field((enum field)field), (enum field)field);
    }
}

int run_validate(struct run *run)
{
    struct reading reading = {0};
    struct config *config;
    if (!config_find(run, &config)) return CTL_FAILED;
    bool valid = paths_read(run->arguments, run->argument_count, config, provider_traits(), &reading);
    mistakes_print(&reading.mistakes);
    if (valid && config) unseen_note(reading.generation, config);
    reading_release(&reading);
    config_free(config);
    return valid ? CTL_DONE : CTL_FAILED;
}

int run_schema(struct run *run)
{
    AUTO_TEXT struct text out = {0};
    (void)run;
    text_init(&out, JSON_SCHEMA_MAX);
    json_schema_write(provider_traits(), &out);
    if (out.overflow) return run_fail(CTL_FAILED, "the schema does not fit into %d bytes", JSON_SCHEMA_MAX);
    return screen_put(&out) ? CTL_DONE : CTL_FAILED;
}

int run_explain(struct run *run)
{
    AUTO_TEXT struct text out = {0};
    struct error err = {0};
    AUTO_TEXT struct text lines = {0};
    text_init(&out, EXPLAIN_MAX);
    text_init(&lines, 2 * EXPLAIN_MAX);
    if (!explain_field(run->argument_count ? run->arguments[0] : "", provider_traits(), &out, &err))
        return run_fail(CTL_NOT_FOUND, "%s", err.text);
    screen_add_lines(&lines, &run->screen, out.bytes);
    return screen_put(&lines) ? CTL_DONE : CTL_FAILED;
}
