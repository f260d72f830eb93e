#include "tests/unit/unit.h"

#include <uv.h>

#include "daemon/watch.h"
#include "reconcile/base/text.h"
#include "tests/unit/scratch.h"

enum {
    SLACK_MS = 700, /* a loaded machine, a walk and a timer */
    EARLY_MS = 150  /* the loop's timers count from when it last looked at the clock */
};

struct seen {
    unsigned calls;
    uint64_t at_ms; /* of the last */
};

static uv_loop_t loop;
static struct watch *watch;
static struct seen seen;
static unsigned expected_calls;

static void on_changed(void *ctx)
{
    struct seen *what = ctx;
    what->calls++;
    what->at_ms = uv_hrtime() / 1000000;
}

static uint64_t now_ms(void)
{
    return uv_hrtime() / 1000000;
}

static void on_alarm(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static void on_closed(uv_handle_t *handle)
{
    *(bool *)handle->data = true;
}

/* Lets the loop run for so long. */
static void pass(uint64_t ms)
{
    bool closed = false;
    uv_timer_t timer;
    uv_timer_init(&loop, &timer);
    uv_update_time(&loop);
    uv_timer_start(&timer, on_alarm, ms, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    timer.data = &closed;
    uv_close((uv_handle_t *)&timer, on_closed);
    while (!closed)
        uv_run(&loop, UV_RUN_ONCE);
}

static void put(const char *name, const char *text)
{
    write_text(scratch_path(name), text);
}

static void make_directory(const char *name)
{
    assert_int_equal(mkdir(scratch_path(name), 0755), 0);
}

static int start(void **state)
{
    if (scratch_make(state) != 0) return -1;
    make_directory("tree");
    make_directory("tree/web");
    put("tree/a.yaml", "a: 1\n");
    put("tree/web/b.yaml", "b: 1\n");
    seen = (struct seen){0};
    expected_calls = 0;
    watch = NULL;
    return uv_loop_init(&loop);
}

static int stop(void **state)
{
    watch_free(watch);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    return scratch_remove(state);
}

static void watch_tree_at(const char *name)
{
    watch = watch_new(&loop, scratch_path(name), on_changed, &seen);
    pass(100);
    assert_int_equal(seen.calls, 0);
    assert_false(watch_is_polling(watch));
}

/* One call follows, not before the quiet period and soon after it. That no second one comes is seen by the
   next expectation and at the end of each test. */
static void expect_one_call(uint64_t within_ms)
{
    unsigned before = expected_calls;
    uint64_t began_ms = now_ms();
    assert_int_equal(seen.calls, before);
    while (seen.calls == before && now_ms() - began_ms < within_ms)
        pass(20);
    if (seen.calls == before) fail_msg("no call within %u ms", (unsigned)within_ms);
    assert_true(seen.at_ms - began_ms >= WATCH_QUIET_MS - EARLY_MS);
    assert_int_equal(seen.calls, before + 1);
    expected_calls = seen.calls;
}

static void expect_silence(void)
{
    pass(WATCH_QUIET_MS + 100);
    assert_int_equal(seen.calls, expected_calls);
}

static void expect_quick_call(void)
{
    expect_one_call(WATCH_QUIET_MS + SLACK_MS);
}

static void test_silence(void **state)
{
    (void)state;
    watch_tree_at("tree");
    size_t size;
    free(read_bytes(scratch_path("tree/a.yaml"), &size)); /* reading is no change */
    pass(2 * WATCH_QUIET_MS + SLACK_MS);
    assert_int_equal(seen.calls, 0);
}

static void test_plain_changes(void **state)
{
    (void)state;
    watch_tree_at("tree");
    put("tree/a.yaml", "a: 2\n");
    expect_quick_call();
    put("tree/web/c.yaml", "c: 1\n");
    expect_quick_call();
    unlink(scratch_path("tree/web/b.yaml"));
    expect_quick_call();
    assert_int_equal(chmod(scratch_path("tree/a.yaml"), 0), 0);
    expect_quick_call();
    expect_silence();
}

/* How editors and configuration management save. */
static void test_rename_over(void **state)
{
    (void)state;
    watch_tree_at("tree");
    for (unsigned i = 0; i < 2; i++) {
        put("tree/.a.yaml.swp", i ? "a: 3\n" : "a: 2\n");
        assert_int_equal(rename(scratch_path("tree/.a.yaml.swp"), scratch_path("tree/a.yaml")), 0);
        expect_quick_call();
    }
    put("outside.yaml", "a: 4\n");
    assert_int_equal(rename(scratch_path("outside.yaml"), scratch_path("tree/a.yaml")), 0);
    expect_quick_call();
    expect_silence();
}

static void test_new_directories_are_watched(void **state)
{
    (void)state;
    watch_tree_at("tree");
    make_directory("tree/new");
    make_directory("tree/new/deep");
    put("tree/new/deep/x.yaml", "x: 1\n");
    expect_quick_call();
    put("tree/new/deep/x.yaml", "x: 2\n");
    expect_quick_call();
    expect_silence();
}

static void test_directory_removed_and_made_again(void **state)
{
    (void)state;
    watch_tree_at("tree");
    unlink(scratch_path("tree/web/b.yaml"));
    rmdir(scratch_path("tree/web"));
    make_directory("tree/web");
    put("tree/web/b.yaml", "b: 2\n");
    expect_quick_call();
    put("tree/web/b.yaml", "b: 3\n");
    expect_quick_call();
    expect_silence();
}

static void remove_tree(void)
{
    unlink(scratch_path("tree/web/b.yaml"));
    rmdir(scratch_path("tree/web"));
    unlink(scratch_path("tree/a.yaml"));
    assert_int_equal(rmdir(scratch_path("tree")), 0);
}

static void test_root_removed_and_made_again(void **state)
{
    (void)state;
    watch_tree_at("tree");
    remove_tree();
    expect_one_call(WATCH_ROOT_MS + WATCH_QUIET_MS + SLACK_MS);
    make_directory("tree");
    put("tree/a.yaml", "a: 2\n");
    expect_one_call(WATCH_ROOT_MS + WATCH_QUIET_MS + SLACK_MS);
    put("tree/a.yaml", "a: 3\n");
    expect_quick_call();
    expect_silence();
}

static void test_root_that_comes_later(void **state)
{
    (void)state;
    watch_tree_at("later");
    make_directory("later");
    put("later/a.yaml", "a: 1\n");
    expect_one_call(WATCH_ROOT_MS + WATCH_QUIET_MS + SLACK_MS);
    put("later/a.yaml", "a: 2\n");
    expect_quick_call();
    expect_silence();
}

/* git-sync and Kubernetes: a new checkout beside the old one, then a symlink is exchanged by rename. */
static void test_symlink_swap_of_the_root(void **state)
{
    (void)state;
    make_directory("next");
    put("next/a.yaml", "a: 2\n");
    assert_int_equal(symlink("tree", scratch_path("current")), 0);
    watch_tree_at("current");
    assert_int_equal(symlink("next", scratch_path("fresh")), 0);
    assert_int_equal(rename(scratch_path("fresh"), scratch_path("current")), 0);
    expect_one_call(WATCH_ROOT_MS + WATCH_QUIET_MS + SLACK_MS);
    put("next/a.yaml", "a: 3\n");
    expect_quick_call();
    expect_silence();
}

static void test_symlink_swap_inside(void **state)
{
    (void)state;
    make_directory("first");
    make_directory("second");
    put("first/c.yaml", "c: 1\n");
    put("second/c.yaml", "c: 2\n");
    assert_int_equal(symlink("../first", scratch_path("tree/data")), 0);
    watch_tree_at("tree");
    put("first/c.yaml", "c: 11\n"); /* directories behind symlinks are watched */
    expect_quick_call();
    assert_int_equal(symlink("../second", scratch_path("tree/fresh")), 0);
    assert_int_equal(rename(scratch_path("tree/fresh"), scratch_path("tree/data")), 0);
    expect_quick_call();
    put("second/c.yaml", "c: 22\n");
    expect_quick_call();
    expect_silence();
}

static void test_symlink_loops_end(void **state)
{
    (void)state;
    assert_int_equal(symlink("..", scratch_path("tree/web/up")), 0);
    assert_int_equal(symlink(".", scratch_path("tree/self")), 0);
    assert_int_equal(symlink("nowhere", scratch_path("tree/dangling.yaml")), 0);
    watch_tree_at("tree");
    put("tree/web/b.yaml", "b: 2\n");
    expect_quick_call();
    expect_silence();
}

static void shell(const char *command)
{
    char line[1024];
    snprintf(line, sizeof line,
             "cd %s/tree && export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t "
             "GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t && %s >/dev/null 2>&1",
             scratch, command);
    if (system(line) != 0) fail_msg("%s", line);
}

static void test_git_checkout(void **state)
{
    (void)state;
    if (system("git --version >/dev/null 2>&1") != 0) {
        print_message("# git is not installed: checkout not tried\n");
        return;
    }
    shell("git init -q && git add . && git commit -qm 1 && git checkout -qb other && git mv web api && "
          "echo 'a: 5' >a.yaml && git add . && git commit -qm 2");
    watch_tree_at("tree");
    shell("git checkout -q master || git checkout -q main");
    expect_quick_call();
    put("tree/web/b.yaml", "b: 9\n");
    expect_quick_call();
    shell("git checkout -q -f other");
    expect_quick_call();
    shell("git gc -q"); /* .git alone is no change */
    pass(WATCH_QUIET_MS + SLACK_MS);
    put("tree/api/b.yaml", "b: 10\n");
    expect_quick_call();
    expect_silence();
}

static void test_a_burst_is_one_call(void **state)
{
    (void)state;
    watch_tree_at("tree");
    for (unsigned i = 0; i < 20; i++) {
        pass(100);
        assert_int_equal(seen.calls, 0);
        put("tree/a.yaml", i % 2 ? "a: 1\n" : "a: 22\n");
    }
    expect_quick_call();
    expect_silence();
}

/* A tree that never rests is told all the same. */
static void test_put_off_ends(void **state)
{
    (void)state;
    watch_tree_at("tree");
    uint64_t began_ms = now_ms();
    while (seen.calls == 0 && now_ms() - began_ms < WATCH_DELAY_MAX_MS + 3 * SLACK_MS) {
        put("tree/a.yaml", "a: 1\n");
        pass(100);
    }
    assert_int_equal(seen.calls, 1);
    assert_in_range(seen.at_ms - began_ms, WATCH_DELAY_MAX_MS - 500, WATCH_DELAY_MAX_MS + SLACK_MS);
}

static void test_forget(void **state)
{
    (void)state;
    watch_tree_at("tree");
    put("tree/a.yaml", "a: 2\n");
    pass(100);
    watch_forget(watch);
    pass(WATCH_QUIET_MS + SLACK_MS);
    assert_int_equal(seen.calls, 0);
    put("tree/a.yaml", "a: 3\n");
    expect_quick_call();
    expect_silence();
}

/* More directories than may be watched: the comparison of names and times takes over. */
static void test_polling(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= WATCH_DIRECTORIES_MAX; i++) {
        char name[32];
        snprintf(name, sizeof name, "tree/zz%04u", i);
        make_directory(name);
    }
    watch = watch_new(&loop, scratch_path("tree"), on_changed, &seen);
    assert_true(watch_is_polling(watch));
    char last[32];
    snprintf(last, sizeof last, "tree/zz%04u/a.yaml", WATCH_DIRECTORIES_MAX);
    put(last, "a: 1\n");
    expect_one_call(WATCH_POLL_MS + WATCH_ROOT_MS + WATCH_QUIET_MS + SLACK_MS);
    for (unsigned i = 0; i < 10; i++) {
        snprintf(last, sizeof last, "tree/zz%04u", i);
        assert_int_equal(rmdir(scratch_path(last)), 0);
    }
    snprintf(last, sizeof last, "tree/zz%04u/a.yaml", WATCH_DIRECTORIES_MAX);
    expect_quick_call();
    assert_false(watch_is_polling(watch));
    put(last, "a: 2\n");
    expect_quick_call();
    expect_silence();
}

static void free_it(void *ctx)
{
    on_changed(ctx);
    watch_free(watch);
    watch = NULL;
}

static void test_free_from_the_callback_and_before_it(void **state)
{
    (void)state;
    watch = watch_new(&loop, scratch_path("tree"), free_it, &seen);
    put("tree/a.yaml", "a: 2\n");
    pass(WATCH_QUIET_MS + SLACK_MS);
    assert_int_equal(seen.calls, 1);
    assert_null(watch);
    struct watch *short_lived = watch_new(&loop, scratch_path("tree"), on_changed, &seen);
    put("tree/a.yaml", "a: 3\n");
    watch_free(short_lived); /* its first walk is under way */
    pass(WATCH_QUIET_MS + SLACK_MS);
    assert_int_equal(seen.calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, start, stop)
        ROW(test_silence),
        ROW(test_plain_changes),
        ROW(test_rename_over),
        ROW(test_new_directories_are_watched),
        ROW(test_directory_removed_and_made_again),
        ROW(test_root_removed_and_made_again),
        ROW(test_root_that_comes_later),
        ROW(test_symlink_swap_of_the_root),
        ROW(test_symlink_swap_inside),
        ROW(test_symlink_loops_end),
        ROW(test_git_checkout),
        ROW(test_a_burst_is_one_call),
        ROW(test_put_off_ends),
        ROW(test_forget),
        ROW(test_polling),
        ROW(test_free_from_the_callback_and_before_it),
    };
    return UNIT_RUN(tests);
}
