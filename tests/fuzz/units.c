/* Durations, instants, sizes, shares, numbers: what is accepted is in its range, and what is written is read
   back. Texts: comparisons and copies.

   Input: a text, and behind a newline another one to compare it with. */
#include <string.h>

#include "manifests/scalar.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/instant.h"
#include "tests/fuzz/fuzz.h"

enum { TEXT_MAX = 4096, SHOWN_SIZE = 32, DISTANCE = 2 };
#define SHOWN_MAX_MS     (INT64_C(36500) * DAY_MS) /* the longest that any manifest may say */
#define FORMAT_YEARS_MAX INT64_C(253402300799999)  /* the end of year 9999 */

static void check_duration(const char *text)
{
    int64_t ms, again;
    char shown[SHOWN_SIZE];
    if (duration_parse(text, NEVER_MS, &ms)) {
        FUZZ_CHECK(ms >= 0);
        FUZZ_CHECK(!duration_parse(text, ms - 1, &again));
        duration_show(ms, shown, sizeof shown);
        FUZZ_CHECK(shown[0] && (ms > SHOWN_MAX_MS || strlen(shown) < 16));
    }
    if (scalar_duration(text, &ms))
        FUZZ_CHECK(ms >= 0 && duration_parse(text, NEVER_MS, &again) && again == ms);
}

static void check_instant(const char *text)
{
    int64_t wall_ms, again;
    char shown[SHOWN_SIZE];
    if (!instant_parse(text, &wall_ms)) return;
    instant_format(wall_ms, shown, sizeof shown);
    if (wall_ms < 0 || wall_ms > FORMAT_YEARS_MAX) return;
    FUZZ_CHECK(strlen(shown) == 20);
    FUZZ_CHECK(instant_parse(shown, &again) && again == wall_ms / 1000 * 1000);
}

static void check_size(const char *text)
{
    int64_t bytes;
    uint32_t percent;
    if (scalar_size(text, &bytes)) FUZZ_CHECK(bytes >= 0 && bytes % 1024 == 0);
    if (scalar_percent(text, &percent)) FUZZ_CHECK(percent <= 100 && text[strlen(text) - 1] == '%');
}

static void check_node(const char *text)
{
    struct node node = {.text = text, .kind = scalar_kind(text), .line = 1, .column = 1};
    struct share share;
    int64_t number;
    bool flag;
    FUZZ_CHECK(node.kind <= NODE_TEXT);
    if (scalar_share(&node, &share)) FUZZ_CHECK(!share.percent || share.number <= 100);
    if (scalar_share(&node, &share)) FUZZ_CHECK(share_of(share, 1000) <= UINT32_MAX);
    if (scalar_number(&node, &number)) FUZZ_CHECK(number >= 0 && node.kind == NODE_INT);
    if (scalar_bool(&node, &flag)) FUZZ_CHECK(node.kind == NODE_BOOL);
}

static void check_number(const char *text)
{
    uint64_t number;
    char shown[24];
    if (!text_to_number(text, UINT64_MAX, &number)) return;
    AUTO_TEXT struct text out;
    text_init(&out, sizeof shown);
    text_addf(&out, "%llu", (unsigned long long)number);
    while (text[0] == '0' && text[1])
        text++;
    FUZZ_CHECK(strcmp(out.bytes, text) == 0);
}

static void check_json(const char *text)
{
    AUTO_TEXT struct text out;
    text_init(&out, TEXT_MAX);
    text_add_json(&out, text);
    FUZZ_CHECK(out.overflow || (out.length >= 2 && out.bytes[0] == '"' && out.bytes[out.length - 1] == '"'));
    FUZZ_CHECK(text_cut(text, strlen(text)) <= strlen(text));
}

/* Laws of the comparisons: the same both ways, and equal is distance 0. */
static void check_pair(const char *a, const char *b)
{
    bool equal = text_equal(a, b);
    FUZZ_CHECK(equal == text_equal(b, a) && equal == (text_compare(a, b) == 0));
    FUZZ_CHECK((text_compare(a, b) < 0) == (text_compare(b, a) > 0));
    FUZZ_CHECK(text_equal_nocase(a, b) == text_equal_nocase(b, a) && (!equal || text_equal_nocase(a, b)));
    FUZZ_CHECK(text_starts(a, b) == (strncmp(a, b, strlen(b)) == 0));
    unsigned distance = text_distance(a, b, DISTANCE);
    FUZZ_CHECK(distance == text_distance(b, a, DISTANCE) && (distance == 0) == equal);
}

/* A copy is the text, or its beginning up to a whole character. */
static void check_copy(const char *text)
{
    char copy[SHOWN_SIZE];
    bool fits = text_copy(copy, sizeof copy, text);
    FUZZ_CHECK(fits == (strlen(text) < sizeof copy) && text_starts(text, copy));
    FUZZ_CHECK(text_characters(copy) <= text_characters(text) && text_characters(text) <= strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (size > TEXT_MAX) return 0;
    char *text = arena_bytes(&arena, data, size), *second = strchr(text, '\n');
    if (second) *second++ = '\0';
    check_duration(text);
    check_instant(text);
    check_size(text);
    check_node(text);
    check_number(text);
    check_json(text);
    check_copy(text);
    check_pair(text, second ? second : "flavor");
    text_is_uuid(text);
    return 0;
}
