#include <inttypes.h>
#include <stdio.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/notices.h"
#include "ctl/table.h"
#include "ctl/words.h"
#include "reconcile/base/cleanup.h"

/* clouds, sources, notify targets, version. */

enum { CELL_MAX = 512 };

/* The JSON of a path; with -o json it is printed and NULL comes back with *exit. */
static cJSON *fetch(const struct run *run, const char *base, int *exit)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    client_path(&path, base);
    *exit = client_ask(&run->client, &path, NULL, CLIENT_READ_MS, &reply);
    if (*exit) return NULL;
    if (!run_wants_json(run)) return cJSON_Parse(reply.bytes);
    *exit = screen_put(&reply) ? CTL_DONE : CTL_FAILED;
    return NULL;
}

static int table_print(const struct run *run, struct table *table, const char *nothing)
{
    AUTO_TEXT struct text out = {0};
    text_init(&out, SCREEN_OUT_MAX);
    if (table->count)
        table_add(table, &run->screen, table->count, &out);
    else
        text_addf(&out, "%s\n", nothing);
    bool put = screen_put(&out);
    table_release(table);
    return put ? CTL_DONE : CTL_FAILED;
}

static void ago_set(struct table *table, struct table_row *row, unsigned column, const cJSON *object,
                    const char *name)
{
    char since[SPAN_SIZE];
    words_since(answer_wall_ms(object, name), client_wall_ms(), since);
    table_set(table, row, column, INK_PLAIN, since);
}

/* A member that is a word, a flag or an object with a `state`: how it looks may change with the daemon. */
static void word_set(struct table *table, struct table_row *row, unsigned column, const cJSON *object,
                     const char *name)
{
    const cJSON *member = answer_member(object, name);
    if (cJSON_IsString(member))
        table_set(table, row, column, INK_PLAIN, member->valuestring);
    else if (cJSON_IsTrue(member))
        table_set(table, row, column, INK_BAD, "on");
    else if (cJSON_IsFalse(member))
        table_set(table, row, column, INK_PLAIN, "off");
    else if (cJSON_IsObject(member))
        table_set(table, row, column, INK_PLAIN, answer_text(member, "state"));
}

static void cloud_row(struct table *table, const cJSON *cloud)
{
    struct table_row *row = table_row(table);
    bool ready = answer_flag(cloud, "ready");
    char known[32];
    snprintf(known, sizeof known, "%.0f", answer_number(cloud, "known"));
    table_set(table, row, 0, INK_PLAIN, answer_text(cloud, "name"));
    table_set(table, row, 1, ready ? INK_GOOD : INK_BAD, ready ? "yes" : "no");
    table_set(table, row, 2, INK_PLAIN, known);
    ago_set(table, row, 3, cloud, "lastList");
    ago_set(table, row, 4, cloud, "lastFullList");
    word_set(table, row, 5, cloud, "brake");
    word_set(table, row, 6, cloud, "breaker");
    const char *message = answer_text(cloud, "message");
    table_set(table, row, 7, INK_PLAIN, message ? message : answer_text(cloud, "reason"));
}

int run_clouds(struct run *run)
{
    static const char *const heads[] = {"NAME",  "READY",   "KNOWN", "LIST", "FULL",
                                        "BRAKE", "BREAKER", "WHY",   NULL};
    struct table table;
    int exit;
    AUTO_ANSWER cJSON *clouds = fetch(run, "/v1/clouds", &exit);
    if (!clouds) return exit;
    table_init(&table, heads);
    for (const cJSON *cloud = answer_items(clouds); cloud; cloud = cloud->next)
        cloud_row(&table, cloud);
    exit = table_print(run, &table, "no clouds are configured (a document of kind Cloud in /etc/setpoint)");
    AUTO_TEXT struct text below = {0};
    text_init(&below, SCREEN_OUT_MAX);
    notices_list_add(run, "cloud", &below);
    return exit == CTL_DONE && !screen_put(&below) ? CTL_FAILED : exit;
}

static void mistake_text(const cJSON *mistake, struct text *out)
{
    text_addf(out, "%s", answer_word(mistake, "file"));
    if (answer_number(mistake, "line") > 0)
        text_addf(out, ":%.0f:%.0f", answer_number(mistake, "line"), answer_number(mistake, "column"));
    text_addf(out, ": %s", answer_word(mistake, "message"));
}

