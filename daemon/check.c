#include "daemon/check.h"

#include <stdio.h>

#include "daemon/secret_check.h"
#include "manifests/reading.h"
#include "providers/provider.h"
#include "reconcile/base/cleanup.h"

#define COUNTED(number) (number), (number) == 1 ? "" : "s"
enum { LINE_MAX_BYTES = ERROR_TEXT_MAX + ERROR_FILE_MAX + 32 };

static void mistakes_print(const struct mistakes *mistakes)
{
    for (uint32_t i = 0; i < mistakes->count; i++) {
        AUTO_TEXT struct text line;
        text_init(&line, LINE_MAX_BYTES);
        mistake_show(&mistakes->items[i], &line);
        fprintf(stderr, "%s\n", line.bytes);
    }
    if (mistakes->dropped > 0) fprintf(stderr, "and %u more mistakes\n", mistakes->dropped);
}

struct config *check_config(const char *directory)
{
    struct mistakes mistakes = {0};
    struct config *config = config_read(directory, provider_traits(), &mistakes);
    mistakes_print(&mistakes);
    mistakes_release(&mistakes);
    return config;
}

static bool source_check(const struct config *config, const struct source_config *source, uint32_t *instances)
{
    struct reading reading = {0};
    bool good = source_read(source, config, provider_traits(), &reading);
    if (good) *instances += reading.generation->count;
    mistakes_print(&reading.mistakes);
    reading_release(&reading);
    return good;
}

static bool secrets_are_there(const struct config *config, uint32_t *unseen)
{
    struct mistakes mistakes = {0};
    secrets_check(config, &mistakes, unseen);
    bool good = !mistakes_any(&mistakes);
    mistakes_print(&mistakes);
    mistakes_release(&mistakes);
    return good;
}

enum daemon_exit check_run(const struct options *options)
{
    struct config *config = check_config(options->config);
    if (config == NULL) return DAEMON_EXIT_FAILED;
    uint32_t instances = 0, unseen = 0;
    bool good = secrets_are_there(config, &unseen);
    for (uint32_t i = 0; i < config->source_count; i++)
        good = source_check(config, &config->sources[i], &instances) && good;
    if (good) {
        printf("in order: %u cloud%s, %u source%s, %u instance%s\n", COUNTED(config->cloud_count),
               COUNTED(config->source_count), COUNTED(instances));
        if (unseen > 0)
            printf("not looked at: %u credential%s that systemd gives the service at its start\n",
                   COUNTED(unseen));
    }
    config_free(config);
    return good ? DAEMON_EXIT_DONE : DAEMON_EXIT_FAILED;
}
