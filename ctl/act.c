#include <stdio.h>
#include <string.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/table.h"
#include "ctl/words.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/instant.h"
#include "reconcile/base/limits.h"

/* Commands that make the daemon do something: one POST each. Its answer is one message and the exit code. */

enum { PARTIAL_MAX = 1000000, MEMBERS_MAX_BYTES = 16384 };

static int post(const struct run *run, const char *base, const struct text *body, int64_t timeout_ms)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    if (body->overflow)
        return run_fail(CTL_USAGE, "the request is too large: fewer names, or a shorter reason");
    client_path(&path, base);
    int exit = client_ask(&run->client, &path, body->bytes, timeout_ms, &reply);
    if (exit) return exit;
    if (run_wants_json(run)) return screen_put(&reply) ? CTL_DONE : CTL_FAILED;
    AUTO_ANSWER cJSON *json = cJSON_Parse(reply.bytes);
    const char *message = answer_word(json, "message");
    if (*message) printf("%s\n", message);
    return (int)answer_number(json, "exit");
}

/* {"a":"…","b":null}: a member for each pair; the value NULL is null. */
static void member_add(struct text *body, const char *name, const char *value)
{
    text_add(body, body->length > 1 ? "," : "");
    text_add_json(body, name);
    text_add_char(body, ':');
    text_add_json(body, value);
}

static void body_begin(struct text *body)
{
    text_init(body, LIMIT_REQUEST_BYTES);
    text_add_char(body, '{');
}

static const char *argument(const struct run *run, unsigned index)
{
    return index < run->argument_count ? run->arguments[index] : NULL;
}

int run_sync(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    body_begin(&body);
    text_add(&body, "\"names\":[");
    for (unsigned i = 0; i < run->argument_count; i++) {
        if (i) text_add_char(&body, ',');
        text_add_json(&body, run->arguments[i]);
    }
    text_add(&body, "]}");
    return post(run, "/v1/sync", &body, CLIENT_WORK_MS);
}

int run_reload(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    body_begin(&body);
    text_add_char(&body, '}');
    return post(run, "/v1/reload", &body, CLIENT_WORK_MS);
}

static int log_level_show(const struct run *run)
{
    AUTO_TEXT struct text path = {0}, reply = {0}, out = {0};
    client_path(&path, "/v1/version");
    int exit = client_ask(&run->client, &path, NULL, CLIENT_READ_MS, &reply);
    if (exit) return exit;
    AUTO_ANSWER cJSON *json = cJSON_Parse(reply.bytes);
    text_init(&out, LIMIT_REQUEST_BYTES);
    text_addf(&out, run_wants_json(run) ? "{\"logLevel\":\"%s\"}\n" : "%s\n", answer_word(json, "logLevel"));
    return screen_put(&out) ? CTL_DONE : CTL_FAILED;
}

int run_log_level(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    if (run->argument_count == 0) return log_level_show(run);
    body_begin(&body);
    member_add(&body, "level", run->arguments[0]);
    text_add_char(&body, '}');
    return post(run, "/v1/log-level", &body, CLIENT_READ_MS);
}

int run_notify(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    if (run->argument_count == 0) return targets_list(run);
    body_begin(&body);
    member_add(&body, "target", run->arguments[0]);
    text_add_char(&body, '}');
    return post(run, "/v1/notify", &body, CLIENT_READ_MS);
}

int run_suspend(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    int64_t for_ms;
    const char *duration = run->values[OPTION_FOR_TIME];
    if (!run_has(run, OPTION_REASON))
        return run_fail(CTL_USAGE, "suspend needs --reason TEXT: who finds it later wants to know why");
    if (duration && (!duration_parse(duration, 3660 * DAY_MS, &for_ms) || for_ms <= 0))
        return run_fail(CTL_USAGE, "--for \"%s\": not a time like 30m, 24h or 7d", duration);
    body_begin(&body);
    member_add(&body, "target", argument(run, 0));
    member_add(&body, "reason", run->values[OPTION_REASON]);
    member_add(&body, "for", duration);
    text_addf(&body, ",\"hard\":%s}", run_has(run, OPTION_HARD) ? "true" : "false");
    return post(run, "/v1/suspend", &body, CLIENT_READ_MS);
}

int run_resume(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    body_begin(&body);
    member_add(&body, "target", argument(run, 0));
    text_add_char(&body, '}');
    return post(run, "/v1/resume", &body, CLIENT_READ_MS);
}

/* "Delete prod/db", "Create prod/db (then deletes server 0f3c1c2e)" */
static void member_text(const cJSON *member, struct text *out)
{
    const char *call = answer_word(member, "call"), *deletes = answer_text(member, "deletes");
    text_addf(out, "%s%s%s%s/%s", out->length ? ", " : "", call, *call ? " " : "",
              answer_word(member, "source"), answer_word(member, "name"));
    if (deletes && !text_equal(call, "Delete")) text_addf(out, " (then deletes server %s)", deletes);
}

