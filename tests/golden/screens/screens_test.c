/* What people see: the real setpointctl on a pty of 80 and 120 columns, against canned replies. A golden file
   is written by hand. Its first line names the rule it shows; colours stand as «red»…«/»; the lines end as on
   any screen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reconcile/base/cleanup.h"
#include "tests/golden/screens/fake.h"

enum { SCREEN_MAX = 1 << 20, ROWS_HIGH = 50, ROWS_LOW = 12, TIME_SIZE = 19, NOW_S = 300 };

static const struct fake_reply daemon_replies[] = {
    {.request = "GET /v1/status?source=many", .status = 200, .file = "status-many.json"},
    {.request = "GET /v1/status?source=narrow", .status = 200, .file = "status-narrow.json"},
    {.request = "GET /v1/status?source=noted", .status = 200, .file = "status-noted.json"},
    {.request = "GET /v1/status?source=none", .status = 200, .text = "[]\n"},
    {.request = "GET /v1/status?source=odd", .status = 200, .file = "status-odd.json"},
    {.request = "GET /v1/status?watch=1", .status = 200, .file = "status-watch.json", .line_ms = 100},
    {.request = "GET /v1/status", .status = 200, .file = "status.json"},
    {.request = "GET /v1/plan?source=none", .status = 200, .file = "plan-none.json"},
    {.request = "GET /v1/plan?source=noted", .status = 200, .file = "plan-noted.json"},
    {.request = "GET /v1/plan", .status = 200, .file = "plan.json"},
    {.request = "GET /v1/inventory", .status = 200, .file = "inventory.json"},
    {.request = "GET /v1/describe", .status = 200, .file = "describe.json"},
    {.request = "GET /v1/events?limit=10&follow=1",
     .status = 200,
     .file = "events-follow.json",
     .line_ms = 20},
    {.request = "GET /v1/events", .status = 200, .file = "events.json"},
    {.request = "GET /v1/clouds", .status = 200, .file = "clouds.json"},
    {.request = "GET /v1/sources", .status = 200, .file = "sources.json"},
    {.request = "GET /v1/notices?source=noted", .status = 200, .file = "notices.json"},
    {.request = "GET /v1/notices", .status = 200, .text = "[]\n"},
    {.request = "GET /v1/holds", .status = 200, .file = "holds.json"},
    {.request = "GET /v1/version", .status = 200, .file = "version.json"},
    {0}};

struct shown {
    const char *golden;
    unsigned columns, rows;
    bool plain;        /* NO_COLOR */
    const char *until; /* gets SIGINT when this has come */
    int exit;
    const char *arguments[8];
};

static const struct shown screens[] = {
    {"status-80", 80, ROWS_HIGH, true, NULL, 0, {"status"}},
    {"status-120", 120, ROWS_HIGH, true, NULL, 0, {"status"}},
    {"status-80-colour", 80, ROWS_HIGH, false, NULL, 0, {"status"}},
    {"status-120-colour", 120, ROWS_HIGH, false, NULL, 0, {"status"}},
    {"status-pipe", 0, 0, false, NULL, 0, {"status"}},
    {"status-pipe-colour", 0, 0, false, NULL, 0, {"status", "--color", "always"}},
    {"status-wide-120", 120, ROWS_HIGH, true, NULL, 0, {"status", "-o", "wide"}},
    {"status-folded", 80, ROWS_LOW, true, NULL, 0, {"status"}},
    {"status-many-80", 80, ROWS_HIGH, true, NULL, 0, {"status", "--source", "many"}},
    {"status-narrow-80", 80, ROWS_HIGH, true, NULL, 0, {"status", "--source", "narrow"}},
    {"status-narrow-40", 40, ROWS_HIGH, true, NULL, 0, {"status", "--source", "narrow"}},
    {"status-odd-80", 80, ROWS_HIGH, true, NULL, 0, {"status", "--source", "odd"}},
    {"status-none", 80, ROWS_HIGH, true, NULL, 0, {"status", "--source", "none"}},
    {"status-noted-80", 80, ROWS_HIGH, true, NULL, 0, {"status", "--source", "noted"}},
    {"status-watch-80",
     80,
     ROWS_HIGH,
     true,
     "Converged  0:03  –     –\033[K\r\n\033[J",
     130,
     {"status", "--watch"}},
    {"plan-80", 80, ROWS_HIGH, true, NULL, 3, {"plan", "--detailed-exitcode"}},
    {"plan-120-colour", 120, ROWS_HIGH, false, NULL, 0, {"plan"}},
    {"plan-none", 80, ROWS_HIGH, true, NULL, 0, {"plan", "--source", "none", "--detailed-exitcode"}},
    {"plan-noted-80", 80, ROWS_HIGH, true, NULL, 0, {"plan", "--source", "noted", "--detailed-exitcode"}},
    {"inventory-80", 80, ROWS_HIGH, true, NULL, 0, {"inventory", "-o", "table"}},
    {"inventory-wide-120-colour", 120, ROWS_HIGH, false, NULL, 0, {"inventory", "-o", "wide"}},
    {"describe-80", 80, ROWS_HIGH, true, NULL, 0, {"describe", "db-master"}},
    {"describe-120-colour", 120, ROWS_HIGH, false, NULL, 0, {"describe", "db-master"}},
    {"events-80", 80, ROWS_HIGH, true, NULL, 0, {"events"}},
    {"events-120-colour", 120, ROWS_HIGH, false, NULL, 0, {"events"}},
    {"events-follow", 0, 0, false, "web-3", 130, {"events", "--follow"}},
    {"clouds-80", 80, ROWS_HIGH, true, NULL, 0, {"clouds"}},
    {"clouds-120-colour", 120, ROWS_HIGH, false, NULL, 0, {"clouds"}},
    {"sources-80", 80, ROWS_HIGH, true, NULL, 0, {"sources"}},
    {"sources-120-colour", 120, ROWS_HIGH, false, NULL, 0, {"sources"}},
    {"holds-80", 80, ROWS_HIGH, true, NULL, 0, {"approve"}},
    {"help-80", 80, ROWS_HIGH, true, NULL, 0, {"--help"}},
};

