/* setpointctl from outside: what is typed, what the daemon is asked, what is said and the exit code. The
   daemon is tests/golden/screens/fake.c. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "reconcile/base/cleanup.h"
#include "tests/golden/screens/fake.h"
#include "tests/unit/unit.h"

enum { WORDS = 10 };

#define DONE "{\"exit\":0,\"message\":\"done\"}\n"
#define COUNTS(objects, converged, open, held, ready)                                                        \
    "{\"objects\":" #objects ",\"converged\":" #converged ",\"notConverged\":" #open ",\"held\":" #held      \
    ",\"ready\":" #ready "}\n"

static const struct fake_reply replies[] = {
    {.request = "GET /v1/status?name=web-9 ",
     .status = 404,
     .text = "{\"exit\":7,\"message\":\"no web-9; web-1?\"}"},
    {.request = "GET /v1/status?name=secret ", .status = 403, .text = "{\"exit\":6,\"message\":\"usermod\"}"},
    {.request = "GET /v1/status?name=html ", .status = 200, .text = "<html>"},
    {.request = "GET /v1/status?name=odd ", .status = 500, .text = "<html>"},
    {.request = "GET /v1/status?watch=1 ",
     .status = 200,
     .line_ms = 1,
     .ends = true,
     .away_ms = 900,
     .text = "[]\n"},
    {.request = "GET /v1/status", .status = 200, .text = "[ {\"name\" : \"web-1\"} ]\n"},
    {.request = "GET /v1/plan?source=some ",
     .status = 200,
     .text = "{\"calls\":[{\"name\":\"a\"}],\"blocked\":[]}\n"},
    {.request = "GET /v1/plan?source=both ",
     .status = 200,
     .text = "{\"calls\":[{\"name\":\"a\"}],\"blocked\":[{\"name\":\"b\"}]}\n"},
    {.request = "GET /v1/plan", .status = 200, .text = "{\"calls\":[],\"blocked\":[]}\n"},
    {.request = "GET /v1/describe", .status = 200, .text = "{\"name\":\"web-1\"}\n"},
    {.request = "GET /v1/events?limit=10&follow=1 ",
     .status = 200,
     .line_ms = 1,
     .ends = true,
     .away_ms = 300,
     .text = "{\"seq\":5}\n{\"seq\":6}\n"},
    {.request = "GET /v1/events?limit=10000&after=6&follow=1 ",
     .status = 200,
     .line_ms = 1,
     .text = "{\"seq\":7}\n"},
    {.request = "GET /v1/events?limit=0 ", .status = 200, .text = "[]\n"},
    {.request = "GET /v1/events", .status = 200, .text = "[{\"seq\":1}]\n"},
    {.request = "GET /v1/holds", .status = 200, .text = "[]\n"},
    {.request = "GET /v1/notifications",
     .status = 200,
     .text = "[{\"name\":\"ops\",\"form\":\"slack\",\"waiting\":2,\"oldest\":null,\"delivered\":null,"
             "\"failures\":3,\"failingSince\":null,\"problem\":\"HTTP 500\",\"nextTry\":null}]\n"},
    {.request = "GET /v1/notices?name=stale ",
     .status = 200,
     .text = "[{\"message\":\"all is suspended\",\"unread\":false},"
             "{\"message\":\"source prod is not in order\",\"unread\":true}]\n"},
    {.request = "GET /v1/notices", .status = 200, .text = "[]\n"},
    {.request = "GET /v1/clouds", .status = 200, .text = "[]\n"},
    {.request = "GET /v1/sources", .status = 200, .text = "[]\n"},
    {.request = "GET /v1/version", .status = 200, .text = "{\"version\":\"9.9\",\"logLevel\":\"notice\"}\n"},
    {.request = "POST /v1/approve",
     .status = 409,
     .text = "{\"exit\":3,\"message\":\"it is another set now\"}\n"},
    {.request = "POST /v1/reload",
     .status = 500,
     .text = "{\"exit\":1,\"message\":\"a.yaml:7:5: unknown key\\nb.yaml: is not UTF-8\"}\n"},
    {.request = "POST ", .status = 200, .text = DONE},
    /* wait: what it asks first, then the stream of counters. */
    {.request = "GET /v1/progress?name=good&watch=1 ",
     .status = 200,
     .line_ms = 20,
     .text = COUNTS(2, 0, 2, 0, false) COUNTS(2, 1, 1, 0, true) COUNTS(2, 2, 0, 0, true)},
    {.request = "GET /v1/progress?name=stale&watch=1 ",
     .status = 200,
     .line_ms = 20,
     .text = COUNTS(2, 2, 0, 0, true)},
    {.request = "GET /v1/progress?name=held&watch=1 ",
     .status = 200,
     .line_ms = 20,
     .text = COUNTS(3, 1, 2, 1, true) COUNTS(3, 1, 2, 2, true)},
    {.request = "GET /v1/progress?name=slow&watch=1 ",
     .status = 200,
     .line_ms = 20,
     .text = COUNTS(3, 1, 2, 1, true)},
    {.request = "GET /v1/progress?name=none&watch=1 ",
     .status = 200,
     .line_ms = 20,
     .text = COUNTS(0, 0, 0, 0, true)},
    {.request = "GET /v1/progress?name=young&watch=1 ",
     .status = 200,
     .line_ms = 20,
     .text = COUNTS(0, 0, 0, 0, false)},
    {.request = "GET /v1/progress?name=gone&fresh=1 ",
     .status = 404,
     .text = "{\"exit\":7,\"message\":\"no gone\"}"},
    {.request = "GET /v1/progress?", .status = 200, .text = COUNTS(2, 2, 0, 0, true)},
    {0}};

