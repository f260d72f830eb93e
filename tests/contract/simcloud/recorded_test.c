/*
 * Sends the recorded requests of a real Nova to the simulated cloud, in their
 * order, and compares status, headers, the shape of each reply, error texts
 * and the sequences of states (transitions.txt, changes-since.txt).
 */
#include "compare.h"
#include "shape.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LABELS_MAX = 64,
    POLL_STEP_MS = 5,
    POLL_MAX_MS = 60000,
};

struct sequence {
    char label[128];
    char states[1024];
};

static struct exchange *exchanges;
static size_t exchange_count;
static struct allowed allowed;
static struct sequence sequences[LABELS_MAX];
static size_t sequence_count;
static unsigned tests;
static unsigned failures;
static unsigned compared;

static bool ok(bool good, const char *format, ...)
{
    va_list arguments;

    tests++;
    failures += !good;
    printf("%sok %u - ", good ? "" : "not ", tests);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return good;
}

static unsigned compare_counted(struct session *session, const struct exchange *exchange,
                                const struct cloud_reply *reply, const cJSON *json)
{
    compared++;
    return compare(&allowed, session, exchange, reply, json);
}

static const char *exchange_token(const struct session *session, const struct exchange *exchange)
{
    if (strstr(exchange->host, ":15000") || strcmp(exchange->name, "no-token") == 0) return NULL;
    if (strcmp(exchange->name, "bad-token") == 0) return "0123456789abcdef0123456789abcdef";
    if (strstr(exchange->name, "by-admin") && !strstr(exchange->name, "when-locked"))
        return session->tokens[TOKEN_ADMIN];
    if (strcmp(exchange->name, "resetState-as-admin") == 0) return session->tokens[TOKEN_ADMIN];
    if (strstr(exchange->path, SMALL) && strcmp(exchange->name, "project-mismatch") != 0)
        return session->tokens[TOKEN_OTHER];
    return session->tokens[TOKEN_DEMO];
}

static void text_replace(char **text, const char *old, const char *new)
{
    char *at = strstr(*text, old);
    char *out;

    if (!at) return;
    if (asprintf(&out, "%.*s%s%s", (int)(at - *text), *text, new, at + strlen(old)) < 0) abort();
    free(*text);
    *text = out;
}

/* changes-since means the moment of the last change, not the recording's. */
static void path_since(struct session *session, char **path)
{
    char *at = strstr(*path, "changes-since=20");
    char stamp[64];
    char old[64];
    int64_t seconds = (cloud_options_of(session->cloud).wall_base_ms + session->changed_ms) / 1000;
    time_t time = (time_t)seconds;
    struct tm parts;

    if (!at || strstr(at, "=2099")) return;
    snprintf(old, sizeof old, "%.*s", 34, at);
    gmtime_r(&time, &parts);
    strftime(stamp, sizeof stamp, "changes-since=%Y-%m-%dT%H:%M:%SZ", &parts);
    text_replace(path, old, stamp);
}

static char *exchange_path(struct session *session, const struct exchange *exchange, const char *project)
{
    char *path = text_map(session, exchange->path, project, true);
    char *request = strstr(path, "req-");
    char old[64];

    path_since(session, &path);
    if (*session->reservation[0]) text_replace(&path, session->reservation[0], session->reservation[1]);
    if (request && *session->request_id) {
        snprintf(old, sizeof old, "%s", strstr(path, "req-"));
        text_replace(&path, old, session->request_id);
    }
    return path;
}

static void session_note(struct session *session, const struct exchange *exchange, const cJSON *json)
{
    const cJSON *actions = cJSON_GetObjectItemCaseSensitive(json, "instanceActions");
    const char *request_id = member(cJSON_GetArrayItem(actions, 0), "request_id");

    if (request_id) snprintf(session->request_id, sizeof session->request_id, "%s", request_id);
    if (member(exchange->json, "reservation_id") && member(json, "reservation_id")) {
        snprintf(session->reservation[0], sizeof session->reservation[0], "%s",
                 member(exchange->json, "reservation_id"));
        snprintf(session->reservation[1], sizeof session->reservation[1], "%s",
                 member(json, "reservation_id"));
    }
    ids_learn(session, exchange->json, json);
}

