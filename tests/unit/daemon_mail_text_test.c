#include "tests/unit/unit.h"

#include "daemon/mail_text.h"
#include "reconcile/base/arena.h"
#include "reconcile/base/base64.h"

enum { MAIL_MAX = 64 << 10 };

static struct text mail;

static int start(void **state)
{
    (void)state;
    text_init(&mail, MAIL_MAX);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    text_release(&mail);
    return 0;
}

static void assert_lines_fit(void)
{
    for (const char *at = mail.bytes; *at; at += strcspn(at, "\n") + 1)
        assert_true(strcspn(at, "\n") <= MAIL_LINE_MAX);
}

/* What the encoded words of the one header say together. */
static void decode(char *out)
{
    struct arena arena;
    arena_init(&arena);
    *out = '\0';
    for (const char *at = mail.bytes; (at = strstr(at, "=?UTF-8?B?"));) {
        unsigned char *bytes;
        size_t size, length = strcspn(at += 10, "?");
        assert_true(base64_decode(&arena, at, length, &bytes, &size));
        assert_int_equal(text_cut((const char *)bytes, size), size); /* whole characters: RFC 2047, 5 */
        strncat(out, (const char *)bytes, size);
    }
    arena_release(&arena);
}

static void test_plain_header(void **state)
{
    (void)state;
    mail_header(&mail, "Subject", "[seoul-1] web-1 Blocked: ErrorHold");
    assert_string_equal(mail.bytes, "Subject: [seoul-1] web-1 Blocked: ErrorHold\n");
}

static void test_long_header_is_folded_at_blanks(void **state)
{
    char long_value[301] = "";
    (void)state;
    for (unsigned i = 0; i < 50; i++)
        strncat(long_value, i == 49 ? "word5" : "word5 ", 6);
    mail_header(&mail, "Subject", long_value);
    assert_lines_fit();
    /* Unfolded (RFC 5322, 2.2.3) it is what was given. */
    char unfolded[400] = "";
    for (const char *at = mail.bytes; *at; at++)
        if (*at != '\n') strncat(unfolded, at, 1);
    assert_string_equal(unfolded + strlen("Subject: "), long_value);
}

static void test_word_longer_than_a_line(void **state)
{
    char value[200];
    (void)state;
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    mail_header(&mail, "Subject", value);
    assert_true(text_starts(mail.bytes, "Subject: xxx"));
    assert_string_equal(strchr(mail.bytes, '\n'), "\n");
}

static void test_korean_header_is_encoded(void **state)
{
    static const char *const values[] = {
        "서울", "東京のサーバ web-1 が止まった", "=?UTF-8?B?aGE=?=",
        "서울 리전의 인스턴스 삼백열두 대가 멈추었습니다: 할당량을 넘었습니다 "
        "서울 리전의 인스턴스 삼백열두 대가 멈추었습니다"};
    char decoded[1024];
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        text_clear(&mail);
        mail_header(&mail, "Subject", values[i]);
        assert_lines_fit();
        decode(decoded);
        assert_string_equal(decoded, values[i]);
    }
}

static void test_no_header_is_injected(void **state)
{
    static const char *const addresses[] = {"duty@example.org\nBcc: all@example.org", "b@example.org"};
    (void)state;
    mail_header(&mail, "Subject", "down\r\nBcc: all@example.org\n\nbody");
    assert_string_equal(mail.bytes, "Subject: down  Bcc: all@example.org  body\n");
    text_clear(&mail);
    mail_addresses(&mail, "To", addresses, 2);
    assert_string_equal(mail.bytes, "To: duty@example.org Bcc: all@example.org,\n b@example.org\n");
    text_clear(&mail);
    mail_header(&mail, "Subject", "\n\n");
    assert_string_equal(mail.bytes, "Subject: \n");
}

static void test_date(void **state)
{
    (void)state;
    mail_date(&mail, 1769828400000);
    mail_date(&mail, 0);
    mail_date(&mail, 951782400000);
    assert_string_equal(mail.bytes, "Date: Sat, 31 Jan 2026 03:00:00 +0000\n"
                                    "Date: Thu, 01 Jan 1970 00:00:00 +0000\n"
                                    "Date: Tue, 29 Feb 2000 00:00:00 +0000\n");
}

static void test_body_is_quoted_printable(void **state)
{
    (void)state;
    mail_body(&mail, "a = b \n.\nFrom here\n서울\tx\r\nlast");
    assert_string_equal(mail.bytes, "\na =3D b=20\n=2E\n=46rom here\n=EC=84=9C=EC=9A=B8=09x=0D\nlast\n");
}

static void test_long_body_line_goes_on(void **state)
{
    char body[300];
    (void)state;
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    mail_body(&mail, body);
    assert_lines_fit();
    char joined[400] = "";
    for (const char *at = mail.bytes + 1; *at; at++) {
        if (*at == '=')
            at++;
        else if (*at != '\n')
            strncat(joined, at, 1);
    }
    assert_string_equal(joined, body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plain_header, start, stop),
        cmocka_unit_test_setup_teardown(test_long_header_is_folded_at_blanks, start, stop),
        cmocka_unit_test_setup_teardown(test_word_longer_than_a_line, start, stop),
        cmocka_unit_test_setup_teardown(test_korean_header_is_encoded, start, stop),
        cmocka_unit_test_setup_teardown(test_no_header_is_injected, start, stop),
        cmocka_unit_test_setup_teardown(test_date, start, stop),
        cmocka_unit_test_setup_teardown(test_body_is_quoted_printable, start, stop),
        cmocka_unit_test_setup_teardown(test_long_body_line_goes_on, start, stop),
    };
    return UNIT_RUN(tests);
}