static struct fake fake;

static int daemon_start(void **state)
{
    (void)state;
    fake_start(&fake, replies, "");
    return 0;
}

static int daemon_stop(void **state)
{
    (void)state;
    fake_stop(&fake);
    return 0;
}

struct row {
    const char *words[WORDS];
    int exit;
    const char *asked; /* the daemon; NULL = nothing */
    const char *out, *err;
};

static void rows_check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        size_t before = 0;
        AUTO_FREE char *old = fake_log(&fake);
        before = strlen(old);
        struct ran ran = fake_run(&fake, 0, 0, NULL, NULL, row->words);
        AUTO_FREE char *log = fake_log(&fake);
        const char *asked = log + before;
        bool same = ran.exit == row->exit && strcmp(asked, row->asked ? row->asked : "") == 0 &&
                    strcmp(ran.out, row->out) == 0 && strcmp(ran.err, row->err) == 0;
        if (!same)
            fail_msg("row %zu (%s %s): exit %d, asked %s, out %s, err %s", i, row->words[0],
                     row->words[1] ? row->words[1] : "", ran.exit, asked, ran.out, ran.err);
        ran_release(&ran);
    }
}

#define CHECK(rows) rows_check(rows, sizeof(rows) / sizeof *(rows))

static void each_command_asks_its_question(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {{"status", "-o", "json"}, 0, "GET /v1/status\n", "[ {\"name\" : \"web-1\"} ]\n", ""},
        {{"status", "a b", "prod/c&d", "-l", "t=x,y!=z", "--source=prod", "-ojson"},
         0,
         "GET /v1/status?name=a%20b&name=prod%2Fc%26d&source=prod&selector=t%3Dx%2Cy%21%3Dz\n",
         "[ {\"name\" : \"web-1\"} ]\n",
         ""},
        {{"describe", "web-1", "-o=json"}, 0, "GET /v1/describe?name=web-1\n", "{\"name\":\"web-1\"}\n", ""},
        {{"events", "-n", "7", "web-1", "-o", "json"},
         0,
         "GET /v1/events?name=web-1&limit=7\n",
         "[{\"seq\":1}]\n",
         ""},
        {{"events", "-n", "0"}, 0, "GET /v1/events?limit=0\n", "", ""},
        {{"clouds"},
         0,
         "GET /v1/clouds\nGET /v1/notices\n",
         "no clouds are configured (a document of kind Cloud in /etc/setpoint)\n",
         ""},
        {{"sources", "-o", "json"}, 0, "GET /v1/sources\n", "[]\n", ""},
        {{"notify"},
         0,
         "GET /v1/notifications\n",
         "NAME  FORM   WAITING  OLDEST  DELIVERED  NEXT  WHY\n"
         "ops   slack  2        –       –          –     HTTP 500\n",
         ""},
        {{"notify", "ops"}, 0, "POST /v1/notify {\"target\":\"ops\"}\n", "done\n", ""},
        {{"approve"}, 0, "GET /v1/holds\n", "nothing waits for approval\n", ""},
        {{"approve", "3fa01b22", "--partial", "2"},
         3,
         "POST /v1/approve {\"id\":\"3fa01b22\",\"partial\":2}\n",
         "",
         "setpointctl: it is another set now\n"},
        {{"sync"}, 0, "POST /v1/sync {\"names\":[]}\n", "done\n", ""},
        {{"sync", "web-1", "say \"x\""},
         0,
         "POST /v1/sync {\"names\":[\"web-1\",\"say \\\"x\\\"\"]}\n",
         "done\n",
         ""},
        {{"suspend", "--reason", "r", "--for", "24h", "--hard", "prod"},
         0,
         "POST /v1/suspend {\"target\":\"prod\",\"reason\":\"r\",\"for\":\"24h\",\"hard\":true}\n",
         "done\n",
         ""},
        {{"suspend", "--reason=r"},
         0,
         "POST /v1/suspend {\"target\":null,\"reason\":\"r\",\"for\":null,\"hard\":false}\n",
         "done\n",
         ""},
        {{"resume", "cloud:kr1"}, 0, "POST /v1/resume {\"target\":\"cloud:kr1\"}\n", "done\n", ""},
        {{"adopt", "web-1", "i-7"},
         0,
         "POST /v1/adopt {\"name\":\"web-1\",\"providerId\":\"i-7\"}\n",
         "done\n",
         ""},
        {{"adopt", "prod", "--matching"},
         0,
         "POST /v1/adopt {\"source\":\"prod\",\"matching\":true}\n",
         "done\n",
         ""},
        {{"log-level", "debug"}, 0, "POST /v1/log-level {\"level\":\"debug\"}\n", "done\n", ""},
        {{"log-level"}, 0, "GET /v1/version\n", "notice\n", ""},
        {{"release", "--", "-odd"}, 0, "POST /v1/release {\"name\":\"-odd\"}\n", "done\n", ""},
        {{"unprotect", "db", "--reason", "r"},
         0,
         "POST /v1/unprotect {\"name\":\"db\",\"reason\":\"r\"}\n",
         "done\n",
         ""},
        {{"ledger", "rebuild", "--yes"}, 0, "POST /v1/ledger/rebuild {}\n", "done\n", ""},
        {{"ledger", "--yes", "rebuild", "-o", "json"}, 0, "POST /v1/ledger/rebuild {}\n", DONE, ""},
        {{"reload"},
         1,
         "POST /v1/reload {}\n",
         "",
         "setpointctl: a.yaml:7:5: unknown key\nb.yaml: is not UTF-8\n"},
        {{"plan", "web-1", "-o", "json"},
         0,
         "GET /v1/plan?name=web-1\n",
         "{\"calls\":[],\"blocked\":[]}\n",
         ""},
    };
    CHECK(rows);
}