static void sequence_add(const char *label, const char *state, bool fresh)
{
    struct sequence *sequence = sequence_count ? &sequences[sequence_count - 1] : NULL;
    size_t length;

    if (!sequence || strcmp(sequence->label, label) != 0 || fresh) {
        if (sequence_count == LABELS_MAX) abort();
        sequence = &sequences[sequence_count++];
        snprintf(sequence->label, sizeof sequence->label, "%s", label);
    }
    length = strlen(sequence->states);
    snprintf(sequence->states + length, sizeof sequence->states - length, "%s%s", length ? " > " : "", state);
}

/* One look at a server: its state, and the reply for comparing. */
struct look {
    struct cloud_reply reply;
    cJSON *json;
    char state[128];
    bool fits; /* the shape is the recorded one */
};

static void look_release(struct look *look)
{
    cJSON_Delete(look->json);
    cloud_reply_release(&look->reply);
    *look = (struct look){0};
}

static void look_take(struct session *session, const struct exchange *exchange, const char *path,
                      const struct shape *recorded, struct look *look)
{
    struct shape simulated;
    char what[256];

    session_call(session, "GET", exchange->host, path, exchange_token(session, exchange), "", &look->reply);
    look->json = cJSON_Parse(look->reply.body ? look->reply.body : "");
    exchange_state(look->reply.status, look->json, look->state, sizeof look->state);
    shape_of(&simulated, look->json);
    look->fits =
        shape_equals(recorded, &simulated) && !server_differs(exchange, look->json, what, sizeof what);
    shape_release(&simulated);
}

/* Asks again and again, time going on, until the recorded state is seen, and within it the recorded shape; if
 * that never comes, the first reply in that state is compared. */
static unsigned exchange_poll(struct session *session, const struct exchange *exchange, const char *path,
                              const char *label, bool fresh)
{
    int64_t until = session->now_ms + POLL_MAX_MS;
    struct look best = {.json = NULL};
    struct shape recorded;
    char wanted[128];
    unsigned count;

    exchange_state(exchange->status, exchange->json, wanted, sizeof wanted);
    shape_of(&recorded, exchange->json);
    for (; session->now_ms < until && !best.fits; session->now_ms += POLL_STEP_MS) {
        struct look look = {.json = NULL};
        bool there;

        look_take(session, exchange, path, &recorded, &look);
        there = strcmp(look.state, wanted) == 0;
        if (there && (look.fits || !best.state[0])) {
            look_release(&best);
            best = look;
            continue;
        }
        look_release(&look);
        if (best.state[0] && !there) break;
    }
    if (best.state[0]) {
        sequence_add(label, best.state, fresh);
        count = compare_counted(session, exchange, &best.reply, best.json);
    } else {
        count = difference(&allowed, exchange, "state %s never came", wanted);
    }
    look_release(&best);
    shape_release(&recorded);
    return count;
}

static unsigned exchange_send(struct session *session, const struct exchange *exchange, const char *path,
                              const char *project)
{
    char *body = text_map(session, exchange->body, project, true);
    struct cloud_reply reply;
    unsigned count;
    cJSON *json;

    /* Both projects' networks are one here. */
    text_replace(&body, "12c631ff-af98-4fb7-9dc3-07a944fa5002", "c5f27c5c-e41a-4818-9395-40df8f67fa7b");
    session_call(session, exchange->method, exchange->host, path, exchange_token(session, exchange), body,
                 &reply);
    json = cJSON_Parse(reply.body ? reply.body : "");
    session_note(session, exchange, json);
    count = compare_counted(session, exchange, &reply, json);
    if (strcmp(exchange->method, "GET") != 0 && reply.status < 300) session->changed_ms = session->now_ms;
    cJSON_Delete(json);
    cloud_reply_release(&reply);
    free(body);
    return count;
}

/* What happened between two exchanges, beside waiting. */
static void exchange_before(struct session *session, const struct exchange *exchange)
{
    static const struct {
        unsigned number;
        struct cloud_fault fault;
    } rows[] = {
        {220, {.kind = CLOUD_FAULT_BUILD_ERROR, .server = "aborts", .count = 1}},
        {226, {.kind = CLOUD_FAULT_BUILD_ERROR, .server = "fails", .count = 1, .number = 2}},
        {236, {.kind = CLOUD_FAULT_IGNORED, .operation = "os-stop", .count = 1}},
        {240, {.kind = CLOUD_FAULT_ACTION_ERROR, .operation = "resize", .count = 1}},
    };
    struct cloud_change revoke = {.kind = CLOUD_CHANGE_REVOKE};
    /* Recorded in the middle of something: a list with one that still builds (055), what "while" names. */
    bool within = strstr(exchange->name, "-while-") || (exchange->number >= 52 && exchange->number <= 55);

    if (!within) session_settle(session);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].number == exchange->number) cloud_fault_add(session->cloud, &rows[i].fault);
    }
    if (strstr(exchange->name, "token-revoked")) cloud_change(session->cloud, session->now_ms, &revoke);
}

