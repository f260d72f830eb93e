#include "tests/unit/unit.h"

#include "manifests/address.h"
#include "manifests/scalar.h"

static void test_core_schema(void **state)
{
    static const struct {
        const char *plain;
        enum node_kind kind;
    } rows[] = {
        {"", NODE_NULL},      {"~", NODE_NULL},          {"null", NODE_NULL},  {"NULL", NODE_NULL},
        {"nUll", NODE_TEXT},  {"true", NODE_BOOL},       {"False", NODE_BOOL}, {"yes", NODE_TEXT},
        {"off", NODE_TEXT},   {"0", NODE_INT},           {"-12", NODE_INT},    {"+3", NODE_INT},
        {"0x1F", NODE_INT},   {"0o17", NODE_INT},        {"0x", NODE_TEXT},    {"0b1", NODE_TEXT},
        {"1.5", NODE_FLOAT},  {"22.04", NODE_FLOAT},     {"1.", NODE_FLOAT},   {".5", NODE_FLOAT},
        {".", NODE_TEXT},     {"-", NODE_TEXT},          {"1e5", NODE_FLOAT},  {"1e", NODE_TEXT},
        {".inf", NODE_FLOAT}, {"-.Inf", NODE_FLOAT},     {".nan", NODE_FLOAT}, {"-.nan", NODE_TEXT},
        {"12:30", NODE_TEXT}, {"1.2.3.4", NODE_TEXT},    {"1_000", NODE_TEXT}, {"2026-01-31", NODE_TEXT},
        {"30s", NODE_TEXT},   {"12345e678", NODE_FLOAT}, {"e5", NODE_TEXT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (scalar_kind(rows[i].plain) != rows[i].kind) fail_msg("%s", rows[i].plain);
}

static struct node scalar(const char *text)
{
    return (struct node){.text = text, .kind = scalar_kind(text)};
}

static void test_numbers(void **state)
{
    int64_t number = 7;
    struct node node = scalar("42"), quoted = {.text = "42", .kind = NODE_TEXT};
    (void)state;
    assert_true(scalar_number(&node, &number));
    assert_int_equal(number, 42);
    assert_false(scalar_number(&quoted, &number));
    static const char *const wrong[] = {"-1", "+1", "0x10", "1.0", "9223372036854775808", "", "true"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        node = scalar(wrong[i]);
        if (scalar_number(&node, &number)) fail_msg("%s", wrong[i]);
    }
    node = scalar("9223372036854775807");
    assert_true(scalar_number(&node, &number));
}

static void test_amounts(void **state)
{
    int64_t amount;
    uint32_t percent;
    (void)state;
    assert_true(scalar_duration("15m", &amount));
    assert_int_equal(amount, 900000);
    assert_false(scalar_duration("15", &amount));
    assert_false(scalar_duration("1h30m", &amount));
    assert_false(scalar_duration("400000000000d", &amount));
    assert_true(scalar_size("100GiB", &amount));
    assert_int_equal(amount, INT64_C(107374182400));
    assert_true(scalar_size("1KiB", &amount));
    assert_int_equal(amount, 1024);
    assert_false(scalar_size("100GB", &amount));
    assert_false(scalar_size("100", &amount));
    assert_false(scalar_size("GiB", &amount));
    assert_false(scalar_size("8388608TiB", &amount));
    assert_false(scalar_size("99999999999999999999GiB", &amount));
    assert_true(scalar_percent("100%", &percent));
    assert_int_equal(percent, 100);
    assert_false(scalar_percent("101%", &percent));
    assert_false(scalar_percent("%", &percent));
    assert_false(scalar_percent("5.5%", &percent));
    assert_false(scalar_percent("-5%", &percent));
}

static void test_shares(void **state)
{
    struct share share;
    struct node percent = scalar("10%"), number = scalar("4"), quoted = {.text = "4", .kind = NODE_TEXT};
    struct node large = scalar("4294967296");
    (void)state;
    assert_true(scalar_share(&percent, &share));
    assert_true(share.percent);
    assert_int_equal(share.number, 10);
    assert_true(scalar_share(&number, &share));
    assert_false(share.percent);
    assert_int_equal(share.number, 4);
    assert_false(scalar_share(&quoted, &share));
    assert_false(scalar_share(&large, &share));
}

static void test_addresses(void **state)
{
    static const char *const v4[] = {"0.0.0.0", "127.0.0.1", "255.255.255.255"};
    static const char *const not_v4[] = {"1.2.3",  "1.2.3.4.5", "256.1.1.1", "01.2.3.4",
                                         "1.2.3.", " 1.2.3.4",  "1.2.3.4 ",  ""};
    static const char *const v6[] = {
        "::", "::1", "fe80::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1::8", "1:2:3:4:5:6:7::"};
    static const char *const not_v6[] = {
        "",        ":",  ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::",           "1::2::3",
        "::1.2.3", "1:", ":1",  "1.2.3.4",       "fe80::1%eth0",      "1:2:3:4:5:6:7:8::", "g::"};
    uint8_t bytes[4];
    (void)state;
    for (size_t i = 0; i < sizeof v4 / sizeof *v4; i++)
        if (!address_is_ipv4(v4[i], NULL)) fail_msg("%s", v4[i]);
    for (size_t i = 0; i < sizeof not_v4 / sizeof *not_v4; i++)
        if (address_is_ipv4(not_v4[i], NULL)) fail_msg("%s", not_v4[i]);
    for (size_t i = 0; i < sizeof v6 / sizeof *v6; i++)
        if (!address_is_ipv6(v6[i])) fail_msg("%s", v6[i]);
    for (size_t i = 0; i < sizeof not_v6 / sizeof *not_v6; i++)
        if (address_is_ipv6(not_v6[i])) fail_msg("%s", not_v6[i]);
    assert_true(address_is_ipv4("10.20.30.40", bytes));
    assert_int_equal(bytes[0], 10);
    assert_int_equal(bytes[3], 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_core_schema), cmocka_unit_test(test_numbers),   cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_shares),      cmocka_unit_test(test_addresses),
    };
    return UNIT_RUN(tests);
}
