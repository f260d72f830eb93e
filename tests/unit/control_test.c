/* The control socket as a client sees it: a real socket and loop, a host and views made here. */
#include "daemon/control.h"

#include <curl/curl.h>
#include <grp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"
#include "reconcile/view.h"
#include "tests/unit/unit.h"

enum { PATIENCE_MS = 5000, NAP_US = 2000 };

/* The world behind the socket, owned by the loop's thread; tests reach it through on_loop. */
struct world {
    uv_loop_t loop;
    uv_async_t work;
    uv_sem_t done;
    uv_thread_t thread;
    void (*job)(struct world *world);
    struct control *control;
    char dir[64], path[96];
    uint64_t serial;
    unsigned pictures;
    unsigned filler; /* bytes that a status has more */
    /* What the host was asked last. */
    char asked[512];
    char noted[256]; /* uid and words of the newest acting request */
    uint32_t noted_pid;
    uint64_t token;
    bool answer_at_once;
    int answer_exit;
    const char *history;
};

static struct world world;

enum view_find view_check(const struct state *state, const struct view_filter *filter, struct text *out)
{
    (void)state;
    for (uint32_t i = 0; i < filter->name_count; i++)
        if (!text_equal(filter->names[i], "web-1") && !text_equal(filter->names[i], "a b/c%") &&
            !text_equal(filter->names[i], "prod")) {
            text_addf(out, "there is no object \"%s\"; did you mean \"web-1\"?", filter->names[i]);
            return VIEW_NOT_FOUND;
        }
    if (filter->source && !text_equal(filter->source, "prod")) return VIEW_NOT_FOUND;
    return filter->selector && strchr(filter->selector, '!') == filter->selector ? VIEW_BAD_SELECTOR
                                                                                 : VIEW_FOUND;
}

void view_status(const struct state *state, const struct view_filter *filter, struct now now,
                 struct text *out)
{
    (void)state;
    (void)now;
    world.pictures++;
    text_addf(out, "[\n{\"serial\":%lu,\"names\":%u,\"first\":", (unsigned long)world.serial,
              filter->name_count);
    text_add_json(out, filter->name_count ? filter->names[0] : NULL);
    static char blanks[1 << 20];
    memset(blanks, ' ', sizeof blanks);
    text_add(out, "}");
    for (unsigned added = 0; added < world.filler; added += sizeof blanks)
        text_add_bytes(out, blanks, sizeof blanks);
    text_add(out, "]");
}

enum view_find view_describe(const struct state *state, const char *name, struct now now, struct text *out)
{
    (void)state;
    (void)now;
    if (text_equal(name, "prod")) {
        text_add(out, "no object \"prod\"; did you mean the source \"prod\"?");
        return VIEW_NOT_FOUND;
    }
    text_add(out, "{\"name\":");
    text_add_json(out, name);
    text_add(out, "}");
    return VIEW_FOUND;
}

void view_plan(struct state *state, const struct view_filter *filter, struct now now, struct text *out)
{
    (void)state;
    (void)filter;
    (void)now;
    text_add(out, "{\"id\":\"p1\"}");
}

void view_clouds(const struct state *state, struct now now, struct text *out)
{
    (void)state;
    (void)now;
    text_add(out, "[\"clouds\"]");
}

void view_sources(const struct state *state, struct now now, struct text *out)
{
    (void)state;
    (void)now;
    text_add(out, "[\"sources\"]");
}

void view_holds(const struct state *state, struct now now, struct text *out)
{
    (void)state;
    (void)now;
    text_add(out, "[\"holds\"]");
}

void view_notifications(const struct state *state, struct now now, struct text *out)
{
    (void)state;
    (void)now;
    text_add(out, "[\"targets\"]");
}

void view_notices(const struct state *state, const struct view_filter *filter, struct now now,
                  struct text *out)
{
    (void)state;
    (void)filter;
    (void)now;
    text_add(out, "[\"notices\"]");
}

/* The source "stale" was not read anew. */
bool view_unread(const struct state *state, const struct view_filter *filter, struct now now,
                 struct text *out)
{
    (void)state;
    (void)now;
    bool unread = filter->name_count > 0 && strcmp(filter->names[0], "stale") == 0;
    if (unread) text_add(out, "source stale is not in order");
    return unread;
}

bool view_inventory(const struct state *state, const struct view_filter *filter, struct text *out,
                    struct text *out_problem)
{
    (void)state;
    bool listed = filter->name_count == 0;
    text_add(listed ? out : out_problem, listed ? "[\"inventory\"]" : "not listed yet");
    return listed;
}

void view_configuration(const struct state *state, struct text *out)
{
    (void)state;
    text_add(out, "{\"owner\":\"seoul-1\"}");
}

void view_unmanaged(const struct state *state, struct text *out)
{
    (void)state;
    text_add(out, "[\"unmanaged\"]");
}

struct view_counts view_count(const struct state *state, const struct view_filter *filter, struct now now)
{
    (void)state;
    (void)filter;
    (void)now;
    return (struct view_counts){.objects = 3, .converged = 2, .waiting = 1, .not_converged = 1};
}

bool view_is_ready(const struct state *state)
{
    (void)state;
    return true;
}

uint64_t view_serial(const struct state *state)
{
    (void)state;
    return world.serial;
}

const char *view_mode(const struct state *state)
{
    (void)state;
    return "observe";
}

static struct state *host_state(void *ctx)
{
    return ctx;
}

static struct now host_now(void *ctx)
{
    (void)ctx;
    return (struct now){.boot_ms = 1000, .wall_ms = 1790000000000};
}

