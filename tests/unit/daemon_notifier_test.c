#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <uv.h>

#include "daemon/clock.h"
#include "daemon/notifier.h"
#include "daemon/sendmail.h"
#include "reconcile/base/cleanup.h"
#include "tests/unit/http_server.h"
#include "tests/unit/scratch.h"

enum { OUT_MAX = 64 << 10, SOON_MS = 300 };

static uv_loop_t loop;
static struct http *http;
static struct batch events;
static struct counters *counters;
static struct notifier *notifier;
static struct good_server *good;
static struct bad_server *bad;
static struct config *config;
static struct notify_target target;
static const char *const addresses[] = {"duty@example.org"};

static const struct notification blocked = {.id = "n-17",
                                            .target = "ops",
                                            .wall_ms = 1769828400000,
                                            .owner = "seoul-1",
                                            .kind = "Blocked",
                                            .count = 1,
                                            .names = "prod/web-1",
                                            .title = "web-1 Blocked",
                                            .message = "no valid host"};

static int start(void **state)
{
    scratch_make(state);
    signal(SIGPIPE, SIG_IGN); /* as daemon/main.c does */
    good = good_server_start(NULL, NULL);
    bad = bad_server_start();
    uv_loop_init(&loop);
    http = http_new(&loop);
    batch_init(&events);
    counters = counters_new();
    notifier = notifier_new(&loop, http, &events, counters);
    target = (struct notify_target){.name = "ops", .to = addresses, .to_count = 1};
    config = config_new();
    config->targets = &target;
    return 0;
}

static int stop(void **state)
{
    notifier_free(notifier);
    http_free(http);
    while (uv_run(&loop, UV_RUN_DEFAULT))
        continue;
    assert_int_equal(uv_loop_close(&loop), 0);
    batch_release(&events);
    counters_free(counters);
    config_free(config);
    good_server_stop(good);
    bad_server_stop(bad);
    return scratch_remove(state);
}

/* One target is all that the configuration has. */
static void configure(void)
{
    config->target_count = 1;
    notifier_config(notifier, config);
}

static const struct event_notified *answered(void)
{
    while (events.count == 0 && uv_run(&loop, UV_RUN_ONCE))
        continue;
    assert_int_equal(events.count, 1);
    assert_int_equal(events.events[0].kind, EVENT_NOTIFIED);
    assert_string_equal(events.events[0].notified.id, "n-17");
    assert_int_equal(events.events[0].notified.delivered, events.events[0].notified.problem == NULL);
    return &events.events[0].notified;
}

static const struct event_notified *deliver(void)
{
    configure();
    notifier_deliver(notifier, &blocked);
    return answered();
}

static const struct event_notified *post_to(const char *userinfo, unsigned port, const char *path)
{
    char url[512];
    snprintf(url, sizeof url, "http://%s127.0.0.1:%u%s", userinfo, port, path);
    target.url = url;
    batch_release(&events);
    const struct event_notified *event = deliver();
    target.url = NULL;
    return event;
}

/* A program that does this with what a sendmail would be given. */
static const char *script_make(const char *does)
{
    char script[512];
    const char *path = scratch_path("sendmail");
    snprintf(script, sizeof script, "#!/bin/sh\n%s\n", does);
    unlink(path);
    write_text(path, script);
    assert_int_equal(chmod(path, 0700), 0);
    return path;
}

static const struct event_notified *mail_by(const char *script)
{
    target.form = NOTIFY_MAIL;
    target.sendmail = script_make(script);
    batch_release(&events);
    return deliver();
}

static void test_webhook_is_delivered(void **state)
{
    char arrived[8192];
    (void)state;
    assert_true(post_to("user:pass@", good_server_port(good), "/in")->delivered);
    good_server_newest(good, arrived, sizeof arrived);
    assert_true(text_starts(arrived, "POST /in\n"));
    assert_non_null(strstr(arrived, "\nAuthorization: Basic dXNlcjpwYXNz\n"));
    assert_non_null(strstr(arrived, "\nContent-Type: application/json\n"));
    assert_non_null(strstr(arrived, "\nX-Setpoint-Notification: n-17\n"));
    assert_non_null(strstr(arrived, "\nIdempotency-Key: n-17\n"));
    assert_non_null(strstr(arrived, "\nUser-Agent: setpoint/" PACKAGE_VERSION "\n"));
    assert_non_null(strstr(arrived, "\n\n{\"id\":\"n-17\",\"time\":\"2026-01-31T03:00:00Z\","));
}

