#include "tests/unit/unit.h"

#include <regex.h>
#include <stdio.h>

#include "manifests/fill.h"
#include "manifests/scalar.h"
#include "manifests/schema.h"
#include "tests/unit/manifests_support.h"

static void test_each_field_has_one_row(void **state)
{
    unsigned count, seen[FIELD_COUNT] = {0};
    const struct schema_row *rows = schema_rows(&count);
    (void)state;
    for (unsigned i = 0; i < count; i++)
        if (rows[i].sets) seen[rows[i].sets - 1]++;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        assert_int_equal(seen[i], 1);
        assert_string_equal(schema_key(schema_of_field((enum field)i)), field_row((enum field)i)->name);
    }
}

static void test_rows_are_well_formed(void **state)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    (void)state;
    for (unsigned i = 0; i < count; i++) {
        const struct schema_row *row = &rows[i];
        size_t length = strlen(row->doc);
        char word[SCHEMA_WORD_MAX];
        bool bounded = row->flags & ROW_PLAIN || row->type == TYPE_TEXT || row->type == TYPE_TEXTS ||
                       row->type == TYPE_TEXT_MAP || row->type == TYPE_NUMBER || row->type == TYPE_DURATION ||
                       row->type == TYPE_INSTANT || row->type == TYPE_SIZE;
        bool counted = row->type == TYPE_MAPS || row->type == TYPE_TEXTS || row->type == TYPE_TEXT_MAP;
        if (length < 5 || row->doc[length - 1] != '.')
            fail_msg("%s: \"%s\" is no sentence", row->path, row->doc);
        if (bounded != (row->max > 0)) fail_msg("%s: range", row->path);
        if (counted != (row->count_max > 0)) fail_msg("%s: count", row->path);
        if ((row->type == TYPE_WORD || row->type == TYPE_WORDS) != (row->words != NULL))
            fail_msg("%s: words", row->path);
        for (const char *at = row->words_unsupported; words_next(&at, word);)
            if (!words_have(row->words, word, NULL)) fail_msg("%s: %s", row->path, word);
        for (unsigned j = 0; j < i; j++)
            if (strcmp(rows[j].path, row->path) == 0 && (rows[j].kinds & row->kinds))
                fail_msg("%s stands twice", row->path);
        for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
            char parent[128];
            const char *dot = strrchr(row->path, '.');
            if (!(row->kinds & KIND_BIT(kind)) || !dot) continue;
            snprintf(parent, sizeof parent, "%.*s", (int)(dot - row->path), row->path);
            const struct schema_row *above = schema_find((enum kind)kind, parent);
            if (!above || schema_child((enum kind)kind, above, dot + 1) != row)
                fail_msg("%s is not behind its parent", row->path);
        }
    }
}

/* The built-in values stand in the table and in the core: they must not part. */
static void test_fallbacks_are_the_cores(void **state)
{
    struct lifecycle filled = {0}, built_in = lifecycle_default();
    struct node empty = {.kind = NODE_MAP};
    AUTO_ARENA struct arena arena = {0};
    (void)state;
    fill_slots(KIND_INSTANCE, &empty, &filled, &arena);
    assert_int_equal(filled.protect, built_in.protect);
    assert_int_equal(filled.on_immutable, built_in.on_immutable);
    assert_int_equal(filled.on_error, built_in.on_error);
    assert_int_equal(filled.on_stuck, built_in.on_stuck);
    assert_int_equal(filled.build_timeout_ms, built_in.build_timeout_ms);
    assert_int_equal(filled.ignore, built_in.ignore);
    assert_int_equal(filled.create_only, built_in.create_only);
}

static void test_defaults_of_the_operator(void **state)
{
    struct cloud_config cloud = {0};
    struct source_config source = {0};
    struct config daemon = {0};
    struct node empty = {.kind = NODE_MAP};
    AUTO_ARENA struct arena arena = {0};
    (void)state;
    fill_slots(KIND_CLOUD, &empty, &cloud, &arena);
    assert_int_equal(cloud.connect_timeout_ms, 5000);
    assert_int_equal(cloud.total_timeout_ms, 30000);
    assert_int_equal(cloud.requests_per_second, 10);
    assert_int_equal(cloud.in_flight, 8);
    assert_int_equal(cloud.poll_interval_ms, 30000);
    assert_int_equal(cloud.poll_full_ms, 600000);
    assert_int_equal(cloud.mode, MODE_ENFORCE);
    assert_string_equal(cloud.interface, "public");
    assert_false(cloud.allow_plain_http);
    fill_slots(KIND_SOURCE, &empty, &source, &arena);
    assert_int_equal(source.prune_delay_ms, 30000);
    assert_true(source.destroy.max.percent);
    assert_int_equal(source.destroy.max.number, 10);
    assert_int_equal(source.destroy.per_ms, 3600000);
    assert_int_equal(source.disruption.number, 20);
    assert_int_equal(source.max_instances, 0);
    fill_slots(KIND_DAEMON, &empty, &daemon, &arena);
    assert_int_equal(daemon.history_age_ms, INT64_C(90) * 86400000);
    assert_int_equal(daemon.history_bytes, 1 << 30);
    assert_string_equal(daemon.log_level, "info");
}