static const char *host_owner(void *ctx)
{
    (void)ctx;
    return "seoul-1";
}

static const char *host_log_level(void *ctx)
{
    (void)ctx;
    return "notice";
}

static void host_note(uint64_t token, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void host_note(uint64_t token, const char *format, ...)
{
    va_list arguments;
    size_t length = strlen(world.asked);
    va_start(arguments, format);
    vsnprintf(world.asked + length, sizeof world.asked - length, format, arguments);
    va_end(arguments);
    world.token = token;
    if (world.answer_at_once) control_answer(world.control, token, world.answer_exit, "told");
}

static void host_command(void *ctx, const struct event_command *command)
{
    (void)ctx;
    if (command->kind == COMMAND_NOTE) {
        assert_int_equal(command->id, 0); /* no answer */
        snprintf(world.noted, sizeof world.noted, "%u: %s", command->uid, command->argument);
        world.noted_pid = command->pid;
        return;
    }
    host_note(
        command->id, "command %d target=%s argument=%s names=%u for=%ld partial=%u hard=%d matching=%d;",
        command->kind, command->target, command->argument ? command->argument : "-", command->name_count,
        (long)command->duration_ms, command->partial, command->hard, command->matching);
}

static void host_reread(void *ctx, uint64_t token, const char *const *names, uint32_t name_count)
{
    (void)ctx;
    host_note(token, "reread %u %s;", name_count, name_count ? names[0] : "-");
}

static void host_reload(void *ctx, uint64_t token)
{
    (void)ctx;
    host_note(token, "reload;");
}

static void host_events(void *ctx, uint64_t token, const char *name, uint64_t after, uint32_t limit)
{
    (void)ctx;
    world.token = token;
    snprintf(world.asked, sizeof world.asked, "events %s %lu %u;", name ? name : "-", (unsigned long)after,
             limit);
    if (world.history)
        control_finish_json(world.control, token, world.history);
    else if (world.answer_exit)
        control_answer(world.control, token, world.answer_exit, "the ledger is corrupt");
}

static void run_job(uv_async_t *async)
{
    struct world *w = async->data;
    w->job(w);
    uv_sem_post(&w->done);
}

static void on_loop(void (*job)(struct world *))
{
    world.job = job;
    uv_async_send(&world.work);
    uv_sem_wait(&world.done);
}

static void loop_thread(void *arg)
{
    struct world *w = arg;
    uv_run(&w->loop, UV_RUN_DEFAULT);
}

static struct control_host host(void)
{
    return (struct control_host){.ctx = &world,
                                 .state = host_state,
                                 .now = host_now,
                                 .owner = host_owner,
                                 .log_level = host_log_level,
                                 .command = host_command,
                                 .reread = host_reread,
                                 .reload = host_reload,
                                 .events = host_events};
}

static int world_start(void **state)
{
    struct error err = {0};
    struct control_host it = host();
    (void)state;
    memset(&world, 0, sizeof world);
    world.answer_at_once = true;
    snprintf(world.dir, sizeof world.dir, "/tmp/control-test-XXXXXX");
    assert_non_null(mkdtemp(world.dir));
    snprintf(world.path, sizeof world.path, "%s/control.sock", world.dir);
    uv_loop_init(&world.loop);
    uv_async_init(&world.loop, &world.work, run_job);
    uv_sem_init(&world.done, 0);
    world.work.data = &world;
    struct control_options options = {.path = world.path, .listen_fd = -1, .version = "1.2.3"};
    world.control = control_new(&world.loop, &options, &it, &err);
    if (!world.control) fail_msg("%s", err.text);
    uv_thread_create(&world.thread, loop_thread, &world);
    return 0;
}

static void job_close(struct world *w)
{
    if (w->control) control_close(w->control);
    w->control = NULL;
    uv_close((uv_handle_t *)&w->work, NULL);
}

static int world_stop(void **state)
{
    (void)state;
    on_loop(job_close);
    uv_thread_join(&world.thread);
    assert_int_equal(uv_loop_close(&world.loop), 0);
    uv_sem_destroy(&world.done);
    assert_int_equal(access(world.path, F_OK), -1);
    assert_int_equal(rmdir(world.dir), 0);
    return 0;
}

/* One client. Bodies arrive in `body`, which a test may look at while a stream goes on. */
struct client {
    CURL *curl;
    uv_thread_t thread;
    uv_mutex_t lock;
    struct text body;
    long status;
    CURLcode code;
    atomic_bool stop, over;
    char url[2048];
    const char *post;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *cls)
{
    struct client *client = cls;
    uv_mutex_lock(&client->lock);
    text_add_bytes(&client->body, bytes, size * count);
    uv_mutex_unlock(&client->lock);
    return size * count;
}

static int on_progress(void *cls, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct client *client = cls;
    (void)a, (void)b, (void)c, (void)d;
    return client->stop;
}

static void client_work(void *arg)
{
    struct client *client = arg;
    client->code = curl_easy_perform(client->curl);
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &client->status);
    curl_easy_cleanup(client->curl);
    client->over = true;
}

static void client_start(struct client *client, const char *path, const char *post)
{
    *client = (struct client){.post = post, .curl = curl_easy_init()};
    text_init(&client->body, 1 << 20);
    uv_mutex_init(&client->lock);
    snprintf(client->url, sizeof client->url, "http://localhost%s", path);
    curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, world.path);
    curl_easy_setopt(client->curl, CURLOPT_URL, client->url);
    curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, client);
    curl_easy_setopt(client->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(client->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(client->curl, CURLOPT_XFERINFODATA, client);
    if (post) curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, post);
    uv_thread_create(&client->thread, client_work, client);
}