static void source_row(struct table *table, const cJSON *source)
{
    struct table_row *row = table_row(table);
    const cJSON *budget = answer_member(source, "budget"), *mistake = answer_first(source, "errors");
    bool valid = answer_flag(source, "valid");
    char objects[32], used[64], resets[SPAN_SIZE];
    AUTO_TEXT struct text why = {0};
    text_init(&why, CELL_MAX);
    if (mistake)
        text_addf(&why, "%d mistake%s, below", cJSON_GetArraySize(answer_member(source, "errors")),
                  mistake->next ? "s" : "");
    snprintf(objects, sizeof objects, "%.0f", answer_number(source, "objects"));
    snprintf(used, sizeof used, "%.0f of %.0f", answer_number(budget, "used"), answer_number(budget, "max"));
    words_until(answer_wall_ms(budget, "resetsAt"), client_wall_ms(), resets);
    table_set(table, row, 0, INK_PLAIN, answer_text(source, "name"));
    table_set(table, row, 1, valid ? INK_GOOD : INK_BAD, valid ? "yes" : "no");
    table_set(table, row, 2, INK_PLAIN, objects);
    table_set(table, row, 3, INK_PLAIN, answer_text(source, "revision"));
    ago_set(table, row, 4, source, "since");
    table_set(table, row, 5, INK_PLAIN, used);
    table_set(table, row, 6, INK_PLAIN, resets);
    table_set(table, row, 7, INK_PLAIN, why.bytes);
}

/* Below the table and whole: each has its place, which is copied to an editor. */
static void mistakes_add(const cJSON *sources, struct text *out)
{
    for (const cJSON *source = answer_items(sources); source; source = source->next) {
        for (const cJSON *mistake = answer_first(source, "errors"); mistake; mistake = mistake->next) {
            mistake_text(mistake, out);
            text_add_char(out, '\n');
        }
    }
}

int run_sources(struct run *run)
{
    static const char *const heads[] = {"NAME",      "VALID",  "OBJECTS", "REVISION", "FOR",
                                        "DESTROYED", "RESETS", "WHY",     NULL};
    struct table table;
    int exit;
    AUTO_TEXT struct text mistakes = {0};
    AUTO_ANSWER cJSON *sources = fetch(run, "/v1/sources", &exit);
    if (!sources) return exit;
    text_init(&mistakes, SCREEN_OUT_MAX);
    table_init(&table, heads);
    for (const cJSON *source = answer_items(sources); source; source = source->next)
        source_row(&table, source);
    exit = table_print(run, &table, "no sources are configured (a document of kind Source in /etc/setpoint)");
    mistakes_add(sources, &mistakes);
    notices_list_add(run, "source", &mistakes);
    return exit == CTL_DONE && !screen_put(&mistakes) ? CTL_FAILED : exit;
}

/* Without a daemon it still tells its own version. */
static void target_row(struct table *table, const cJSON *target)
{
    struct table_row *row = table_row(table);
    char waiting[32], next[SPAN_SIZE];
    bool fails = answer_number(target, "failures") > 0;
    snprintf(waiting, sizeof waiting, "%.0f", answer_number(target, "waiting"));
    words_until(answer_wall_ms(target, "nextTry"), client_wall_ms(), next);
    table_set(table, row, 0, INK_PLAIN, answer_text(target, "name"));
    table_set(table, row, 1, INK_PLAIN, answer_text(target, "form"));
    table_set(table, row, 2, fails ? INK_BAD : INK_PLAIN, waiting);
    ago_set(table, row, 3, target, "oldest");
    ago_set(table, row, 4, target, "delivered");
    table_set(table, row, 5, INK_PLAIN, next);
    table_set(table, row, 6, INK_BAD, answer_text(target, "problem"));
}

int targets_list(struct run *run)
{
    static const char *const heads[] = {"NAME",      "FORM", "WAITING", "OLDEST",
                                        "DELIVERED", "NEXT", "WHY",     NULL};
    struct table table;
    int exit;
    AUTO_ANSWER cJSON *targets = fetch(run, "/v1/notifications", &exit);
    if (!targets) return exit;
    table_init(&table, heads);
    for (const cJSON *target = answer_items(targets); target; target = target->next)
        target_row(&table, target);
    return table_print(run, &table, "nobody is notified (spec.notify of the Daemon document)");
}

int run_version(struct run *run)
{
    int exit;
    AUTO_TEXT struct text own = {0}, daemon = {0};
    text_init(&own, CELL_MAX);
    text_init(&daemon, CELL_MAX);
    text_addf(&own, "setpointctl %s\n", PACKAGE_VERSION);
    if (!run_wants_json(run) && !screen_put(&own)) return CTL_FAILED;
    AUTO_ANSWER cJSON *version = fetch(run, "/v1/version", &exit);
    if (!version) return exit;
    text_addf(&daemon, "setpointd   %s  owner %s, %s, pid %.0f, since %s\n", answer_word(version, "version"),
              answer_word(version, "owner"), answer_word(version, "mode"), answer_number(version, "pid"),
              answer_word(version, "startedAt"));
    return screen_put(&daemon) ? CTL_DONE : CTL_FAILED;
}