static void exchange_run(struct session *session, const struct exchange *exchange, const char *project,
                         bool fresh)
{
    char label[128];
    bool poll = exchange_is_poll(exchange, label, sizeof label);
    unsigned count;
    char *path;

    if (!poll) exchange_before(session, exchange);
    path = exchange_path(session, exchange, project);
    count = poll ? exchange_poll(session, exchange, path, label, fresh)
                 : exchange_send(session, exchange, path, project);
    ok(!count, "%03u %s", exchange->number, exchange->name);
    free(path);
    if (strcmp(exchange->name, "token-revoked-but-cached") == 0) session_logins(session, project);
}

static void run_main(void)
{
    struct cloud_options options;
    struct session session;

    options_fill(&options, DEMO);
    session_open(&session, &options, exchanges, exchange_count);
    for (size_t i = 0; i < exchange_count && exchanges[i].number < 600; i++)
        exchange_run(&session, &exchanges[i], DEMO, false);
    cloud_free(session.cloud);
}

/* Recorded on a cloud that confirms by itself and keeps no tokens in a cache. */
static void run_auto_confirm(unsigned from, unsigned to)
{
    struct cloud_options options;
    struct session session;
    char last[128] = "";

    options_fill(&options, AUTO);
    options.confirm_after_ms = 3000;
    options.token_cache_ms = 0;
    session_open(&session, &options, exchanges, exchange_count);
    for (size_t i = 0; i < exchange_count; i++) {
        if (exchanges[i].number < from || exchanges[i].number >= to) continue;
        /* The recording begins anew with the second VERIFY_RESIZE. */
        exchange_run(&session, &exchanges[i], AUTO, strcmp(last, exchanges[i].name) == 0);
        snprintf(last, sizeof last, "%s", exchanges[i].name);
    }
    cloud_free(session.cloud);
}

static const struct {
    const char *name;
    const char *method;
    const char *path; /* after the server */
    const char *body;
} since_rows[] = {
    {"rename", "PUT", "", "{\"server\":{\"name\":\"since-2\"}}"},
    {"metadata", "POST", "/metadata", "{\"metadata\":{\"a\":\"1\"}}"},
    {"addSecurityGroup", "POST", "/action", "{\"addSecurityGroup\":{\"name\":\"web\"}}"},
    {"removeSecurityGroup", "POST", "/action", "{\"removeSecurityGroup\":{\"name\":\"web\"}}"},
    {"attach", "POST", "/os-volume_attachments",
     "{\"volumeAttachment\":{\"volumeId\":\"f2cada76-8896-4f5e-a8f8-969386503654\"}}"},
    {"detach", "DELETE", "/os-volume_attachments/f2cada76-8896-4f5e-a8f8-969386503654", ""},
    {"lock", "POST", "/action", "{\"lock\":null}"},
    {"unlock", "POST", "/action", "{\"unlock\":null}"},
    {"reboot", "POST", "/action", "{\"reboot\":{\"type\":\"SOFT\"}}"},
    {"stop", "POST", "/action", "{\"os-stop\":null}"},
    {"delete", "DELETE", "", ""},
};

/* changes-since.txt: "NAME  STATUS  in changes-since: True". */
static void since_expected(const char *text, const char *name, int *out_status, bool *out_listed)
{
    const char *line = text;
    size_t length = strlen(name);

    *out_status = 0;
    while (line && (strncmp(line, name, length) != 0 || line[length] != ' ')) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (!line) return;
    *out_status = (int)strtol(line + length, NULL, 10);
    line = strstr(line, "in changes-since: ");
    *out_listed = line && strncmp(line + strlen("in changes-since: "), "True", 4) == 0;
}

