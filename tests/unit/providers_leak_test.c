#include "tests/unit/unit.h"

#include <stdio.h>

#include "providers/leak.h"

#define PASSWORD "p\\u00e4ss \\\"w/rd\\\"+" /* as JSON writes it */

static bool login_leaks(const char *password, const char *answer)
{
    char body[256];
    snprintf(body, sizeof body, "{\"auth\": {\"user\": \"some user\", \"password\": \"%s\"}}", password);
    struct http_request request = {.body = body, .body_size = strlen(body)};
    struct http_response response = {.body = answer, .body_size = strlen(answer)};
    return leak_of_login(&request, &response);
}

static void test_each_form_of_a_secret_is_seen(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "<p>p\xc3\xa4ss \"w/rd\"+</p>",
        "{\"message\": \"p\xc3\xa4ss \\\"w/rd\\\"+\"}",
        "{\"message\": \"{\\\"password\\\": \\\"p\xc3\xa4ss \\\\\\\"w/rd\\\\\\\"+\\\"}\"}",
        "/?password=p%C3%A4ss%20%22w%2Frd%22%2B&x",
        "body: cMOkc3MgIncvcmQiKw==",
        "70c3a47373202277"
        "2f7264222b",
    };
    for (unsigned i = 0; i < sizeof answers / sizeof *answers; i++)
        assert_true(login_leaks(PASSWORD, answers[i]));
}

static void test_what_is_no_secret_is_shown(void **state)
{
    (void)state;
    assert_false(login_leaks(PASSWORD, "{\"message\": \"some user: wrong password\"}"));
    assert_false(login_leaks("abc", "abc: what is so short stands everywhere"));
    assert_false(login_leaks(PASSWORD, ""));
    struct http_request none = {.body = NULL};
    struct http_response response = {.body = "x", .body_size = 1};
    assert_false(leak_of_login(&none, &response));
    struct http_request strange = {.body = "no JSON", .body_size = 7};
    assert_false(leak_of_login(&strange, &response));
}

static void test_user_data_encoded_or_not(void **state)
{
    (void)state;
    struct create_order order = {.given = FIELD_BIT(FIELD_USER_DATA)};
    struct call call = {.kind = CALL_CREATE, .create = &order};
    const char *text =
        "I2Nsb3VkLWNvbmZpZwpwYXNzd29yZDogb3BlbiBzZXNhbWUK"; /* #cloud-config / password: open sesame */
    order.values[FIELD_USER_DATA] = (struct value){.rows = 1, .columns = 1, .cells = &text};
    assert_true(leak_is_possible(&call));
    assert_true(leak_in_message(&call, "Value: I2Nsb3VkLWNvbmZpZwpwYX… is wrong"));
    assert_true(leak_in_message(&call, "cannot parse \"password: open sesame\""));
    assert_false(leak_in_message(&call, "cannot parse the password"));
    call.kind = CALL_DELETE;
    assert_false(leak_is_possible(&call));
}

static void test_pieces(void **state)
{
    (void)state;
    assert_true(leak_has_piece("gAAAAABn0123456789abcdef", "Token gAAAAABn01234567… is not known"));
    assert_false(leak_has_piece("gAAAAABn0123456789abcdef", "Token gAAAAABn is not known"));
    assert_false(leak_has_piece("", "anything"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_form_of_a_secret_is_seen),
        cmocka_unit_test(test_what_is_no_secret_is_shown),
        cmocka_unit_test(test_user_data_encoded_or_not),
        cmocka_unit_test(test_pieces),
    };
    return UNIT_RUN(tests);
}