static void mistakes_on_the_command_line_are_64(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {{NULL}, 64, NULL, "", "setpointctl: which command? (see: setpointctl --help)\n"},
        {{"stauts"},
         64,
         NULL,
         "",
         "setpointctl: unknown command \"stauts\"; did you mean \"status\"? (see: setpointctl --help)\n"},
        {{"xyzzy"}, 64, NULL, "", "setpointctl: unknown command \"xyzzy\" (see: setpointctl --help)\n"},
        {{"ledger"}, 64, NULL, "", "setpointctl: ledger what? there is: setpointctl ledger rebuild\n"},
        {{"status", "--wach"},
         64,
         NULL,
         "",
         "setpointctl: unknown option \"--wach\"; did you mean \"--watch\"? (see: setpointctl status "
         "--help)\n"},
        {{"status", "--hard"},
         64,
         NULL,
         "",
         "setpointctl: unknown option \"--hard\" (see: setpointctl status --help)\n"},
        {{"status", "-x"},
         64,
         NULL,
         "",
         "setpointctl: unknown option \"-x\" (see: setpointctl status --help)\n"},
        {{"status", "-o", "yaml"},
         64,
         NULL,
         "",
         "setpointctl: --output \"yaml\": it takes table wide json\n"},
        {{"status", "--source"},
         64,
         NULL,
         "",
         "setpointctl: --source needs a value: only objects of this source\n"},
        {{"status", "--source="}, 64, NULL, "", "setpointctl: --source: the value is empty\n"},
        {{"status", "--watch=1"}, 64, NULL, "", "setpointctl: --watch takes no value\n"},
        {{"status", "-w", "--watch"}, 64, NULL, "", "setpointctl: --watch is given twice\n"},
        {{"status", ""}, 64, NULL, "", "setpointctl: status: a name is empty\n"},
        {{"describe"}, 64, NULL, "", "setpointctl: describe needs NAME (see: setpointctl describe --help)\n"},
        {{"describe", "a", "b"},
         64,
         NULL,
         "",
         "setpointctl: describe: \"b\" is one too many (see: setpointctl describe --help)\n"},
        {{"validate"},
         64,
         NULL,
         "",
         "setpointctl: validate needs PATH… (see: setpointctl validate --help)\n"},
        {{"completion"},
         64,
         NULL,
         "",
         "setpointctl: completion needs bash|zsh|fish|words (see: setpointctl completion --help)\n"},
        {{"completion", "tcsh"},
         64,
         NULL,
         "",
         "setpointctl: completion \"tcsh\": it takes bash|zsh|fish|words\n"},
        {{"completion", "fish", "bash"}, 64, NULL, "", "setpointctl: completion: \"bash\" is one too many\n"},
        {{"completion", "words"},
         64,
         NULL,
         "",
         "setpointctl: completion words needs the line: completion words -- WORD…\n"},
        {{"log-level", "loud"},
         64,
         NULL,
         "",
         "setpointctl: log-level \"loud\": it takes [error|warning|notice|info|debug]\n"},
        {{"suspend", "prod"},
         64,
         NULL,
         "",
         "setpointctl: suspend needs --reason TEXT: who finds it later wants to know why\n"},
        {{"suspend", "--reason", "r", "--for", "soon"},
         64,
         NULL,
         "",
         "setpointctl: --for \"soon\": not a time like 30m, 24h or 7d\n"},
        {{"unprotect", "db"},
         64,
         NULL,
         "",
         "setpointctl: unprotect needs --reason TEXT: it is kept in the history\n"},
        {{"approve", "1", "--partial", "0"},
         64,
         NULL,
         "",
         "setpointctl: --partial \"0\": not a number of members from 1\n"},
        {{"approve", "--partial", "2"},
         64,
         NULL,
         "",
         "setpointctl: --partial needs the ID of a hold (see: setpointctl approve)\n"},
        {{"--socket", "/x", "--version"}, 0, NULL, "setpointctl " PACKAGE_VERSION "\n", ""},
        {{"-o", "json"}, 64, NULL, "", "setpointctl: which command? (see: setpointctl --help)\n"},
        {{"adopt", "web-1"},
         64,
         NULL,
         "",
         "setpointctl: adopt takes NAME and the server's ID, or SOURCE --matching, or --write\n"},
        {{"adopt", "a", "b", "--matching"},
         64,
         NULL,
         "",
         "setpointctl: adopt takes NAME and the server's ID, or SOURCE --matching, or --write\n"},
        {{"adopt", "--write", "a", "--matching"},
         64,
         NULL,
         "",
         "setpointctl: adopt takes NAME and the server's ID, or SOURCE --matching, or --write\n"},
        {{"inventory", "--format", "xml"},
         64,
         NULL,
         "",
         "setpointctl: --format \"xml\": it takes json ansible ssh prometheus\n"},
        {{"inventory", "--format", "ssh", "-o", "json"},
         64,
         NULL,
         "",
         "setpointctl: inventory takes --format or --output, not both\n"},
        {{"inventory", "--list"},
         64,
         NULL,
         "",
         "setpointctl: --list and --host are Ansible's: they need --format ansible\n"},
        {{"inventory", "--format", "ssh", "--port", "22"},
         64,
         NULL,
         "",
         "setpointctl: --port is for the targets of --format prometheus\n"},
        {{"inventory", "--format", "prometheus", "--port", "65536"},
         64,
         NULL,
         "",
         "setpointctl: --port \"65536\": not a port from 1 to 65535\n"},
        {{"wait", "--for", "ready"}, 64, NULL, "", "setpointctl: --for \"ready\": it takes converged\n"},
        {{"wait", "--timeout", "1"},
         64,
         NULL,
         "",
         "setpointctl: --timeout \"1\": not a time like 30s, 15m or 2h\n"},
        {{"events", "-n", "x"}, 64, NULL, "", "setpointctl: --limit \"x\": not a number from 0 to 10000\n"},
        {{"ledger", "rebuild"},
         64,
         NULL,
         "",
         "setpointctl: ledger rebuild forgets what only the ledger knows (protection of servers without a "
         "mark, "
         "adopted servers, history); to do it: setpointctl ledger rebuild --yes\n"},
    };
    CHECK(rows);
}

