#include "tests/unit/unit.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include "daemon/log.h"
#include "daemon/sources.h"
#include "providers/provider.h"
#include "reconcile/base/text.h"

/* A real directory, a real loop, real worker threads. */
enum { PATH_SIZE = 128, WAIT_MS = 5000 };

struct fixture {
    uv_loop_t loop;
    struct batch events;
    struct sources *sources;
    char directory[PATH_SIZE];
    struct source_config source;
    struct config config;
    uint64_t answered[8];
    unsigned answers;
    uint64_t looked_ms;
};

static void answered(void *ctx, uint64_t token)
{
    struct fixture *f = ctx;
    f->answered[f->answers++ % 8] = token;
}

static void write_manifest(const struct fixture *f, const char *file, unsigned instances)
{
    char path[2 * PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", f->directory, file);
    FILE *out = fopen(path, "w");
    for (unsigned i = 0; i < instances; i++)
        fprintf(out,
                "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: %.*s-%u}\n"
                "spec: {cloud: one, flavor: f, image: i}\n---\n",
                (int)strcspn(file, "."), file, i);
    fclose(out);
}

static void fixture_init(struct fixture *f)
{
    *f = (struct fixture){.directory = "/tmp/setpoint-sources.XXXXXX"};
    assert_non_null(mkdtemp(f->directory));
    uv_loop_init(&f->loop);
    batch_init(&f->events);
    f->source = (struct source_config){.name = "prod", .directory = f->directory, .prune = true};
    f->config = (struct config){.sources = &f->source, .source_count = 1};
    struct sources_host host = {.ctx = f, .reread = answered};
    f->sources = sources_new(&f->loop, &f->events, &host);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static void fixture_release(struct fixture *f)
{
    sources_free(f->sources);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    batch_discard(&f->events);
    nftw(f->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void wake(uv_timer_t *timer)
{
    (void)timer;
}

/* Runs the loop until there are `count` events, or for `most_ms`. */
static void run(struct fixture *f, uint32_t count, uint64_t most_ms)
{
    uint64_t end_ns = uv_hrtime() + most_ms * 1000000;
    uv_timer_t timer;
    uv_timer_init(&f->loop, &timer);
    uv_timer_start(&timer, wake, 10, 10);
    while (f->events.count < count && uv_hrtime() < end_ns)
        uv_run(&f->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&f->loop, UV_RUN_NOWAIT);
}

static const struct event *newest(const struct fixture *f)
{
    assert_true(f->events.count > 0);
    return &f->events.events[f->events.count - 1];
}

static void test_a_configuration_has_its_sources_read(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    write_manifest(&f, "a.yaml", 3);
    const uint64_t tokens[] = {11, 12};
    sources_config(f.sources, &f.config, tokens, 2);
    assert_int_equal(f.answers, 0);
    run(&f, 1, WAIT_MS);
    assert_int_equal(f.events.count, 1); /* one reading serves both wishes */
    assert_int_equal(newest(&f)->kind, EVENT_GENERATION);
    assert_int_equal(newest(&f)->generation->count, 3);
    assert_int_equal(f.answers, 2);
    assert_true(sources_has(f.sources, "prod"));
    assert_false(sources_has_fault(f.sources));
    fixture_release(&f);
}

static void test_a_wish_during_a_reading_reads_again(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    sources_config(f.sources, &f.config, NULL, 0);
    sources_reread(f.sources, 5, NULL, 0);
    sources_reread(f.sources, 6, NULL, 0);
    assert_int_equal(sources_reading(f.sources), 1); /* never two of one source */
    write_manifest(&f, "late.yaml", 1);
    run(&f, 2, WAIT_MS);
    assert_int_equal(f.events.count, 2);
    assert_int_equal(newest(&f)->generation->count, 1);
    assert_int_equal(f.answers, 2);
    fixture_release(&f);
}

static void test_both_halves_of_a_save_arrive(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    write_manifest(&f, "a.yaml", 4);
    sources_config(f.sources, &f.config, NULL, 0);
    run(&f, 1, WAIT_MS);
    write_manifest(&f, "a.yaml", 2); /* the first half, valid by itself */
    run(&f, 2, 2000);
    write_manifest(&f, "a.yaml", 4);
    run(&f, 3, WAIT_MS);
    assert_int_equal(f.events.events[1].generation->count, 2);
    assert_int_equal(newest(&f)->generation->count, 4);
    fixture_release(&f);
}

static void test_mistakes_and_a_missing_directory_are_faults(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    char path[2 * PATH_SIZE];
    snprintf(path, sizeof path, "%s/bad.yaml", f.directory);
    FILE *out = fopen(path, "w");
    fputs("kind: [\n", out);
    fclose(out);
    sources_config(f.sources, &f.config, NULL, 0);
    run(&f, 1, WAIT_MS);
    assert_int_equal(newest(&f)->kind, EVENT_SOURCE_FAULT);
    assert_string_equal(newest(&f)->source_fault.source, "prod");
    assert_int_equal(newest(&f)->source_fault.count, 1);
    assert_string_equal(newest(&f)->source_fault.mistakes[0].file, path);
    assert_false(newest(&f)->source_fault.missing);
    assert_true(sources_has_fault(f.sources));
    remove(path);
    remove(f.directory);
    sources_reread(f.sources, 1, NULL, 0);
    uint32_t before = f.events.count;
    run(&f, before + 1, WAIT_MS);
    assert_int_equal(newest(&f)->kind, EVENT_SOURCE_FAULT);
    assert_true(newest(&f)->source_fault.missing);
    assert_int_equal(mkdir(f.directory, 0700), 0);
    before = f.events.count;
    run(&f, before + 1, WAIT_MS); /* by itself: the directory is watched for */
    assert_int_equal(newest(&f)->kind, EVENT_GENERATION);
    assert_false(sources_has_fault(f.sources));
    fixture_release(&f);
}

static void test_a_source_that_leaves_answers_its_wishes(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    sources_config(f.sources, &f.config, NULL, 0);
    sources_reread(f.sources, 5, NULL, 0);
    f.config.source_count = 0;
    sources_config(f.sources, &f.config, NULL, 0);
    assert_int_equal(f.answers, 1);
    assert_false(sources_has(f.sources, "prod"));
    run(&f, 1, 300);
    assert_int_equal(f.events.count, 0); /* the reading under way was dropped */
    sources_reread(f.sources, 6, NULL, 0);
    assert_int_equal(f.answers, 2); /* nothing to read */
    fixture_release(&f);
}

static void test_an_end_during_a_reading(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    sources_config(f.sources, &f.config, NULL, 0);
    sources_reread(f.sources, 5, NULL, 0);
    fixture_release(&f);
    assert_int_equal(f.answers, 0);
}

int main(void)
{
    const struct CMUnitTest sources_tests[] = {
        cmocka_unit_test(test_a_configuration_has_its_sources_read),
        cmocka_unit_test(test_a_wish_during_a_reading_reads_again),
        cmocka_unit_test(test_both_halves_of_a_save_arrive),
        cmocka_unit_test(test_mistakes_and_a_missing_directory_are_faults),
        cmocka_unit_test(test_a_source_that_leaves_answers_its_wishes),
        cmocka_unit_test(test_an_end_during_a_reading),
    };
    log_open();
    log_set_level(LOG_LEVEL_ERROR);
    return UNIT_RUN(sources_tests);
}
