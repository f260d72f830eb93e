#include "tests/unit/unit.h"

#include <malloc.h>

#include "reconcile/base/arena.h"

static void test_alloc_is_zeroed_aligned_and_separate(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    enum { COUNT = 3000 };
    unsigned char *parts[COUNT];
    size_t sizes[COUNT], total = 0;
    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = i % 701;
        parts[i] = arena_alloc(&arena, sizes[i]);
        assert_int_equal((uintptr_t)parts[i] % _Alignof(max_align_t), 0);
        for (size_t at = 0; at < sizes[i]; at++)
            assert_int_equal(parts[i][at], 0);
        memset(parts[i], (int)(i % 251 + 1), sizes[i]);
        total += sizes[i];
    }
    assert_int_equal(arena.used, total);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t at = 0; at < sizes[i]; at++)
            assert_int_equal(parts[i][at], i % 251 + 1);
    arena_release(&arena);
}

static void test_large_requests_leave_the_newest_block_in_use(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char *before = arena_alloc(&arena, 16);
    char *large = arena_alloc(&arena, 3 << 20);
    char *after = arena_alloc(&arena, 16);
    memset(large, 0xff, 3 << 20);
    assert_ptr_equal(after, before + 16);
    assert_int_equal(after[0], 0);
    arena_release(&arena);
}

static size_t bytes_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* Whatever the sizes were, and their order. */
static void test_release_gives_all_back(void **state)
{
    (void)state;
    struct arena arena;
    size_t before = bytes_in_use();
    arena_init(&arena);
    for (unsigned i = 0; i < 200; i++)
        arena_alloc(&arena, i % 50 == 49 ? (size_t)1 << 20 : 1000);
    assert_true(arena.used > (size_t)4 << 20);
    arena_release(&arena);
    assert_int_equal(bytes_in_use(), before);
}

static void test_release_empties_and_allows_reuse(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    arena_alloc(&arena, 100);
    arena_release(&arena);
    assert_int_equal(arena.used, 0);
    assert_null(arena.blocks);
    assert_string_equal(arena_text(&arena, "again"), "again");
    arena_release(&arena);
}

static void test_texts(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    assert_null(arena_text(&arena, NULL));
    assert_string_equal(arena_text(&arena, ""), "");
    assert_string_equal(arena_bytes(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_bytes(&arena, NULL, 0), "");
    assert_string_equal(arena_printf(&arena, "%s/%d", "prod", 42), "prod/42");
    char *long_text = arena_printf(&arena, "%09000d", 7);
    assert_int_equal(strlen(long_text), 9000);
    assert_int_equal(long_text[8999], '7');
    arena_release(&arena);
}

static void test_typed_helpers(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    uint64_t *row = ARENA_ROW(&arena, uint64_t, 10);
    uint64_t *one = ARENA_NEW(&arena, uint64_t);
    assert_int_equal(arena.used, 88);
    assert_true(one >= row + 10);
    arena_release(&arena);
}

static void ask_for_everything(void)
{
    struct arena arena;
    arena_init(&arena);
    arena_alloc(&arena, SIZE_MAX - 3);
}

static void test_an_absurd_size_aborts(void **state)
{
    (void)state;
    assert_true(unit_aborts(ask_for_everything));
}

int main(void)
{
    const struct CMUnitTest arena_tests[] = {
        cmocka_unit_test(test_alloc_is_zeroed_aligned_and_separate),
        cmocka_unit_test(test_large_requests_leave_the_newest_block_in_use),
        cmocka_unit_test(test_release_gives_all_back),
        cmocka_unit_test(test_release_empties_and_allows_reuse),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_typed_helpers),
        cmocka_unit_test(test_an_absurd_size_aborts),
    };
    return UNIT_RUN(arena_tests);
}