static void what_the_daemon_says_is_passed_on(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {{"status", "web-9"}, 7, "GET /v1/status?name=web-9\n", "", "setpointctl: no web-9; web-1?\n"},
        {{"status", "secret"}, 6, "GET /v1/status?name=secret\n", "", "setpointctl: usermod\n"},
        {{"plan", "--detailed-exitcode", "-ojson"},
         0,
         "GET /v1/plan\n",
         "{\"calls\":[],\"blocked\":[]}\n",
         ""},
        {{"plan", "--detailed-exitcode", "-ojson", "--source", "some"},
         2,
         "GET /v1/plan?source=some\n",
         "{\"calls\":[{\"name\":\"a\"}],\"blocked\":[]}\n",
         ""},
        {{"plan", "--detailed-exitcode", "-ojson", "--source", "both"},
         3,
         "GET /v1/plan?source=both\n",
         "{\"calls\":[{\"name\":\"a\"}],\"blocked\":[{\"name\":\"b\"}]}\n",
         ""},
        {{"plan", "-ojson", "--source", "both"},
         0,
         "GET /v1/plan?source=both\n",
         "{\"calls\":[{\"name\":\"a\"}],\"blocked\":[{\"name\":\"b\"}]}\n",
         ""},
    };
    CHECK(rows);
}