static void test_slack_is_delivered(void **state)
{
    char arrived[8192];
    (void)state;
    target.form = NOTIFY_SLACK;
    assert_true(post_to("", good_server_port(good), "/services/T0")->delivered);
    good_server_newest(good, arrived, sizeof arrived);
    assert_non_null(strstr(arrived, "\n\n{\"text\":\"*web-1 Blocked*\\nno valid host\\n"));
    assert_null(strstr(arrived, "Authorization"));
}

static void test_each_refusal_is_told(void **state)
{
    char wanted[256];
    (void)state;
    const struct event_notified *event = post_to("", bad_server_port(bad), "/full");
    snprintf(wanted, sizeof wanted, "http://127.0.0.1:%u answered HTTP 503: full", bad_server_port(bad));
    assert_string_equal(event->problem, wanted);
    assert_int_equal(event->retry_boot_ms, 0);
    assert_false(event->refused);
    event = post_to("", good_server_port(good), "/unprocessable");
    assert_non_null(strstr(event->problem, " answered HTTP 422"));
    assert_true(event->refused); /* for what it says */
    event = post_to("", bad_server_port(bad), "/throttled");
    assert_non_null(strstr(event->problem, " answered HTTP 429: not  [31m so fast"));
    assert_in_range(event->retry_boot_ms, clock_now().boot_ms + 25000, clock_now().boot_ms + 30000);
    event = post_to("", good_server_port(good), "/moved");
    assert_non_null(strstr(event->problem, " answered HTTP 302: it sends elsewhere"));
    event = post_to("", bad_server_port(bad), "/nothing");
    assert_non_null(strstr(event->problem, "closed the connection without a reply"));
}

static void test_what_is_refused_for_what_it_says(void **state)
{
    (void)state;
    assert_true(post_to("", bad_server_port(bad), "/wrong")->refused);
    assert_false(post_to("", bad_server_port(bad), "/full")->refused);
    assert_false(post_to("", bad_server_port(bad), "/nothing")->refused);
    assert_false(post_to("", good_server_port(good), "/in")->refused);
    assert_true(mail_by("cat >/dev/null; exit 65")->refused);
    assert_false(mail_by("cat >/dev/null; exit 75")->refused);
}

/* The good server repeats the whole request in its 404. */
static void test_what_repeats_the_url_is_not_shown(void **state)
{
    (void)state;
    const struct event_notified *event = post_to("user:s3cret-word@", good_server_port(good), "/missing");
    assert_non_null(strstr(event->problem, "is not shown"));
    assert_null(strstr(event->problem, "missing"));
    assert_null(strstr(event->problem, "s3cret"));
}