static void client_end(struct client *client)
{
    uv_thread_join(&client->thread);
}

static void client_release(struct client *client)
{
    text_release(&client->body);
    uv_mutex_destroy(&client->lock);
}

/* Waits until the client has got `part`. */
static void client_expect(struct client *client, const char *part)
{
    for (int waited_us = 0; waited_us < PATIENCE_MS * 1000; waited_us += NAP_US) {
        uv_mutex_lock(&client->lock);
        bool found = strstr(client->body.bytes, part) != NULL;
        uv_mutex_unlock(&client->lock);
        if (found) return;
        usleep(NAP_US);
    }
    fail_msg("never came: %s; got: %s", part, client->body.bytes);
}

static void expect(const char *path, const char *post, long status, const char *body)
{
    struct client client;
    client_start(&client, path, post);
    client_end(&client);
    assert_int_equal(client.code, CURLE_OK);
    if (client.status != status || strcmp(client.body.bytes, body) != 0)
        fail_msg("%s %s: wanted %ld %s got %ld %s", path, post ? post : "", status, body, client.status,
                 client.body.bytes);
    client_release(&client);
}

static long ask_status(const char *path, const char *post)
{
    struct client client;
    client_start(&client, path, post);
    client_end(&client);
    client_release(&client);
    return client.status;
}

#define EXPECT_ASKED(text)                                                                                   \
    do {                                                                                                     \
        assert_string_equal(world.asked, text);                                                              \
        world.asked[0] = '\0';                                                                               \
    } while (0)

static void reads_are_answered_from_the_state(void **state)
{
    (void)state;
    expect("/v1/status", NULL, 200, "[\n{\"serial\":0,\"names\":0,\"first\":null}]\n");
    expect("/v1/status?name=web-1&name=web-1", NULL, 200,
           "[\n{\"serial\":0,\"names\":2,\"first\":\"web-1\"}]\n");
    expect("/v1/status?name=a%20b%2fc%25", NULL, 200,
           "[\n{\"serial\":0,\"names\":1,\"first\":\"a b/c%\"}]\n");
    expect("/v1/clouds", NULL, 200, "[\"clouds\"]\n");
    expect("/v1/sources", NULL, 200, "[\"sources\"]\n");
    expect("/v1/holds", NULL, 200, "[\"holds\"]\n");
    expect("/v1/notifications", NULL, 200, "[\"targets\"]\n");
    expect("/v1/notices?source=prod", NULL, 200, "[\"notices\"]\n");
    expect("/v1/configuration", NULL, 200, "{\"owner\":\"seoul-1\"}\n");
    expect("/v1/inventory", NULL, 200, "[\"inventory\"]\n");
    expect("/v1/inventory?name=web-1", NULL, 503, "{\"exit\":1,\"message\":\"not listed yet\"}\n");
    expect("/v1/progress", NULL, 200,
           "{\"objects\":3,\"converged\":2,\"progressing\":0,\"waiting\":1,\"blocked\":0,\"failing\":0,"
           "\"unknown\":0,\"notConverged\":1,\"held\":0,\"ready\":true}\n");
    char version[256];
    snprintf(version, sizeof version,
             "{\"version\":\"1.2.3\",\"owner\":\"seoul-1\",\"mode\":\"observe\",\"logLevel\":\"notice\","
             "\"pid\":%d,"
             "\"startedAt\":\"1970-01-01T00:00:00Z\"}\n",
             getpid());
    expect("/v1/version", NULL, 200, version);
    assert_string_equal(world.asked, "");
}

static void describe_ends_with_history(void **state)
{
    (void)state;
    world.history = "[{\"seq\":1}]";
    expect("/v1/describe?name=prod", NULL, 404,
           "{\"exit\":7,\"message\":\"no object \\\"prod\\\"; did you mean the source \\\"prod\\\"?\"}\n");
    expect("/v1/describe?name=web-1", NULL, 200, "{\"name\":\"web-1\",\"events\":[{\"seq\":1}]}\n");
    EXPECT_ASKED("events web-1 0 10;");
    world.history = NULL;
    world.answer_exit = 1;
    expect("/v1/describe?name=web-1", NULL, 200, "{\"name\":\"web-1\",\"events\":null}\n");
    world.asked[0] = '\0';
    expect("/v1/describe?name=web-7", NULL, 404,
           "{\"exit\":7,\"message\":\"there is no object \\\"web-7\\\"; did you mean \\\"web-1\\\"?\"}\n");
    assert_string_equal(world.asked, "");
}