static void a_stranger_on_the_socket_is_noticed(void **state)
{
    (void)state;
    const char *const odd[] = {"status", "odd", NULL};
    struct ran ran = fake_run(&fake, 0, 0, NULL, NULL, odd);
    assert_int_equal(ran.exit, 1);
    assert_non_null(strstr(ran.err, "answered with HTTP 500, which is not setpointd's way"));
    ran_release(&ran);
}

static void wait_ends_as_it_should(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {{"wait", "good", "--for", "converged"},
         0,
         "GET /v1/progress?name=good&fresh=1\nGET /v1/progress?name=good&watch=1\nGET "
         "/v1/notices?name=good\n",
         "2 of 2 converged\n",
         ""},
        {{"wait", "stale"},
         3,
         "GET /v1/progress?name=stale&fresh=1\nGET /v1/progress?name=stale&watch=1\nGET "
         "/v1/notices?name=stale\n",
         "",
         "setpointctl: 2 of 2 converged as far as is known, but source prod is not in order\n"},
        {{"wait", "held"},
         3,
         "GET /v1/progress?name=held&fresh=1\nGET /v1/progress?name=held&watch=1\n",
         "",
         "setpointctl: 1 of 3 converged; the other 2 wait for a person (see: setpointctl status)\n"},
        {{"wait", "slow", "--timeout", "1s"},
         4,
         "GET /v1/progress?name=slow&fresh=1\nGET /v1/progress?name=slow&watch=1\n",
         "",
         "setpointctl: time-out: 1 of 3 converged (see: setpointctl status)\n"},
        {{"wait", "none", "--timeout", "1s"},
         4,
         "GET /v1/progress?name=none&fresh=1\nGET /v1/progress?name=none&watch=1\n",
         "",
         "setpointctl: time-out: there are no such objects to wait for (see: setpointctl sources)\n"},
        {{"wait", "young", "--timeout", "1s"},
         4,
         "GET /v1/progress?name=young&fresh=1\nGET /v1/progress?name=young&watch=1\n",
         "",
         "setpointctl: time-out: the daemon has not yet heard of every source and cloud (see: setpointctl "
         "sources, "
         "setpointctl clouds)\n"},
        {{"wait", "gone"}, 7, "GET /v1/progress?name=gone&fresh=1\n", "", "setpointctl: no gone\n"},
    };
    CHECK(rows);
}

