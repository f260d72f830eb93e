#include "arguments.h"
#include "journal.h"
#include "listener.h"

#include "tests/cloud/buffer.h"
#include "tests/cloud/memory.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE_MAX = 1024 * 1024 };

/* One served dialect. */
struct stand {
    struct place place;
    struct listener *listener;
};

static bool complain(const char *what, const char *why)
{
    fprintf(stderr, "setpoint-simcloud: %s: %s\n", what, why);
    return false;
}

/* The file as text, or NULL with a message. */
static char *file_read(const char *path)
{
    char *text = memory_new(FILE_SIZE_MAX + 1, 1);
    FILE *file = fopen(path, "re");
    size_t size;

    if (!file) {
        complain(path, strerror(errno));
        free(text);
        return NULL;
    }
    size = fread(text, 1, FILE_SIZE_MAX, file);
    text[size] = '\0';
    fclose(file);
    return text;
}

static bool faults_add(struct cloud *cloud, const char *path, const cJSON *list)
{
    const cJSON *each;

    cJSON_ArrayForEach(each, list)
    {
        char *text = cJSON_PrintUnformatted(each);
        struct cloud_fault fault;
        char why[200] = "out of memory";
        bool good = text && cloud_fault_parse(text, strlen(text), &fault, why, sizeof why);

        free(text);
        if (!good) return complain(path, why);
        if (!cloud_fault_add(cloud, &fault)) return complain(path, "too many faults");
    }
    return true;
}

static bool faults_load(struct cloud *cloud, const char *path)
{
    char *text = file_read(path);
    cJSON *list = text ? cJSON_Parse(text) : NULL;
    bool good =
        cJSON_IsArray(list) ? faults_add(cloud, path, list) : text && complain(path, "is no JSON array");

    cJSON_Delete(list);
    free(text);
    return good;
}

/* The journal, before the cloud is made: it says when that began. NULL after a message. */
static struct journal *state_open(const char *directory, const char *shape, struct cloud_options *options)
{
    struct journal *journal;
    char path[PATH_MAX];
    char why[300];

    snprintf(path, sizeof path, "%s/%s.journal", directory, cloud_dialect_name(options->dialect));
    journal = journal_open(path, shape, &options->wall_base_ms, why, sizeof why);
    if (!journal) complain("--state", why);
    return journal;
}

/* Only what is not replayed is kept, counted and killed: the place gets these last. */
static bool stand_fill(struct stand *stand, const struct arguments *arguments, struct journal *journal)
{
    struct place *place = &stand->place;
    char why[300];
    bool good;

    cloud_preload(place->cloud, 0, arguments->servers, "foreign");
    good = !arguments->faults || faults_load(place->cloud, arguments->faults);
    if (good && journal && !journal_replay(journal, place, why, sizeof why)) good = complain("--state", why);
    place->journal = journal;
    place->census = arguments->census;
    place->client_pid = arguments->client_pid;
    return good;
}

static bool stand_open(struct stand *stand, const struct arguments *arguments, enum cloud_dialect dialect,
                       unsigned port, const char *cert, const char *key)
{
    struct cloud_options options = arguments->options[dialect];
    struct journal *journal = NULL;
    char why[200];
    char base[128];

    options.wall_base_ms = place_wall();
    if (arguments->state && !(journal = state_open(arguments->state, arguments->shape, &options)))
        return false;
    place_init(&stand->place, &options);
    stand->place.scheme = cert ? "https" : "http";
    if (!stand_fill(stand, arguments, journal)) return false;
    stand->listener = listener_new(&stand->place, arguments->host, port, cert, key, why, sizeof why);
    if (!stand->listener) return complain("listen", why);
    snprintf(base, sizeof base, strchr(arguments->host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
             stand->place.scheme, arguments->host, listener_port(stand->listener));
    stand->place.base_url = memory_text(base);
    return true;
}

static void stand_close(struct stand *stand)
{
    listener_free(stand->listener);
    if (stand->place.cloud) place_release(&stand->place);
}

static void stand_report(const struct stand *stand, enum cloud_dialect dialect, struct buffer *out)
{
    const char *base = stand->place.base_url;

    json_put_open(out, cloud_dialect_name(dialect), '{');
    json_put_int(out, "port", listener_port(stand->listener));
    json_put_text(out, "url", base);
    json_put_format(out, "identity", "%s%s", base, cloud_dialect_login(dialect));
    json_put_format(out, "compute", "%s/%s", base, cloud_dialect_prefix(dialect, CLOUD_COMPUTE));
    json_put_format(out, "admin", "%s/admin", base);
    json_put_text(out, "region", stand->place.options.regions[0]);
    json_put_text(out, "project", stand->place.options.users[0].project_id);
    json_close(out, '}');
}

static void ready(const struct stand *stands, const struct arguments *arguments)
{
    struct buffer out = {0};
    bool first = true;

    json_open(&out, '{');
    json_put_bool(&out, "ready", true);
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        if (!arguments->dialects[i]) continue;
        if (first) json_put_int(&out, "port", listener_port(stands[i].listener));
        first = false;
        stand_report(&stands[i], i, &out);
    }
    json_close(&out, '}');
    puts(buffer_string(&out));
    fflush(stdout);
    buffer_release(&out);
}

static bool stands_open(struct stand *stands, const struct arguments *arguments, const char *cert,
                        const char *key)
{
    unsigned port = arguments->port;

    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        if (!arguments->dialects[i]) continue;
        if (!stand_open(&stands[i], arguments, i, port, cert, key)) return false;
        port = port ? port + 1 : 0;
    }
    return true;
}

static int serve(const struct arguments *arguments, const char *cert, const char *key)
{
    struct stand *stands = memory_new(CLOUD_DIALECT_COUNT, sizeof *stands);
    int status = EXIT_FAILURE;
    sigset_t ends;
    int signal;

    /* Blocked before any thread is made, so that only sigwait sees them. */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (stands_open(stands, arguments, cert, key)) {
        ready(stands, arguments);
        sigwait(&ends, &signal);
        status = EXIT_SUCCESS;
    }
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++)
        stand_close(&stands[i]);
    free(stands);
    return status;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    int status = arguments_read(&arguments, argc, argv);
    char *cert = NULL;
    char *key = NULL;

    if (status >= 0) return status;
    if (arguments.cert) {
        cert = file_read(arguments.cert);
        key = file_read(arguments.key);
        if (!cert || !key) return EXIT_FAILURE;
    }
    status = serve(&arguments, cert, key);
    free(cert);
    free(key);
    return status;
}