/* Each text against the check and, where there is one, the expression of the JSON Schema. */
static void test_forms(void **state)
{
    static const struct {
        enum form form;
        bool good;
        const char *text;
    } rows[] = {
        {FORM_NAME, true, "db-master"},
        {FORM_NAME, true, "a"},
        {FORM_NAME, true, "a.b-c"},
        {FORM_NAME, true, "a23456789012345678901234567890123456789012345678901234567890123"},
        {FORM_NAME, false, "a234567890123456789012345678901234567890123456789012345678901234"},
        {FORM_NAME, false, ""},
        {FORM_NAME, false, "-a"},
        {FORM_SERVER_NAME, true, "Web 1"},
        {FORM_SERVER_NAME, true, "x"},
        {FORM_SERVER_NAME, false, " lead"},
        {FORM_SERVER_NAME, false, "x "},
        {FORM_NAME, false, "a-"},
        {FORM_NAME, false, "A"},
        {FORM_NAME, false, "a_b"},
        {FORM_DOCUMENT_NAME, true, "nhn-kr1"},
        {FORM_DOCUMENT_NAME, true, "a2345678901234567890123456789012"},
        {FORM_DOCUMENT_NAME, false, "a23456789012345678901234567890123"},
        {FORM_DOCUMENT_NAME, false, "a.b"},
        {FORM_OWNER, true, "seoul-1"},
        {FORM_OWNER, true, "1234567890123456"},
        {FORM_OWNER, false, "12345678901234567"},
        {FORM_OWNER, false, "Seoul"},
        {FORM_WAS, true, "old"},
        {FORM_WAS, true, "prod/old.name"},
        {FORM_WAS, false, "a/b/c"},
        {FORM_WAS, false, "/b"},
        {FORM_ID, true, "a07f71dc-8151-4e7d-a0cc-cd24a3f11113"},
        {FORM_ID, false, "a b"},
        {FORM_ID, false, "a/b"},
        {FORM_URL, true, "https://example.com"},
        {FORM_URL, true, "http://127.0.0.1:8774/v2/x"},
        {FORM_URL, true, "https://[::1]:5000/v3"},
        {FORM_URL, false, "ftp://example.com"},
        {FORM_URL, false, "https://"},
        {FORM_URL, false, "https://user@example.com"},
        {FORM_URL, false, "https://example.com?x=1"},
        {FORM_URL, false, "https://example.com/#a"},
        {FORM_URL, false, "https://example.com:0"},
        {FORM_URL, false, "https://example.com:99999"},
        {FORM_URL, false, "https://example.com:80x"},
        {FORM_URL, false, "https://[::1"},
        {FORM_URL, false, "example.com"},
        {FORM_HOOK, true, "https://hooks.example.com/services/T0/B0/x?wait=true&thread=@all"},
        {FORM_HOOK, true, "http://[::1]:8080"},
        {FORM_HOOK, true, "https://hooks.example.com?a=b/c"},
        {FORM_HOOK, false, "https://user:word@hooks.example.com/x"},
        {FORM_HOOK, false, "https://hooks.example.com/x#y"},
        {FORM_HOOK, false, "https://hooks.example.com/x y"},
        {FORM_HOOK, false, "https://hooks.example.com/x\ny"},
        {FORM_HOOK, false, "https://hooks.example.com:/x"},
        {FORM_HOOK, false, "https://hooks.example.com\\x"},
        {FORM_HOOK, false, "hooks.example.com"},
        {FORM_HOOK, false, ""},
        {FORM_MAIL, true, "duty@example.org"},
        {FORM_MAIL, true, "o'brien+on-call_2@mail.example.org"},
        {FORM_MAIL, true, "setpoint@host"},
        {FORM_MAIL, true, "root"},
        {FORM_MAIL, false, ""},
        {FORM_MAIL, false, "-oQ/tmp@example.org"},
        {FORM_MAIL, false, "duty@example.org\nBcc: x@example.org"},
        {FORM_MAIL, false, "duty@example.org, two@example.org"},
        {FORM_MAIL, false, "Duty <duty@example.org>"},
        {FORM_MAIL, false, "duty @example.org"},
        {FORM_MAIL, false, "duty@"},
        {FORM_MAIL, false, "duty@a@b"},
        {FORM_MAIL, false, "duty@-example.org"},
        {FORM_MAIL, false, "duty@example..org"},
        {FORM_MAIL, false, "duty@example.org."},
        {FORM_MAIL, false, "|/bin/sh"},
        {FORM_MAIL, false, "/etc/passwd"},
        {FORM_MAIL, false, "\xED\x95\x9C@example.org"},
        {FORM_FILE, true, "/etc/x"},
        {FORM_FILE, false, "etc/x"},
        {FORM_FILE, false, "/"},
        {FORM_BESIDE, true, "cloud-init/db.yaml"},
        {FORM_BESIDE, false, "/etc/passwd"},
        {FORM_BESIDE, false, ""},
        {FORM_DIRECTORY, true, "/srv/manifests"},
        {FORM_DIRECTORY, false, "manifests"},
        {FORM_ADDRESS, true, "10.0.0.7"},
        {FORM_ADDRESS, true, "fe80::1"},
        {FORM_ADDRESS, false, "10.0.0.256"},
        {FORM_ADDRESS, false, "none"},
        {FORM_FLOATING, true, "203.0.113.7"},
        {FORM_FLOATING, true, "none"},
        {FORM_FLOATING, false, "nothing"},
        {FORM_LISTEN, true, "127.0.0.1:9478"},
        {FORM_LISTEN, true, "[::1]:9478"},
        {FORM_LISTEN, false, "9478"},
        {FORM_LISTEN, false, "localhost:9478"},
        {FORM_LISTEN, false, "127.0.0.1:0"},
        {FORM_CREDENTIAL, true, "nhn-kr1-password"},
        {FORM_CREDENTIAL, false, "../x"},
        {FORM_CREDENTIAL, false, ".hidden"},
        {FORM_TEXT, true, "Rocky Linux 9 \xEA\xB0\x80"},
        {FORM_TEXT, false, "two\nlines"},
        {FORM_ANY, true, "two\nlines"},
    };
    bool seen[FORM_COUNT][2] = {{false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct form_row *form = form_row(rows[i].form);
        regex_t expression;
        seen[rows[i].form][rows[i].good] = true;
        if (form->check(rows[i].text) != rows[i].good) fail_msg("%s: \"%s\"", form->title, rows[i].text);
        if (!*form->expression) continue;
        assert_int_equal(regcomp(&expression, form->expression, REG_EXTENDED | REG_NOSUB), 0);
        bool matches = regexec(&expression, rows[i].text, 0, NULL, 0) == 0;
        regfree(&expression);
        if (rows[i].good && !matches) fail_msg("\"%s\" does not match %s", rows[i].text, form->expression);
    }
    for (unsigned i = 0; i < FORM_COUNT; i++)
        if (!seen[i][true] || (!seen[i][false] && i != FORM_ANY)) fail_msg("form %u is not tested", i);
}

static void test_loopback(void **state)
{
    (void)state;
    assert_true(url_is_loopback("http://127.0.0.1:8774/x"));
    assert_true(url_is_loopback("http://127.99.0.1"));
    assert_true(url_is_loopback("http://localhost/"));
    assert_true(url_is_loopback("http://[::1]:80"));
    assert_false(url_is_loopback("http://127.0.0.1.example.com"));
    assert_false(url_is_loopback("http://128.0.0.1"));
    assert_false(url_is_loopback("http://localhost.example.com"));
    assert_true(url_is_plain("http://x"));
    assert_false(url_is_plain("https://x"));
}

static void test_what_a_notification_may_be_posted_to(void **state)
{
    static const struct {
        const char *url;
        bool allow;
        const char *begins;
    } rows[] = {
        {"https://u:p%40@hooks.example.com/x", false, NULL},
        {"http://127.0.0.1:1/x", false, NULL},
        {"http://u:p@localhost/x", false, NULL},
        {"http://hooks.example.com", true, NULL},
        {"http://hooks.example.com", false, "is plain http to another machine"},
        {"http://localhost:p@hooks.example.com", false, "is plain http to another machine"},
        {"http://127.0.0.1@hooks.example.com", false, "is plain http to another machine"},
        {"https://@hooks.example.com", true, "is no URL"},
        {"https://a@b@hooks.example.com", true, "is no URL"},
        {"https://hooks.example.com/x\ny", true, "is no URL"},
        {"word", true, "is no URL"},
        {"", true, "is no URL"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *problem = hook_problem(rows[i].url, rows[i].allow);
        bool as_said = problem && rows[i].begins ? strstr(problem, rows[i].begins) == problem
                                                 : problem == rows[i].begins;
        if (!as_said) fail_msg("%s: %s", rows[i].url, problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_field_has_one_row),
        cmocka_unit_test(test_rows_are_well_formed),
        cmocka_unit_test(test_fallbacks_are_the_cores),
        cmocka_unit_test(test_defaults_of_the_operator),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_loopback),
        cmocka_unit_test(test_what_a_notification_may_be_posted_to),
    };
    return UNIT_RUN(tests);
}
