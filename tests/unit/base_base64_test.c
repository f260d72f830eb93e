#include "tests/unit/unit.h"

#include "reconcile/base/base64.h"
#include "reconcile/base/cleanup.h"

/* RFC 4648, section 10, and the two letters that other alphabets lack. */
static const struct {
    const char *bytes, *text;
} ROWS[] = {
    {"f", "Zg=="},         {"fo", "Zm8="},         {"foo", "Zm9v"},          {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBF", "+/+/"},
};

static void test_there_and_back(void **state)
{
    AUTO_ARENA struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        unsigned char *bytes;
        size_t size;
        assert_string_equal(base64_encode(&arena, ROWS[i].bytes, strlen(ROWS[i].bytes)), ROWS[i].text);
        assert_true(base64_decode(&arena, ROWS[i].text, strlen(ROWS[i].text), &bytes, &size));
        assert_int_equal(size, strlen(ROWS[i].bytes));
        assert_memory_equal(bytes, ROWS[i].bytes, size);
    }
    assert_string_equal(base64_encode(&arena, "", 0), "");
    assert_int_equal(base64_size(49149), 65532);
}

static void test_only_one_way_to_write_it(void **state)
{
    static const char *const BAD[] = {"",     "Zg",   "Zg=",  "Zg===", "Z===", "====",     "Zh==",
                                      "Zm9=", "Zm 8", "Zm-_", "=m9v",  "Zm=v", "Zg==Zg==", "Zm8=Zm8="};
    AUTO_ARENA struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        unsigned char *bytes;
        size_t size;
        if (base64_decode(&arena, BAD[i], strlen(BAD[i]), &bytes, &size)) fail_msg("taken: %s", BAD[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_only_one_way_to_write_it),
    };
    return UNIT_RUN(tests);
}