/* What is behind its status does not make a taken message an untaken one. */
static void test_status_counts_whatever_the_body_is(void **state)
{
    static const char *const paths[] = {"/endless", "/huge", "/truncated", "/bad-gzip", "/interim"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_true(post_to("", bad_server_port(bad), paths[i])->delivered);
}

static void test_secret_url_is_read_each_time(void **state)
{
    char url[256], arrived[8192];
    const char *path = scratch_path("url");
    (void)state;
    target.secret_url = (struct secret_reference){.kind = SECRET_FILE, .text = path};
    const struct event_notified *event = deliver();
    assert_non_null(strstr(event->problem, "cannot be opened"));
    static const char *const paths[] = {"/first", "/second"};
    for (unsigned i = 0; i < 2; i++) {
        snprintf(url, sizeof url, "http://127.0.0.1:%u%s\n", good_server_port(good), paths[i]);
        write_text(path, url);
        batch_release(&events);
        assert_true(deliver()->delivered);
        good_server_newest(good, arrived, sizeof arrived);
        assert_true(text_starts(arrived + strlen("POST "), paths[i]));
    }
    write_text(path, "http://hooks.example.org/s3cret");
    batch_release(&events);
    event = deliver();
    assert_non_null(strstr(event->problem, "the target's url is plain http"));
    assert_null(strstr(event->problem, "s3cret"));
}

static void test_certificate_is_verified(void **state)
{
    char *key, *certificate, url[256];
    const char *ca = scratch_path("ca.pem");
    (void)state;
    make_certificate(&key, &certificate);
    write_text(ca, certificate);
    struct good_server *secure = good_server_start(key, certificate);
    snprintf(url, sizeof url, "https://localhost:%u/in", good_server_port(secure));
    target.url = url;
    assert_non_null(strstr(deliver()->problem, "is not trusted"));
    batch_release(&events);
    target.tls_ca = ca;
    assert_true(deliver()->delivered);
    good_server_stop(secure);
    free(key);
    free(certificate);
}

static void test_unknown_target(void **state)
{
    (void)state;
    notifier_deliver(notifier, &blocked);
    assert_string_equal(answered()->problem, "the configuration has no such target any more");
    batch_release(&events);
    notifier_config(notifier, config);
    notifier_deliver(notifier, &blocked);
    assert_string_equal(answered()->problem, "the configuration has no such target any more");
}

/* The answer comes to what was begun, whatever the configuration says by then. */
static void test_target_goes_while_a_message_is_under_way(void **state)
{
    char url[256];
    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%u/in", good_server_port(good));
    target.url = url;
    configure();
    notifier_deliver(notifier, &blocked);
    config->target_count = 0;
    notifier_config(notifier, config);
    memset(url, 'x', sizeof url - 1);
    assert_true(answered()->delivered);
}

static void test_end_while_messages_are_under_way(void **state)
{
    char url[256];
    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%u/silent", bad_server_port(bad));
    target.url = url;
    configure();
    notifier_deliver(notifier, &blocked);
    while (bad_server_requests(bad) == 0)
        uv_run(&loop, UV_RUN_ONCE);
    target.form = NOTIFY_MAIL;
    target.sendmail = script_make("sleep 1000");
    configure();
    notifier_deliver(notifier, &blocked);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(http_in_flight(http), 1);
    notifier_free(notifier);
    notifier = NULL;
    assert_int_equal(http_in_flight(http), 0);
    assert_int_equal(events.count, 0); /* stop() sees that the loop comes to its end */
}

/* Mail */

static void read_back(const char *name, char *out, size_t size)
{
    FILE *file = fopen(scratch_path(name), "r");
    assert_non_null(file);
    out[fread(out, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void test_mail_is_delivered(void **state)
{
    char text[8192];
    (void)state;
    const struct event_notified *event = mail_by("echo \"$@\" >\"${0%/*}/arguments\"; cat >\"${0%/*}/mail\"");
    assert_null(event->problem);
    read_back("arguments", text, sizeof text);
    assert_string_equal(text, "-t -i\n");
    read_back("mail", text, sizeof text);
    assert_true(text_starts(text, "Date: Sat, 31 Jan 2026 03:00:00 +0000\nMessage-ID: <n-17@setpoint."));
    assert_non_null(strstr(text, "\nSubject: web-1 Blocked\n"));
    assert_non_null(strstr(text, "\n\nweb-1 Blocked\n\nno valid host\n"));
}

/* Not the connection that the message before left open, nor what libraries open without O_CLOEXEC. */
static void test_program_inherits_no_descriptor(void **state)
{
    char text[8192];
    (void)state;
    assert_true(post_to("", good_server_port(good), "/in")->delivered);
    assert_null(mail_by("ls /proc/self/fd >\"${0%/*}/fds\"; cat >/dev/null")->problem);
    read_back("fds", text, sizeof text);
    assert_string_equal(text, "0\n1\n2\n3\n"); /* 3: the directory itself */
}

static void test_what_the_program_says_is_told(void **state)
{
    (void)state;
    const struct event_notified *event =
        mail_by("cat >/dev/null; echo 'mail\033[31m refused' >&2; echo more >&2; exit 75");
    assert_true(text_starts(event->problem, scratch));
    assert_non_null(strstr(event->problem, "/sendmail ended with status 75: mail [31m refused"));
    assert_null(strstr(event->problem, "more"));
    assert_non_null(strstr(mail_by("kill -SEGV $$")->problem, "was ended by signal 11"));
    assert_non_null(strstr(mail_by("exit 1")->problem, "ended with status 1")); /* nothing read */
    event = mail_by("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1");
    assert_in_range(strlen(event->problem), 100, 512);
    /* A child that it leaves behind holds its standard error. */
    assert_null(mail_by("cat >/dev/null; sleep 5 & exit 0")->problem);
}

static void test_no_such_program(void **state)
{
    (void)state;
    target.form = NOTIFY_MAIL;
    target.sendmail = "/nonexistent/sendmail";
    assert_string_equal(deliver()->problem, "/nonexistent/sendmail cannot be started (no such file or "
                                            "directory); install it, or name another: sendmail");
}

static void keep_problem(void *ctx, const char *problem, bool refused)
{
    assert_false(refused);
    text_copy(ctx, SENDMAIL_PROBLEM_MAX, problem ? problem : "none");
}

static void test_program_that_hangs_is_killed_with_its_children(void **state)
{
    char problem[SENDMAIL_PROBLEM_MAX] = "", child[32];
    (void)state;
    const char *program = script_make("sleep 1000 & echo $! >\"${0%/*}/child\"; wait");
    sendmail_start(&loop, program, "mail", 4, SOON_MS, keep_problem, problem);
    while (!*problem)
        uv_run(&loop, UV_RUN_ONCE);
    assert_string_equal(problem, "did not end within 0 s and was killed");
    read_back("child", child, sizeof child);
    /* Nobody has to have reaped it yet: a zombie has no command line. */
    char path[64], byte;
    snprintf(path, sizeof path, "/proc/%.*s/cmdline", (int)strcspn(child, "\n"), child);
    for (unsigned waited = 0; waited < 2000; waited++) {
        int fd = open(path, O_RDONLY);
        ssize_t got = fd < 0 ? 0 : read(fd, &byte, 1);
        if (fd >= 0) close(fd);
        if (got <= 0) return;
        usleep(1000);
    }
    fail_msg("the child of the program lives on");
}

static void test_outcomes_are_counted(void **state)
{
    AUTO_TEXT struct text out;
    struct metrics metrics = {.out = &out};
    (void)state;
    text_init(&out, OUT_MAX);
    post_to("", good_server_port(good), "/in");
    post_to("", bad_server_port(bad), "/full");
    counters_show(counters, &metrics);
    assert_non_null(strstr(out.bytes, "setpoint_notifications_total{target=\"ops\",outcome=\"delivered\"} 1\n"
                                      "setpoint_notifications_total{target=\"ops\",outcome=\"failed\"} 1\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_webhook_is_delivered, start, stop),
        cmocka_unit_test_setup_teardown(test_slack_is_delivered, start, stop),
        cmocka_unit_test_setup_teardown(test_each_refusal_is_told, start, stop),
        cmocka_unit_test_setup_teardown(test_what_is_refused_for_what_it_says, start, stop),
        cmocka_unit_test_setup_teardown(test_what_repeats_the_url_is_not_shown, start, stop),
        cmocka_unit_test_setup_teardown(test_status_counts_whatever_the_body_is, start, stop),
        cmocka_unit_test_setup_teardown(test_secret_url_is_read_each_time, start, stop),
        cmocka_unit_test_setup_teardown(test_certificate_is_verified, start, stop),
        cmocka_unit_test_setup_teardown(test_unknown_target, start, stop),
        cmocka_unit_test_setup_teardown(test_target_goes_while_a_message_is_under_way, start, stop),
        cmocka_unit_test_setup_teardown(test_end_while_messages_are_under_way, start, stop),
        cmocka_unit_test_setup_teardown(test_mail_is_delivered, start, stop),
        cmocka_unit_test_setup_teardown(test_program_inherits_no_descriptor, start, stop),
        cmocka_unit_test_setup_teardown(test_what_the_program_says_is_told, start, stop),
        cmocka_unit_test_setup_teardown(test_no_such_program, start, stop),
        cmocka_unit_test_setup_teardown(test_program_that_hangs_is_killed_with_its_children, start, stop),
        cmocka_unit_test_setup_teardown(test_outcomes_are_counted, start, stop),
    };
    return UNIT_RUN(tests);
}
