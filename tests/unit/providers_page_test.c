#include "tests/unit/unit.h"

#include "providers/page.h"
#include "reconcile/base/cleanup.h"

static const struct {
    const char *href, *marker;
} ROWS[] = {
    {"http://h/servers/detail?limit=2&marker=8b99bdb1", "8b99bdb1"},
    {"/v2/images?marker=a%2Fb+c&limit=1", "a/b c"},
    {"?marker=x#marker=y", "x"},
    {"?xmarker=1&marker=2", "2"},
    {"?marker=%4", "%4"},
    {"?marker=%zz", "%zz"},
    {"?marker=", NULL},
    {"?limit=2", NULL},
    {"http://h/marker=1", NULL},
    {"", NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        const char *marker = page_marker(ROWS[i].href, &arena);
        if (!marker != !ROWS[i].marker || (marker && strcmp(marker, ROWS[i].marker) != 0))
            fail_msg("%s: %s", ROWS[i].href, marker ? marker : "NULL");
    }
}

static void test_too_long(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    char *href = arena_printf(&arena, "?marker=%*s", PAGE_MARKER_MAX + 1, "");
    memset(href + 8, 'm', PAGE_MARKER_MAX + 1);
    assert_null(page_marker(href, &arena));
    href[8 + PAGE_MARKER_MAX] = '\0';
    assert_int_equal(strlen(page_marker(href, &arena)), PAGE_MARKER_MAX);
}

static void test_no_link(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    assert_null(page_marker(NULL, &arena));
    char *cut = arena_alloc(&arena, PAGE_LINK_MAX + 1);
    memset(cut, 'x', PAGE_LINK_MAX);
    memcpy(cut, "?marker=a&", 10);
    assert_null(page_marker(cut, &arena));
    cut[PAGE_LINK_MAX - 1] = '\0';
    assert_string_equal(page_marker(cut, &arena), "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_too_long),
                                       cmocka_unit_test(test_no_link)};
    return UNIT_RUN(tests);
}