static void a_follower_goes_on_where_it_was(void **state)
{
    (void)state;
    const char *const words[] = {"events", "--follow", "-o", "json", NULL};
    struct ran ran = fake_run(&fake, 0, 0, NULL, "{\"seq\":7}\n", words);
    assert_int_equal(ran.exit, 130);
    assert_string_equal(ran.out, "{\"seq\":5}\n{\"seq\":6}\n{\"seq\":7}\n");
    assert_string_equal(ran.err,
                        "setpointctl: the daemon went away; trying again\nsetpointctl: the daemon is back\n");
    ran_release(&ran);
}

#define WENT_AWAY "setpointctl: the daemon went away; trying again\n"
#define IS_BACK   "setpointctl: the daemon is back\n"

static void a_watcher_survives_a_restart(void **state)
{
    (void)state;
    const char *const words[] = {"status", "--watch", "-o", "json", NULL};
    struct ran ran = fake_run(&fake, 0, 0, NULL, "[]\n[]\n[]\n", words);
    assert_int_equal(ran.exit, 130);
    /* it may go away a third time before the watcher is stopped */
    const char *rest = strcmp(ran.err, WENT_AWAY IS_BACK WENT_AWAY IS_BACK) == 0 ? "" : WENT_AWAY;
    char expected[4 * sizeof WENT_AWAY + 4 * sizeof IS_BACK];
    snprintf(expected, sizeof expected, "%s%s", WENT_AWAY IS_BACK WENT_AWAY IS_BACK, rest);
    assert_string_equal(ran.err, expected);
    ran_release(&ran);
}