static void since_run(struct session *session, size_t row, const struct exchange *exchange,
                      const char *expected)
{
    const char *id = id_map(session, "9413c985-25b3-4880-aa61-65fbf3393648", SINCE);
    char path[256];
    struct cloud_reply reply;
    int status;
    bool listed = false;
    size_t found;
    unsigned count;
    char *list;
    cJSON *json;

    session_settle(session);
    session->changed_ms = session->now_ms;
    snprintf(path, sizeof path, "/v2/%s/servers/%s%s", SINCE, id, since_rows[row].path);
    since_expected(expected, since_rows[row].name, &status, &listed);
    session_call(session, since_rows[row].method, "127.0.0.1:18774", path, session->tokens[TOKEN_DEMO],
                 since_rows[row].body, &reply);
    ok(status == reply.status, "changes-since.txt: %s is answered with %d", since_rows[row].name, status);
    cloud_reply_release(&reply);
    session->now_ms += IDLE_MS;
    list = exchange_path(session, exchange, SINCE);
    session_call(session, "GET", "127.0.0.1:18774", list, session->tokens[TOKEN_DEMO], "", &reply);
    json = cJSON_Parse(reply.body);
    found = (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(json, "servers"));
    ok((found == 1) == listed, "changes-since.txt: %s %s listed", since_rows[row].name,
       listed ? "is" : "is not");
    count = compare_counted(session, exchange, &reply, json);
    ok(!count, "%03u %s", exchange->number, exchange->name);
    cJSON_Delete(json);
    cloud_reply_release(&reply);
    free(list);
}

static void run_since(const char *folder)
{
    char *expected = file_text(folder, "changes-since.txt");
    struct cloud_options options;
    struct session session;
    size_t row = 0;

    options_fill(&options, SINCE);
    session_open(&session, &options, exchanges, exchange_count);
    for (size_t i = 0; expected && i < exchange_count; i++) {
        if (exchanges[i].number >= 700 && row < sizeof since_rows / sizeof *since_rows)
            since_run(&session, row++, &exchanges[i], expected);
    }
    ok(row == sizeof since_rows / sizeof *since_rows, "every line of changes-since.txt has its exchange");
    cloud_free(session.cloud);
    free(expected);
}

/* "BUILD(scheduling,building)@0.1s > ..." without the times. */
static void times_drop(char *line)
{
    char *to = line;

    for (const char *from = line; *from; from++) {
        if (*from == '@') {
            from += strcspn(from, " ");
            if (!*from) break;
        }
        *to++ = *from;
    }
    *to = '\0';
}

static void run_transitions(const char *folder)
{
    char *text = file_text(folder, "transitions.txt");
    size_t line_number = 0;

    for (char *line = text, *next; line && *line; line = next) {
        char *states;

        next = line + strcspn(line, "\n");
        if (*next) *next++ = '\0';
        states = line + strcspn(line, " ");
        if (!*states) continue;
        *states++ = '\0';
        states += strspn(states, " ");
        times_drop(states);
        ok(line_number < sequence_count && strcmp(sequences[line_number].label, line) == 0 &&
               strcmp(sequences[line_number].states, states) == 0,
           "transitions.txt: %s passes through %s", line, states);
        line_number++;
    }
    ok(line_number == sequence_count, "transitions.txt: %zu sequences", line_number);
    free(text);
}

int main(void)
{
    const char *source = getenv("SETPOINT_SOURCE_DIR");
    char folder[4096];
    char here[4000];

    snprintf(here, sizeof here, "%s/tests/contract/simcloud", source ? source : ".");
    snprintf(folder, sizeof folder, "%s/recorded", here);
    exchanges = exchanges_read(folder, &exchange_count);
    if (!exchanges || !allowed_read(&allowed, here, "allowed-differences")) {
        printf("Bail out! cannot read %s\n", here);
        return EXIT_FAILURE;
    }
    run_main();
    run_auto_confirm(600, 609);
    run_auto_confirm(609, 700);
    run_since(folder);
    run_transitions(folder);
    for (size_t i = 0; i < allowed.count; i++)
        ok(allowed.rows[i].used, "allowed-differences:%u is used (%s %s)", allowed.rows[i].line,
           allowed.rows[i].number, allowed.rows[i].what);
    ok(compared == exchange_count, "%u of %zu recorded exchanges compared", compared, exchange_count);
    printf("# %u exchanges compared, allowed-differences has %zu lines\n", compared, allowed.count);
    printf("1..%u\n", tests);
    exchanges_free(exchanges, exchange_count);
    allowed_release(&allowed);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