static void members_text(const cJSON *hold, struct text *out)
{
    for (const cJSON *member = answer_first(hold, "members"); member; member = member->next)
        member_text(member, out);
}

static void hold_row(struct table *table, const cJSON *hold)
{
    struct table_row *row = table_row(table);
    char since[SPAN_SIZE];
    AUTO_TEXT struct text members = {0};
    text_init(&members, MEMBERS_MAX_BYTES);
    members_text(hold, &members);
    words_since(answer_wall_ms(hold, "since"), client_wall_ms(), since);
    table_set(table, row, 0, INK_STRONG, answer_text(hold, "holdId"));
    table_set(table, row, 1, INK_PLAIN, answer_text(hold, "source"));
    table_set(table, row, 2, INK_PLAIN, answer_text(hold, "cloud"));
    table_set(table, row, 3, INK_BAD, answer_text(hold, "reason"));
    table_set(table, row, 4, INK_PLAIN, since);
    table_set(table, row, 5, INK_PLAIN, members.bytes);
}

static bool holds_print(const struct run *run, const cJSON *holds)
{
    static const char *const heads[] = {"ID", "SOURCE", "CLOUD", "REASON", "FOR", "WHAT", NULL};
    AUTO_TEXT struct text out = {0};
    struct table table;
    text_init(&out, SCREEN_OUT_MAX);
    table_init(&table, heads);
    for (const cJSON *hold = answer_items(holds); hold; hold = hold->next)
        hold_row(&table, hold);
    table_add(&table, &run->screen, table.count, &out);
    text_add(&out, table.count ? "let one happen: setpointctl approve ID [--partial N]\n" : "");
    bool put = table.count ? screen_put(&out) : puts("nothing waits for approval") >= 0;
    table_release(&table);
    return put;
}

static int holds_list(const struct run *run)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    client_path(&path, "/v1/holds");
    int exit = client_ask(&run->client, &path, NULL, CLIENT_READ_MS, &reply);
    if (exit) return exit;
    if (run_wants_json(run)) return screen_put(&reply) ? CTL_DONE : CTL_FAILED;
    AUTO_ANSWER cJSON *holds = cJSON_Parse(reply.bytes);
    return holds_print(run, holds) ? CTL_DONE : CTL_FAILED;
}

int run_approve(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    uint64_t partial = 0;
    const char *given = run->values[OPTION_PARTIAL];
    if (given && (!text_to_number(given, PARTIAL_MAX, &partial) || partial == 0))
        return run_fail(CTL_USAGE, "--partial \"%s\": not a number of members from 1", given);
    if (run->argument_count == 0)
        return given ? run_fail(CTL_USAGE, "--partial needs the ID of a hold (see: setpointctl approve)")
                     : holds_list(run);
    body_begin(&body);
    member_add(&body, "id", run->arguments[0]);
    if (given)
        text_addf(&body, ",\"partial\":%u}", (unsigned)partial);
    else
        text_add(&body, ",\"partial\":null}");
    return post(run, "/v1/approve", &body, CLIENT_READ_MS);
}

int run_adopt(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    bool matching = run_has(run, OPTION_MATCHING), writes = run_has(run, OPTION_WRITE);
    if (writes && !matching) return run_adopt_write(run);
    if (writes || run->argument_count != (matching ? 1 : 2))
        return run_fail(CTL_USAGE, "adopt takes NAME and the server's ID, or SOURCE --matching, or --write");
    body_begin(&body);
    member_add(&body, matching ? "source" : "name", run->arguments[0]);
    if (matching)
        text_add(&body, ",\"matching\":true");
    else
        member_add(&body, "providerId", run->arguments[1]);
    text_add_char(&body, '}');
    return post(run, "/v1/adopt", &body, CLIENT_READ_MS);
}

int run_release(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    body_begin(&body);
    member_add(&body, "name", run->arguments[0]);
    text_add_char(&body, '}');
    return post(run, "/v1/release", &body, CLIENT_READ_MS);
}

int run_unprotect(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    if (!run_has(run, OPTION_REASON))
        return run_fail(CTL_USAGE, "unprotect needs --reason TEXT: it is kept in the history");
    body_begin(&body);
    member_add(&body, "name", run->arguments[0]);
    member_add(&body, "reason", run->values[OPTION_REASON]);
    text_add_char(&body, '}');
    return post(run, "/v1/unprotect", &body, CLIENT_READ_MS);
}

int run_ledger_rebuild(struct run *run)
{
    AUTO_TEXT struct text body = {0};
    if (!run_has(run, OPTION_YES))
        return run_fail(CTL_USAGE, "ledger rebuild forgets what only the ledger knows (protection of servers "
                                   "without a mark, adopted servers, history); to do it: setpointctl ledger "
                                   "rebuild --yes");
    body_begin(&body);
    text_add_char(&body, '}');
    return post(run, "/v1/ledger/rebuild", &body, CLIENT_WORK_MS);
}
