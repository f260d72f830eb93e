#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/instant.h"

/* setpointctl support-bundle: what the daemon tells to everyone who may read, in one file. No part of it
   holds a secret: the daemon gives none away. */

enum {
    BUNDLE_VERSION = 1, /* rises when a member changes its meaning */
    DESCRIBED_MAX = 200,
    TIME_SIZE = 32,
    FILE_SIZE = 64
};

static const struct {
    const char *member, *path;
} parts[] = {
    {"daemon", "/v1/version"},    {"configuration", "/v1/configuration"},
    {"clouds", "/v1/clouds"},     {"sources", "/v1/sources"},
    {"notices", "/v1/notices"},   {"holds", "/v1/holds"},
    {"status", "/v1/status"},     {"events", "/v1/events?limit=10000"},
    {"progress", "/v1/progress"}, {"notifications", "/v1/notifications"},
};

static void member_key(struct text *out, const char *name)
{
    if (out->bytes[out->length - 1] != '{') text_add_char(out, ',');
    text_add_json(out, name);
    text_add_char(out, ':');
}

static void member_add(struct text *out, const char *name, const char *value)
{
    member_key(out, name);
    text_add_json(out, value);
}

static void machine_add(struct text *out)
{
    struct utsname machine;
    if (uname(&machine) != 0) return;
    member_key(out, "machine");
    text_add_char(out, '{');
    member_add(out, "system", machine.sysname);
    member_add(out, "release", machine.release);
    member_add(out, "architecture", machine.machine);
    text_add_char(out, '}');
}

/* What a part cannot tell is null, and the rest is worth having: but one without a daemon is none. */
static int part_add(const struct run *run, const char *member, const struct text *path, struct text *out)
{
    AUTO_TEXT struct text reply = {0};
    int exit = client_ask(&run->client, path, NULL, CLIENT_READ_MS, &reply);
    while (reply.length && reply.bytes[reply.length - 1] == '\n')
        reply.bytes[--reply.length] = '\0';
    if (member) member_key(out, member);
    text_add(out, exit == CTL_DONE && reply.length ? reply.bytes : "null");
    return exit;
}

static int described_add(const struct run *run, const cJSON *row, struct text *out)
{
    AUTO_TEXT struct text path = {0}, name = {0};
    text_init(&name, CLIENT_PATH_BYTES);
    text_addf(&name, "%s/%s", answer_word(row, "source"), answer_word(row, "name"));
    client_path(&path, "/v1/describe");
    client_query(&path, "name", name.bytes);
    return part_add(run, NULL, &path, out);
}

/* Why what is not as it should be is not. */
static void all_described_add(const struct run *run, struct text *out)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    unsigned count = 0;
    client_path(&path, "/v1/status");
    member_key(out, "described");
    text_add_char(out, '[');
    if (client_ask(&run->client, &path, NULL, CLIENT_READ_MS, &reply) == CTL_DONE) {
        AUTO_ANSWER cJSON *rows = cJSON_Parse(reply.bytes);
        for (const cJSON *row = answer_items(rows); row && count < DESCRIBED_MAX; row = row->next) {
            if (text_equal(answer_word(row, "verdict"), "Converged")) continue;
            text_add(out, count++ ? "," : "");
            described_add(run, row, out);
        }
    }
    text_add_char(out, ']');
}

static int bundle_make(const struct run *run, const char *made_at, struct text *out)
{
    text_addf(out, "{\"bundle\":%d", BUNDLE_VERSION);
    member_add(out, "madeAt", made_at);
    member_add(out, "setpointctl", PACKAGE_VERSION);
    machine_add(out);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        AUTO_TEXT struct text path = {0};
        client_path(&path, parts[i].path);
        int exit = part_add(run, parts[i].member, &path, out);
        if (exit == CTL_NO_DAEMON || exit == CTL_DENIED) return exit;
    }
    all_described_add(run, out);
    text_add(out, "}\n");
    if (out->overflow) return run_fail(CTL_FAILED, "the bundle is larger than %d MiB", SCREEN_OUT_MAX >> 20);
    return CTL_DONE;
}

static int bundle_write(const char *file, const struct text *out)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return run_fail(CTL_FAILED, "%s is there already; name another file, or remove it", file);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (!stream)
        return run_fail(CTL_FAILED, "%s cannot be made (%s); name another file", file, strerror(errno));
    bool put = fwrite(out->bytes, 1, out->length, stream) == out->length;
    put = fclose(stream) == 0 && put;
    if (!put) {
        unlink(file);
        return run_fail(CTL_FAILED, "%s cannot be written (%s); make room", file, strerror(errno));
    }
    return printf("%s: %zu KiB; look at it before you give it away: names, addresses, labels and metadata "
                  "are in it\n",
                  file, (out->length + 1023) / 1024) < 0
               ? CTL_FAILED
               : CTL_DONE;
}

int run_support_bundle(struct run *run)
{
    char made_at[TIME_SIZE], file[FILE_SIZE];
    AUTO_TEXT struct text out = {0};
    const char *named = run->argument_count ? run->arguments[0] : NULL;
    text_init(&out, SCREEN_OUT_MAX);
    instant_format(client_wall_ms(), made_at, sizeof made_at);
    int exit = bundle_make(run, made_at, &out);
    if (exit) return exit;
    if (text_equal(named, "-")) return screen_put(&out) ? CTL_DONE : CTL_FAILED;
    snprintf(file, sizeof file, "setpoint-support-%s.json", made_at);
    return bundle_write(named ? named : file, &out);
}