static void without_a_daemon_it_says_what_to_do(void **state)
{
    (void)state;
    static const char *const environment[] = {"SETPOINT_SOCKET=/nonexistent/s", NULL};
    const struct fake nobody = {0};
    const struct {
        const char *words[WORDS];
        const char *err;
    } rows[] = {
        {{"status", "--socket", "/nonexistent/control.sock"},
         "setpointctl: no daemon at /nonexistent/control.sock (start it: systemctl start setpointd; or name "
         "one: "
         "--socket PATH)\n"},
        {{"status", "--watch", "--socket", "/nonexistent/control.sock"},
         "setpointctl: no daemon at /nonexistent/control.sock (start it: systemctl start setpointd; or name "
         "one: "
         "--socket PATH)\n"},
        {{"sync"},
         "setpointctl: no daemon at /nonexistent/s (start it: systemctl start setpointd; or name one: "
         "--socket "
         "PATH)\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ran ran = fake_run(&nobody, 0, 0, environment, NULL, rows[i].words);
        assert_int_equal(ran.exit, 5);
        assert_string_equal(ran.out, "");
        assert_string_equal(ran.err, rows[i].err);
        ran_release(&ran);
    }
}

static void offline_commands_need_no_daemon(void **state)
{
    (void)state;
    char directory[] = "/tmp/setpoint-ctl-XXXXXX", path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/web.yaml", directory);
    FILE *file = fopen(path, "we");
    fputs("apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: web-1}\nspec:\n  cloud: kr1\n  flavour: "
          "m2\n",
          file);
    fclose(file);
    const char *const wrong[] = {"validate", path, NULL}, *const missing[] = {"validate", "/nonexistent",
                                                                              NULL};
    const char *const schema[] = {"schema", NULL}, *const field[] = {"explain", "flavour", NULL};
    struct ran ran = fake_run(&fake, 0, 0, NULL, NULL, wrong);
    char mistake[160];
    snprintf(mistake, sizeof mistake, "%s:6:3: unknown key \"flavour\"; did you mean \"flavor\"?\n", path);
    assert_int_equal(ran.exit, 1);
    assert_non_null(strstr(ran.err, mistake));
    assert_string_equal(ran.out, "");
    ran_release(&ran);
    ran = fake_run(&fake, 0, 0, NULL, NULL, missing);
    assert_int_equal(ran.exit, 1);
    assert_true(text_starts(ran.err, "/nonexistent: "));
    ran_release(&ran);
    ran = fake_run(&fake, 0, 0, NULL, NULL, schema);
    assert_int_equal(ran.exit, 0);
    assert_non_null(strstr(ran.out, "\"$schema\""));
    ran_release(&ran);
    ran = fake_run(&fake, 0, 0, NULL, NULL, field);
    assert_int_equal(ran.exit, 7);
    assert_non_null(strstr(ran.err, "did you mean \"flavor\"?"));
    ran_release(&ran);
    unlink(path);
    rmdir(directory);
}

static void a_line_that_is_typed_is_completed(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {{"completion", "words", "--", "unp"}, 0, NULL, "unprotect\tend lifecycle.protect of a server\n", ""},
        {{"completion", "words", "--", "help", "unp"},
         0,
         NULL,
         "unprotect\tend lifecycle.protect of a server\n",
         ""},
        {{"completion", "words", "--", "status", "--so"},
         0,
         NULL,
         "--socket\tthe daemon's socket\n--source\tonly objects of this source\n",
         ""},
        {{"completion", "words", "--", "status", "--color=a"}, 0, NULL, "--color=auto\n--color=always\n", ""},
        {{"completion", "words", "--", "describe", ""},
         0,
         "GET /v1/status\n",
         "db-1\tBlocked\nprod/web-1\tConverged\ntest/web-1\tWaiting\n",
         ""},
        {{"completion", "words", "--", "status", "--source", "prod", "--", "web"},
         0,
         "GET /v1/status?source=prod\n",
         "web-1\tConverged\n",
         ""},
        {{"completion", "words", "--", "suspend", "cloud:"},
         0,
         "GET /v1/status\nGET /v1/sources\nGET /v1/clouds\n",
         "cloud:kr1\tclouds\n",
         ""},
        {{"completion", "words", "--", "validate", ""}, 0, NULL, ":files\n", ""},
        {{"completion", "words", "--", "completion", "f"}, 0, NULL, "fish\n", ""},
        {{"completion", "words", "--", "adopt", "web-1", ""}, 0, NULL, "", ""},
        {{"completion", "words", "--", "nonsense", ""}, 0, NULL, "", ""},
    };
    static const struct fake_reply names[] = {
        {.request = "GET /v1/status?source=prod ",
         .status = 200,
         .text = "[{\"name\":\"web-1\",\"source\":\"prod\",\"verdict\":\"Converged\"}]\n"},
        {.request = "GET /v1/status",
         .status = 200,
         .text = "[{\"name\":\"db-1\",\"source\":\"prod\",\"verdict\":\"Blocked\"},"
                 "{\"name\":\"web-1\",\"source\":\"prod\",\"verdict\":\"Converged\"},"
                 "{\"name\":\"$(reboot)\",\"source\":\"prod\",\"verdict\":\"Unknown\"},"
                 "{\"name\":\"web-1\",\"source\":\"test\",\"verdict\":\"Waiting\"}]\n"},
        {.request = "GET /v1/clouds", .status = 200, .text = "[{\"name\":\"kr1\"}]\n"},
        {.request = "GET /v1/sources", .status = 200, .text = "[{\"name\":\"prod\"}]\n"},
        {0}};
    struct fake other = fake;
    fake_start(&fake, names, "");
    CHECK(rows);
    fake_stop(&fake);
    fake = other;
}