static const struct {
    const char *code, *tag;
} tags[] = {{"\033[0m", "«/»"},      {"\033[1m", "«strong»"},  {"\033[2m", "«faint»"}, {"\033[31m", "«red»"},
            {"\033[32m", "«green»"}, {"\033[33m", "«yellow»"}, {"\033[35m", "«odd»"},  {"\033[36m", "«cyan»"},
            {"\033[2J", "«clear»"},  {"\033[H", "«home»"},     {"\033[K", "«eol»"},    {"\033[J", "«below»"},
            {"\r\n", "\n"}};

/* A time within some minutes is the moment of the test. */
static bool is_now(const char *at)
{
    struct tm then = {0};
    const char *end = strptime(at, "%Y-%m-%d %H:%M:%S", &then);
    return end == at + TIME_SIZE && llabs((long long)timegm(&then) - (long long)time(NULL)) < NOW_S;
}

static size_t tag_at(const char *at, struct text *out)
{
    if (is_now(at)) {
        text_add(out, "«now»");
        return TIME_SIZE;
    }
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (text_starts(at, tags[i].code)) {
            text_add(out, tags[i].tag);
            return strlen(tags[i].code);
        }
    text_add_char(out, *at);
    return 1;
}

static void readable(const char *raw, struct text *out)
{
    text_init(out, SCREEN_MAX);
    while (*raw)
        raw += tag_at(raw, out);
}

static bool golden_read(const char *directory, const char *name, struct text *out)
{
    char path[1024], block[4096];
    size_t got;
    snprintf(path, sizeof path, "%s/%s.expected", directory, name);
    text_init(out, SCREEN_MAX);
    FILE *file = fopen(path, "re");
    if (!file) return false;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        text_add_bytes(out, block, got);
    fclose(file);
    return true;
}

static void show_difference(const char *wanted, const char *got)
{
    printf("# wanted:\n");
    for (const char *line = wanted; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] != '\0'))
        printf("#|%.*s\n", (int)strcspn(line, "\n"), line);
    printf("# got:\n");
    for (const char *line = got; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] != '\0'))
        printf("#|%.*s\n", (int)strcspn(line, "\n"), line);
}

static bool screen_check(const struct fake *fake, const char *directory, const struct shown *shown)
{
    static const char *const plain[] = {"TERM=xterm", "NO_COLOR=1", NULL};
    static const char *const colour[] = {"TERM=xterm", NULL};
    AUTO_TEXT struct text golden = {0}, got = {0};
    bool found = golden_read(directory, shown->golden, &golden);
    struct ran ran = fake_run(fake, shown->columns, shown->rows, shown->plain ? plain : colour, shown->until,
                              shown->arguments);
    readable(ran.out, &got);
    const char *rule_end = found ? strchr(golden.bytes, '\n') : NULL;
    const char *wanted = rule_end && golden.bytes[0] == '#' ? rule_end + 1 : "";
    bool good = ran.exit == shown->exit && *ran.err == '\0' && rule_end && strcmp(wanted, got.bytes) == 0;
    if (!good) {
        printf("# exit %d (wanted %d), stderr: %s\n", ran.exit, shown->exit, ran.err);
        show_difference(wanted, got.bytes);
    }
    ran_release(&ran);
    return good;
}

int main(void)
{
    char directory[512];
    const char *source = getenv("SETPOINT_SOURCE_DIR");
    struct fake fake;
    unsigned failed = 0;
    size_t count = sizeof screens / sizeof *screens;
    snprintf(directory, sizeof directory, "%s/tests/golden/screens", source ? source : ".");
    setvbuf(stdout, NULL, _IOLBF, 0);
    fake_start(&fake, daemon_replies, directory);
    printf("1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        bool good = screen_check(&fake, directory, &screens[i]);
        printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1, screens[i].golden);
        failed += !good;
    }
    fake_stop(&fake);
    return failed > 0;
}