static void mistakes_name_the_parameter(void **state)
{
    (void)state;
    static const struct {
        const char *path, *post;
        long status;
        const char *reply;
    } rows[] = {
        {"/v1/status?colour=1", NULL, 400,
         "{\"exit\":64,\"message\":\"parameter colour: not known here\"}\n"},
        {"/v1/status?name=", NULL, 400, "{\"exit\":64,\"message\":\"parameter name = \\\"\\\": empty\"}\n"},
        {"/v1/status?name=web-7", NULL, 404,
         "{\"exit\":7,\"message\":\"there is no object \\\"web-7\\\"; did you mean \\\"web-1\\\"?\"}\n"},
        {"/v1/status?source=prod&source=prod", NULL, 400,
         "{\"exit\":64,\"message\":\"parameter source: given twice\"}\n"},
        {"/v1/status?watch=maybe", NULL, 400,
         "{\"exit\":64,\"message\":\"parameter watch = \\\"maybe\\\": neither true nor false\"}\n"},
        {"/v1/status?name=a%00b", NULL, 400,
         "{\"exit\":64,\"message\":\"a parameter holds a NUL character\"}\n"},
        {"/v1/events?limit=10001", NULL, 400,
         "{\"exit\":64,\"message\":\"parameter limit = \\\"10001\\\": not a whole number in its range\"}\n"},
        {"/v1/describe", NULL, 400, "{\"exit\":64,\"message\":\"parameter name: missing\"}\n"},
        {"/v1/suspend", "{\"reason\":\"r\",\"for\":\"soon\"}", 400,
         "{\"exit\":64,\"message\":\"parameter for = \\\"soon\\\": not a duration like 30s, 15m or 24h\"}\n"},
        {"/v1/suspend", "{\"reason\":7}", 400,
         "{\"exit\":64,\"message\":\"parameter reason: of the wrong type\"}\n"},
        {"/v1/suspend", "{}", 400, "{\"exit\":64,\"message\":\"parameter reason: missing\"}\n"},
        {"/v1/suspend", "[1]", 400,
         "{\"exit\":64,\"message\":\"the request's body is not a JSON object\"}\n"},
        {"/v1/suspend", "{\"reason\":\"r\",\"target\":\"prod\\u0000x\"}", 400,
         "{\"exit\":64,\"message\":\"the request's body holds a NUL character\"}\n"},
        {"/v1/suspend", "{\"reason\":\"r\"} x", 400,
         "{\"exit\":64,\"message\":\"the request's body is not a JSON object\"}\n"},
        {"/v1/approve", "{\"id\":\"1\",\"partial\":-1}", 400,
         "{\"exit\":64,\"message\":\"parameter partial = \\\"-1\\\": not a whole number in its range\"}\n"},
        {"/v1/sync", "{\"names\":[1]}", 400,
         "{\"exit\":64,\"message\":\"parameter names: not a list of texts\"}\n"},
        {"/v1/adopt", "{\"name\":\"web-1\"}", 400,
         "{\"exit\":64,\"message\":\"adopt takes either name and providerId, or source and matching\"}\n"},
        {"/v1/nothing", NULL, 404,
         "{\"exit\":1,\"message\":\"this setpointd has no /v1/nothing; is setpointctl of another "
         "version?\"}\n"},
        {"/v1/sync", NULL, 405, "{\"exit\":64,\"message\":\"/v1/sync does not take GET\"}\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(rows[i].path, rows[i].post, rows[i].status, rows[i].reply);
    assert_string_equal(world.asked, "");
}

static void a_long_body_is_refused(void **state)
{
    (void)state;
    char *body = memory_alloc(LIMIT_REQUEST_BYTES + 2);
    memset(body, ' ', LIMIT_REQUEST_BYTES + 1);
    body[LIMIT_REQUEST_BYTES + 1] = '\0';
    expect("/v1/sync", body, 413, "{\"exit\":64,\"message\":\"the request's body is longer than 64 KiB\"}\n");
    memory_free(body);
}

static void too_many_names_are_refused(void **state)
{
    (void)state;
    AUTO_TEXT struct text path = {0};
    text_init(&path, 8192);
    text_add(&path, "/v1/status?name=web-1");
    char url[2048];
    for (int i = 0; i < CONTROL_PARAMETERS && path.length < sizeof url - 64; i++)
        text_add(&path, "&name=w");
    text_copy(url, sizeof url, path.bytes);
    expect(url, NULL, 400,
           "{\"exit\":64,\"message\":\"parameter name: one too many: a request has at most 256; narrow it by "
           "source\"}\n");
}

static void commands_reach_the_host(void **state)
{
    (void)state;
    const char *done = "{\"exit\":0,\"message\":\"told\"}\n";
    expect("/v1/suspend", "{\"target\":\"prod/web-1\",\"reason\":\"a test\",\"for\":\"24h\",\"hard\":true}",
           200, done);
    EXPECT_ASKED(
        "command 2 target=prod/web-1 argument=a test names=0 for=86400000 partial=0 hard=1 matching=0;");
    expect("/v1/suspend", "{\"target\":null,\"reason\":\"all\",\"for\":null,\"hard\":false}", 200, done);
    EXPECT_ASKED("command 2 target= argument=all names=0 for=0 partial=0 hard=0 matching=0;");
    expect("/v1/resume", "", 200, done);
    EXPECT_ASKED("command 3 target= argument=- names=0 for=0 partial=0 hard=0 matching=0;");
    expect("/v1/approve", "{\"id\":\"0a1b2c3d\",\"partial\":3}", 200, done);
    EXPECT_ASKED("command 4 target=0a1b2c3d argument=- names=0 for=0 partial=3 hard=0 matching=0;");
    expect("/v1/adopt", "{\"name\":\"web-1\",\"providerId\":\"i-1\"}", 200, done);
    EXPECT_ASKED("command 5 target=web-1 argument=i-1 names=0 for=0 partial=0 hard=0 matching=0;");
    expect("/v1/adopt", "{\"source\":\"prod\",\"matching\":true}", 200, done);
    EXPECT_ASKED("command 5 target=prod argument=- names=0 for=0 partial=0 hard=0 matching=1;");
    expect("/v1/unprotect", "{\"name\":\"web-1\",\"reason\":\"r\"}", 200, done);
    EXPECT_ASKED("command 7 target=web-1 argument=r names=0 for=0 partial=0 hard=0 matching=0;");
    expect("/v1/ledger/rebuild", "{}", 200, done);
    EXPECT_ASKED("command 8 target= argument=- names=0 for=0 partial=0 hard=0 matching=0;");
    expect("/v1/reload", "{}", 200, done);
    EXPECT_ASKED("reload;");
}

static void what_acts_is_noted_first(void **state)
{
    (void)state;
    char wanted[256];
    struct {
        const char *path, *post, *words;
    } rows[] = {{"/v1/suspend", "{\"target\":\"prod\",\"reason\":\"a test\",\"hard\":true}",
                 "suspend, target prod, reason a test, hard true"},
                {"/v1/sync", "{}", "sync"},
                {"/v1/reload", "", "reload"},
                {"/v1/ledger/rebuild", "{}", "ledger/rebuild"},
                /* what only reads, or is refused, is not */
                {"/v1/plan", NULL, "ledger/rebuild"},
                {"/v1/suspend", "{}", "ledger/rebuild"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask_status(rows[i].path, rows[i].post);
        snprintf(wanted, sizeof wanted, "%u: uid %u (pid %ld) asks: %s", getuid(), getuid(), (long)getpid(),
                 rows[i].words);
        assert_string_equal(world.noted, wanted);
        assert_int_equal(world.noted_pid, getpid());
    }
}

/* Looking too often does not keep from acting. */
static void who_asks_too_often_is_told_so(void **state)
{
    (void)state;
    long status = 0;
    for (int i = 0; i < 1000 && status != 429; i++)
        status = ask_status("/v1/version", NULL);
    assert_int_equal(status, 429);
    assert_int_equal(ask_status("/v1/resume", "{}"), 200);
}

static void steps_follow_one_another(void **state)
{
    (void)state;
    const char *done = "{\"exit\":0,\"message\":\"told\"}\n";
    expect("/v1/sync", "{}", 200, done);
    EXPECT_ASKED("reread 0 -;command 0 target= argument=- names=0 for=0 partial=0 hard=0 matching=0;");
    expect("/v1/sync", "{\"names\":[\"web-1\",\"db\"]}", 200, done);
    EXPECT_ASKED("reread 2 web-1;command 0 target= argument=- names=2 for=0 partial=0 hard=0 matching=0;"
                 "command 1 target= argument=- names=2 for=0 partial=0 hard=0 matching=0;");
    expect("/v1/plan?name=web-1", NULL, 200, "{\"id\":\"p1\"}\n");
    EXPECT_ASKED("reread 1 web-1;command 0 target= argument=- names=1 for=0 partial=0 hard=0 matching=0;");
    world.answer_exit = 1;
    expect("/v1/plan", NULL, 500, "{\"exit\":1,\"message\":\"told\"}\n");
    EXPECT_ASKED("reread 0 -;");
}

static void exit_codes_have_their_status(void **state)
{
    (void)state;
    static const struct {
        int exit;
        long status;
    } rows[] = {{0, 200}, {1, 500}, {7, 404}, {64, 400}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char reply[64];
        world.answer_exit = rows[i].exit;
        snprintf(reply, sizeof reply, "{\"exit\":%d,\"message\":\"told\"}\n", rows[i].exit);
        expect("/v1/resume", "{}", rows[i].status, reply);
    }
}

static void job_answer(struct world *w)
{
    control_answer(w->control, w->token + 1000, 0, "not yours");
    control_answer(w->control, w->token, 7, "line one\nline \"two\"");
    control_answer(w->control, w->token, 0, "twice");
}

static void wait_asked(const char *part)
{
    for (int waited_us = 0; waited_us < PATIENCE_MS * 1000; waited_us += NAP_US) {
        if (strstr((const char *)world.asked, part)) return;
        usleep(NAP_US);
    }
    fail_msg("the host was never asked %s", part);
}

static void answers_may_come_later(void **state)
{
    (void)state;
    struct client client;
    world.answer_at_once = false;
    client_start(&client, "/v1/resume", "{}");
    wait_asked("command 3");
    on_loop(job_answer);
    client_end(&client);
    assert_int_equal(client.status, 404);
    assert_string_equal(client.body.bytes, "{\"exit\":7,\"message\":\"line one\\nline \\\"two\\\"\"}\n");
    client_release(&client);
}

/* 32 wait; the 33rd is told so; when the 32 have hung up, there is room again. */
static void pending_requests_are_bounded_and_hang_ups_seen(void **state)
{
    (void)state;
    static struct client clients[CONTROL_PENDING];
    world.answer_at_once = false;
    for (int i = 0; i < CONTROL_PENDING; i++) {
        world.asked[0] = '\0';
        client_start(&clients[i], "/v1/resume", "{}");
        wait_asked("command 3");
    }
    expect("/v1/resume", "{}", 503,
           "{\"exit\":1,\"message\":\"32 requests wait for an answer already; try again in a moment\"}\n");
    for (int i = 0; i < CONTROL_PENDING; i++)
        clients[i].stop = true;
    for (int i = 0; i < CONTROL_PENDING; i++) {
        client_end(&clients[i]);
        client_release(&clients[i]);
    }
    usleep(1500 * 1000);
    on_loop(job_answer);
    world.answer_at_once = true;
    expect("/v1/resume", "{}", 200, "{\"exit\":0,\"message\":\"told\"}\n");
}

static void job_grow(struct world *w)
{
    w->serial++;
    control_notify(w->control);
}

static void watchers_get_whole_pictures_but_not_too_many(void **state)
{
    (void)state;
    struct client client;
    client_start(&client, "/v1/status?watch=1&name=web-1", NULL);
    client_expect(&client, "data: [ {\"serial\":0,\"names\":1,\"first\":\"web-1\"}]\n\n");
    uint64_t from_ns = uv_hrtime();
    for (int i = 0; i < 300; i++) {
        on_loop(job_grow);
        usleep(2000);
    }
    client_expect(&client, "\"serial\":300,");
    double took_s = (double)(uv_hrtime() - from_ns) / 1e9;
    client.stop = true;
    client_end(&client);
    assert_in_range(world.pictures, 2, (unsigned)(took_s * 4) + 3);
    client_release(&client);
}

static void streams_are_bounded_and_hang_ups_seen(void **state)
{
    (void)state;
    static struct client clients[LIMIT_WATCHERS];
    for (int i = 0; i < LIMIT_WATCHERS; i++) {
        client_start(&clients[i], "/v1/progress?watch=1", NULL);
        client_expect(&clients[i], "\"ready\":true}\n\n");
    }
    expect("/v1/status?watch=1", NULL, 503,
           "{\"exit\":1,\"message\":\"16 clients watch, follow or wait already, which is the most; end one "
           "of them, "
           "or ask without --watch or --follow\"}\n");
    for (int i = 0; i < LIMIT_WATCHERS; i++)
        clients[i].stop = true;
    for (int i = 0; i < LIMIT_WATCHERS; i++) {
        client_end(&clients[i]);
        client_release(&clients[i]);
    }
    usleep(1500 * 1000);
    client_start(&clients[0], "/v1/progress?watch=1", NULL);
    client_expect(&clients[0], "\"ready\":true}\n\n");
    clients[0].stop = true;
    client_end(&clients[0]);
    client_release(&clients[0]);
}

static void job_tell_early(struct world *w)
{
    control_tell(w->control, 7, "prod", "web-1", "{\"seq\":7}");
    control_tell(w->control, 8, "prod", "web-1", "{\"seq\":8}");
    control_tell(w->control, 9, "prod", "db", "{\"seq\":9}");
    control_finish_json(w->control, w->token, "[{\"seq\":6,\"name\":\"web-1\"},{\"seq\":7}]");
}

static void job_tell_late(struct world *w)
{
    control_tell(w->control, 8, "prod", "web-1", "{\"seq\":8}");
    control_tell(w->control, 10, "prod", "web-1", "{\"seq\":10}");
}

static void followers_get_each_event_once(void **state)
{
    (void)state;
    struct client client;
    client_start(&client, "/v1/events?follow=1&name=prod/web-1&after=5&limit=50", NULL);
    wait_asked("events prod/web-1 5 50;");
    on_loop(job_tell_early);
    client_expect(&client, "{\"seq\":8}");
    on_loop(job_tell_late);
    client_expect(&client, "{\"seq\":10}");
    client.stop = true;
    client_end(&client);
    assert_string_equal(client.body.bytes, "data: {\"seq\":6,\"name\":\"web-1\"}\n\ndata: {\"seq\":7}\n\n"
                                           "data: {\"seq\":8}\n\ndata: {\"seq\":10}\n\n");
    client_release(&client);
}

static void history_of_a_name_that_never_was_is_a_mistake(void **state)
{
    (void)state;
    world.history = "[]";
    expect("/v1/events?name=web-1", NULL, 200, "[]\n");
    expect("/v1/events?name=prod", NULL, 200, "[]\n");
    expect("/v1/events?name=web-9", NULL, 404,
           "{\"exit\":7,\"message\":\"there is no object \\\"web-9\\\"; did you mean \\\"web-1\\\"?\"}\n");
    expect("/v1/events?name=web-9&follow=1", NULL, 404,
           "{\"exit\":7,\"message\":\"there is no object \\\"web-9\\\"; did you mean \\\"web-1\\\"?\"}\n");
    world.history = "[{\"seq\":1}]";
    expect("/v1/events?name=web-9", NULL, 200, "[{\"seq\":1}]\n");
}

static int connect_raw(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    text_copy(address.sun_path, sizeof address.sun_path, world.path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void job_flood(struct world *w)
{
    static char event[4096];
    memset(event, 'x', sizeof event - 1);
    memcpy(event, "{\"x\":\"", 6);
    memcpy(event + sizeof event - 3, "\"}", 2);
    for (uint64_t seq = 1; seq < 1000; seq++)
        control_tell(w->control, seq, "prod", "web-1", event);
}

/* He who follows and does not read is sent away; the loop and the others do not feel it. */
static void a_follower_that_does_not_read_is_sent_away(void **state)
{
    (void)state;
    static const char request[] = "GET /v1/events?follow=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    world.history = "[]";
    int fd = connect_raw();
    assert_int_equal(write(fd, request, sizeof request - 1), sizeof request - 1);
    wait_asked("events");
    usleep(100 * 1000);
    on_loop(job_flood);
    expect("/v1/clouds", NULL, 200, "[\"clouds\"]\n");
    static char bytes[65536];
    size_t total = 0;
    ssize_t got;
    struct timeval patience = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        total += (size_t)got;
    close(fd);
    assert_int_equal(got, 0);
    assert_in_range(total, 1, CONTROL_FOLLOW_BYTES * 2 + 400000);
}

/* Replies that nobody reads are held, each with its own copy: not more of them than so many bytes. */
static void long_replies_that_nobody_reads_are_bounded(void **state)
{
    (void)state;
    static const char request[] = "GET /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    enum { LONG = 32 << 20, COUNT = CONTROL_REPLIES_BYTES_ACTS / LONG };
    int fds[COUNT];
    world.filler = LONG;
    world.pictures = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        fds[i] = connect_raw();
        assert_int_equal(write(fds[i], request, sizeof request - 1), sizeof request - 1);
        for (int waited_ms = 0; waited_ms < PATIENCE_MS && world.pictures <= i; waited_ms += 10)
            usleep(10 * 1000);
    }
    assert_int_equal(world.pictures, COUNT);
    assert_int_equal(ask_status("/v1/status", NULL), 429);
    assert_int_equal(ask_status("/v1/resume", "{}"), 200);
    world.filler = 0;
    for (unsigned i = 0; i < COUNT; i++)
        close(fds[i]);
    long status = 0;
    for (int waited_ms = 0; waited_ms < PATIENCE_MS && status != 200; waited_ms += 50) {
        usleep(50 * 1000);
        status = ask_status("/v1/status", NULL);
    }
    assert_int_equal(status, 200);
}

static void a_live_socket_is_taken_and_a_stale_one_replaced(void **state)
{
    (void)state;
    struct error err = {0};
    struct control_host it = host();
    uv_loop_t loop;
    uv_loop_init(&loop);
    struct control_options options = {.path = world.path, .listen_fd = -1, .version = "1"};
    assert_null(control_new(&loop, &options, &it, &err));
    char wanted[256];
    snprintf(wanted, sizeof wanted,
             "the control socket %s is taken: another setpointd answers on it; stop that one, or use another "
             "--runtime directory",
             world.path);
    assert_string_equal(err.text, wanted);
    expect("/v1/clouds", NULL, 200, "[\"clouds\"]\n");

    char stale[128];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(stale, sizeof stale, "%s/stale.sock", world.dir);
    text_copy(address.sun_path, sizeof address.sun_path, stale);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    options.path = stale;
    options.development = true;
    struct control *second = control_new(&loop, &options, &it, &err);
    if (!second) fail_msg("%s", err.text);
    struct stat is;
    assert_int_equal(stat(stale, &is), 0);
    assert_int_equal(is.st_mode & 07777, 0600);
    assert_int_equal(stat(world.path, &is), 0);
    assert_int_equal(is.st_mode & 07777, 0666);
    control_close(second);
    uv_run(&loop, UV_RUN_DEFAULT);

    FILE *file = fopen(stale, "w");
    assert_non_null(file);
    fclose(file);
    assert_null(control_new(&loop, &options, &it, &err));
    assert_non_null(strstr(err.text, "is not a socket; remove it"));
    unlink(stale);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* systemd keeps the listening socket while the daemon is away: closing must not shut it down. */
static void a_socket_handed_over_outlives_us(void **state)
{
    (void)state;
    struct error err = {0};
    struct control_host it = host();
    uv_loop_t loop;
    char path[128];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    uv_loop_init(&loop);
    snprintf(path, sizeof path, "%s/handed.sock", world.dir);
    text_copy(address.sun_path, sizeof address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    int systemds = dup(fd);
    struct control_options options = {.path = path, .listen_fd = fd, .version = "1"};
    struct control *second = control_new(&loop, &options, &it, &err);
    if (!second) fail_msg("%s", err.text);
    control_close(second);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(access(path, F_OK), 0);
    int caller = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(caller, (struct sockaddr *)&address, sizeof address), 0);
    int accepted = accept(systemds, NULL, NULL);
    assert_true(accepted >= 0);
    close(accepted);
    close(caller);
    close(systemds);
    unlink(path);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void job_shut(struct world *w)
{
    control_close(w->control);
    w->control = NULL;
}

static void closing_ends_streams_and_answers_who_waits(void **state)
{
    (void)state;
    struct client watcher, asker;
    world.answer_at_once = false;
    client_start(&watcher, "/v1/progress?watch=1", NULL);
    client_expect(&watcher, "data: ");
    client_start(&asker, "/v1/resume", "{}");
    wait_asked("command 3");
    on_loop(job_shut);
    client_end(&watcher);
    client_end(&asker);
    assert_int_equal(watcher.code, CURLE_OK);
    assert_int_equal(asker.status, 503);
    assert_string_equal(asker.body.bytes, "{\"exit\":1,\"message\":\"setpointd is stopping\"}\n");
    client_release(&watcher);
    client_release(&asker);
}

/* In a process of its own, as nobody: the file's mode lets him connect, the daemon judges him. */
static void a_stranger_is_refused(void **state)
{
    (void)state;
    static const char request[] = "POST /v1/resume HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                  "Content-Length: 2\r\n\r\n{}";
    int said[2];
    char reply[4096] = "";
    size_t size = 0;
    ssize_t got;
    if (geteuid() != 0) return;
    assert_int_equal(chmod(world.dir, 0755), 0);
    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    if (child == 0) {
        char bytes[4096];
        if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)) _exit(1);
        int fd = connect_raw();
        if (write(fd, request, sizeof request - 1) < 0) _exit(2);
        while ((got = read(fd, bytes, sizeof bytes)) > 0)
            if (write(said[1], bytes, (size_t)got) < 0) _exit(3);
        _exit(0);
    }
    close(said[1]);
    while ((got = read(said[0], reply + size, sizeof reply - 1 - size)) > 0)
        size += (size_t)got;
    close(said[0]);
    waitpid(child, NULL, 0);
    assert_true(text_starts(reply, "HTTP/1.1 403 "));
    assert_non_null(strstr(reply,
                           "{\"exit\":6,\"message\":\"user nobody may not do this: not in group "
                           "setpoint-admin (to change that: sudo usermod -aG setpoint-admin nobody, then "
                           "log in anew"));
    assert_string_equal(world.asked, "");
}

enum { MANY = 64, STRANGERS = 32 };

/* Connections with half a request. */
static void half_open(int fds[], int count)
{
    static const char half[] = "GET /v1/clo";
    for (int i = 0; i < count; i++) {
        fds[i] = connect_raw();
        assert_int_equal(write(fds[i], half, sizeof half - 1), sizeof half - 1);
    }
}

static void half_close(const int fds[], int count)
{
    for (int i = 0; i < count; i++)
        close(fds[i]);
}

/* Asks for as long as it takes, within reason. */
static void expect_answer_at_last(void)
{
    struct client client;
    client_start(&client, "/v1/clouds", NULL);
    for (int waited_us = 0; waited_us < PATIENCE_MS * 1000 && !client.over; waited_us += NAP_US)
        usleep(NAP_US);
    client.stop = true;
    client_end(&client);
    assert_int_equal(client.status, 200);
    client_release(&client);
}

static uv_sem_t held;

static void job_sleep(struct world *w)
{
    (void)w;
    uv_sem_wait(&held);
}

/* The daemon is away while all places are given up and taken again; then all go. */
static void a_full_socket_accepts_again(void **state)
{
    (void)state;
    int first[MANY], second[MANY];
    uv_sem_init(&held, 0);
    half_open(first, MANY);
    usleep(300 * 1000);
    world.job = job_sleep;
    uv_async_send(&world.work);
    usleep(50 * 1000);
    half_close(first, MANY);
    half_open(second, MANY);
    uv_sem_post(&held);
    uv_sem_wait(&world.done);
    usleep(300 * 1000);
    half_close(second, MANY);
    expect_answer_at_last();
    uv_sem_destroy(&held);
}

/* Who finds no place is told so; those without a whole request lose theirs. Streams stay. */
static void idle_connections_are_closed(void **state)
{
    (void)state;
    struct client watcher;
    int fds[MANY - 1];
    char byte;
    struct timeval patience = {.tv_sec = 15};
    client_start(&watcher, "/v1/progress?watch=1", NULL);
    client_expect(&watcher, "data: ");
    half_open(fds, MANY - 1);
    usleep(300 * 1000);
    expect("/v1/clouds", NULL, 503,
           "{\"exit\":1,\"message\":\"too many clients hold connections to setpointd; end some of them, or "
           "try again in a moment (the last places are kept for root and group setpoint-admin)\"}\n");
    for (int i = 0; i < MANY - 1; i++) {
        setsockopt(fds[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        assert_int_equal(read(fds[i], &byte, 1), 0);
    }
    expect("/v1/clouds", NULL, 200, "[\"clouds\"]\n");
    half_close(fds, MANY - 1);
    assert_false(watcher.over);
    watcher.stop = true;
    client_end(&watcher);
    client_release(&watcher);
}

/* As nobody, in a process of its own: more connections than strangers have places, held. */
static void strangers_cannot_keep_out_who_may_act(void **state)
{
    (void)state;
    int said[2];
    char reply[4096] = "";
    if (geteuid() != 0) return;
    assert_int_equal(chmod(world.dir, 0755), 0);
    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    if (child == 0) {
        static const char request[] = "GET /v1/clouds HTTP/1.1\r\nHost: x\r\n\r\n";
        int fds[STRANGERS];
        char bytes[4096];
        if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)) _exit(1);
        half_open(fds, STRANGERS);
        usleep(300 * 1000);
        int fd = connect_raw();
        if (write(fd, request, sizeof request - 1) < 0) _exit(2);
        ssize_t got = read(fd, bytes, sizeof bytes);
        if (got <= 0 || write(said[1], bytes, (size_t)got) < 0) _exit(3);
        close(said[1]);
        for (int i = 0; i < MANY; i++)
            connect_raw();
        pause();
    }
    close(said[1]);
    assert_true(read(said[0], reply, sizeof reply - 1) > 0);
    close(said[0]);
    assert_true(text_starts(reply, "HTTP/1.1 503 "));
    usleep(300 * 1000);
    expect("/v1/resume", "{}", 200, "{\"exit\":0,\"message\":\"told\"}\n");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_start, world_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(reads_are_answered_from_the_state),
        WORLD(describe_ends_with_history),
        WORLD(mistakes_name_the_parameter),
        WORLD(a_long_body_is_refused),
        WORLD(too_many_names_are_refused),
        WORLD(commands_reach_the_host),
        WORLD(what_acts_is_noted_first),
        WORLD(who_asks_too_often_is_told_so),
        WORLD(steps_follow_one_another),
        WORLD(exit_codes_have_their_status),
        WORLD(answers_may_come_later),
        WORLD(pending_requests_are_bounded_and_hang_ups_seen),
        WORLD(watchers_get_whole_pictures_but_not_too_many),
        WORLD(streams_are_bounded_and_hang_ups_seen),
        WORLD(followers_get_each_event_once),
        WORLD(history_of_a_name_that_never_was_is_a_mistake),
        WORLD(a_follower_that_does_not_read_is_sent_away),
        WORLD(long_replies_that_nobody_reads_are_bounded),
        WORLD(a_live_socket_is_taken_and_a_stale_one_replaced),
        WORLD(a_socket_handed_over_outlives_us),
        WORLD(a_stranger_is_refused),
        WORLD(a_full_socket_accepts_again),
        WORLD(idle_connections_are_closed),
        WORLD(strangers_cannot_keep_out_who_may_act),
        WORLD(closing_ends_streams_and_answers_who_waits),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
