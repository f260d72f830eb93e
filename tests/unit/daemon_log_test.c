#include "tests/unit/unit.h"

#include "daemon/log.h"
#include "reconcile/base/text.h"
#include "tests/unit/scratch.h"

/* What stderr got while `act` ran. */
static const char *captured(void (*act)(void))
{
    static char bytes[256 << 10];
    int saved = dup(STDERR_FILENO);
    int fd = open(scratch_path("stderr"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    act();
    off_t end = lseek(fd, 0, SEEK_CUR);
    log_tick(true); /* nothing is a repeat of an earlier test's */
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t got = pread(fd, bytes, (size_t)end < sizeof bytes ? (size_t)end : sizeof bytes - 1, 0);
    assert_true(got >= 0);
    bytes[got] = '\0';
    close(fd);
    return bytes;
}

static void act_plain(void)
{
    log_write(LOG_LEVEL_WARNING, NULL, "source %s is invalid", "prod");
}

static void act_fields(void)
{
    struct log_fields fields = {
        .source = "prod", .object = "web-1", .cloud = "kr1", .call = "Create", .request_id = "req-9"};
    log_write(LOG_LEVEL_INFO, &fields, "sent");
    fields = (struct log_fields){.cloud = "kr1", .object = ""};
    log_write(LOG_LEVEL_ERROR, &fields, "sent");
}

static void act_controls(void)
{
    log_error("a\nb\r\x1b[31mred\x7f 한글\xC2\x9B");
}

static void act_repeats(void)
{
    struct log_fields one = {.object = "web-1", .type = "CallSent"},
                      other = {.object = "web-2", .type = "CallSent"};
    for (unsigned i = 0; i < LOG_SAME_TOLD + 4; i++) {
        log_write(LOG_LEVEL_INFO, &one, "again");
        log_write(LOG_LEVEL_INFO, &other, "number %u", i);
    }
    log_tick(false);
    log_tick(true);
}

static void act_masses(void)
{
    for (unsigned i = 0; i < LOG_TYPE_TOLD + 70; i++) {
        struct log_fields fields = {.source = "prod", .type = "CallDone"};
        log_write(LOG_LEVEL_INFO, &fields, "number %u", i);
    }
    log_tick(true);
}

static void act_levels(void)
{
    log_debug("debug");
    log_info("info");
    log_notice("notice");
    log_warning("warning");
    log_error("error");
}

static void act_long(void)
{
    static char message[3 * LOG_MESSAGE_MAX];
    memset(message, 'x', sizeof message - 1);
    log_error("%s", message);
}

static void test_lines(void **state)
{
    (void)state;
    log_open();
    const char *line = captured(act_plain);
    assert_int_equal(strlen(line), 21 + strlen("warning source prod is invalid\n"));
    assert_true(line[4] == '-' && line[10] == 'T' && line[19] == 'Z' && line[20] == ' ');
    assert_string_equal(line + 21, "warning source prod is invalid\n");
    line = captured(act_fields);
    assert_non_null(
        strstr(line, " info sent (source=prod object=web-1 cloud=kr1 call=Create request=req-9)\n"));
    assert_non_null(strstr(line, " error sent (cloud=kr1)\n"));
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        count++;
    return count;
}

static void test_repeats_are_counted(void **state)
{
    (void)state;
    const char *lines = captured(act_repeats);
    assert_int_equal(count_of(lines, " info again (object=web-1)\n"), LOG_SAME_TOLD);
    assert_int_equal(count_of(lines, " info again (4 times more within ten minutes) (object=web-1)\n"), 1);
    assert_int_equal(count_of(lines, "number"), LOG_SAME_TOLD + 4);
    lines = captured(act_masses);
    assert_int_equal(count_of(lines, "number"), LOG_TYPE_TOLD);
    assert_int_equal(
        count_of(lines, " info CallDone (70 times more within half a minute; setpointctl events has each)\n"),
        1);
}

static void test_controls_are_blanked(void **state)
{
    (void)state;
    const char *line = captured(act_controls);
    assert_non_null(strstr(line, " error a b  [31mred  한글  \n"));
}

static void test_levels(void **state)
{
    (void)state;
    enum log_level level;
    assert_true(log_level_parse("notice", &level));
    assert_int_equal(level, LOG_LEVEL_NOTICE);
    assert_false(log_level_parse("Notice", &level));
    assert_false(log_level_parse("", &level));
    for (unsigned i = 0; i < LOG_LEVEL_COUNT; i++) {
        log_set_level((enum log_level)i);
        const char *lines = captured(act_levels);
        for (unsigned each = 0; each < LOG_LEVEL_COUNT; each++) {
            assert_int_equal(log_is_shown((enum log_level)each), each <= i);
            assert_int_equal(strstr(lines, log_level_name((enum log_level)each)) != NULL, each <= i);
        }
    }
    log_set_level(LOG_LEVEL_INFO);
}

static void test_long_messages_are_cut(void **state)
{
    (void)state;
    const char *line = captured(act_long);
    assert_in_range(strlen(line), LOG_MESSAGE_MAX - 10, LOG_MESSAGE_MAX + 40);
    assert_int_equal(line[strlen(line) - 1], '\n');
}

/* With stderr connected to the journal nothing goes to stderr: it would be there twice. */
static void act_journal(void)
{
    struct stat found;
    char stream[64];
    assert_int_equal(fstat(STDERR_FILENO, &found), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)found.st_dev,
             (unsigned long long)found.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_open();
    act_fields();
    setenv("JOURNAL_STREAM", "1:1", 1);
    log_open();
    log_error("somebody redirected stderr");
}

static void test_journal_is_chosen_by_its_stream(void **state)
{
    (void)state;
    const char *lines = captured(act_journal);
    assert_null(strstr(lines, "sent"));
    assert_non_null(strstr(lines, "somebody redirected stderr"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)
        ROW(test_lines),
        ROW(test_controls_are_blanked),
        ROW(test_levels),
        ROW(test_repeats_are_counted),
        ROW(test_long_messages_are_cut),
        ROW(test_journal_is_chosen_by_its_stream),
    };
    return UNIT_RUN(tests);
}