static void help_is_there_for_every_command(void **state)
{
    (void)state;
    static const char *const names[] = {"status",   "plan",      "describe", "events",  "sync",
                                        "wait",     "suspend",   "resume",   "approve", "adopt",
                                        "release",  "unprotect", "reload",   "clouds",  "sources",
                                        "validate", "schema",    "explain",  "version", "completion"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *const words[] = {names[i], "--help", NULL};
        char usage[64];
        snprintf(usage, sizeof usage, "\nUsage: setpointctl %s", names[i]);
        struct ran ran = fake_run(&fake, 0, 0, NULL, NULL, words);
        assert_int_equal(ran.exit, 0);
        assert_string_equal(ran.err, "");
        assert_non_null(strstr(ran.out, usage));
        assert_non_null(strstr(ran.out, "\nExample:\n  setpointctl "));
        ran_release(&ran);
    }
}

/* As `setpointctl … | true`: nobody reads, nothing is said. */
static void a_closed_pipe_is_quiet(void **state)
{
    (void)state;
    int out[2], status;
    char program[512], err_path[] = "/tmp/setpoint-err-XXXXXX";
    int err = mkstemp(err_path);
    assert_int_equal(pipe(out), 0);
    close(out[0]);
    snprintf(program, sizeof program, "%s/setpointctl", getenv("SETPOINT_BUILD"));
    pid_t pid = fork();
    if (pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        signal(SIGPIPE, SIG_IGN);
        execl(program, "setpointctl", "status", "--socket", fake.socket, (char *)NULL);
        _exit(99);
    }
    close(out[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
    assert_int_equal(lseek(err, 0, SEEK_END), 0);
    close(err);
    unlink(err_path);
}

static void a_full_disk_is_said(void **state)
{
    (void)state;
    int status, err[2];
    char program[512], said[256] = "";
    snprintf(program, sizeof program, "%s/setpointctl", getenv("SETPOINT_BUILD"));
    assert_int_equal(pipe(err), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        execl(program, "setpointctl", "status", "--socket", fake.socket, (char *)NULL);
        _exit(99);
    }
    close(err[1]);
    assert_true(read(err[0], said, sizeof said - 1) > 0);
    close(err[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_string_equal(said, "setpointctl: cannot write the output: No space left on device\n");
}

/* A daemon with a full queue: no more than busy. */
static void a_busy_daemon_is_not_a_missing_one(void **state)
{
    (void)state;
    const struct fake nobody = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char dir[] = "/tmp/ctl-busy-XXXXXX", expected[256];
    assert_non_null(mkdtemp(dir));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/control.sock", dir);
    int listening = socket(AF_UNIX, SOCK_STREAM, 0), first = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listening, 0), 0);
    assert_int_equal(connect(first, (struct sockaddr *)&address, sizeof address), 0);
    const char *const words[] = {"status", "--socket", address.sun_path, NULL};
    struct ran ran = fake_run(&nobody, 0, 0, NULL, NULL, words);
    snprintf(expected, sizeof expected,
             "setpointctl: the daemon at %s is there, and too many clients wait for it; try again in a "
             "moment\n",
             address.sun_path);
    assert_string_equal(ran.err, expected);
    assert_int_equal(ran.exit, 1);
    ran_release(&ran);
    close(first);
    close(listening);
    unlink(address.sun_path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_asks_its_question),
        cmocka_unit_test(mistakes_on_the_command_line_are_64),
        cmocka_unit_test(what_the_daemon_says_is_passed_on),
        cmocka_unit_test(a_stranger_on_the_socket_is_noticed),
        cmocka_unit_test(wait_ends_as_it_should),
        cmocka_unit_test(a_follower_goes_on_where_it_was),
        cmocka_unit_test(without_a_daemon_it_says_what_to_do),
        cmocka_unit_test(a_busy_daemon_is_not_a_missing_one),
        cmocka_unit_test(offline_commands_need_no_daemon),
        cmocka_unit_test(a_line_that_is_typed_is_completed),
        cmocka_unit_test(help_is_there_for_every_command),
        cmocka_unit_test(a_closed_pipe_is_quiet),
        cmocka_unit_test(a_full_disk_is_said),
        /* Last: it leaves the daemon away. */
        cmocka_unit_test(a_watcher_survives_a_restart),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, daemon_start, daemon_stop);
}
