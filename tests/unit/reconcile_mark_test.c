#include "tests/unit/unit.h"

#include "reconcile/base/text.h"
#include "reconcile/mark.h"

static const struct mark whole = {
    .owner = "seoul-1",
    .cloud = "nhn-kr1",
    .source = "prod",
    .name = "db-master",
    .role = MARK_NEXT,
    .attempt = "abcdefgh",
    .writer = "wxyz",
    .protect = true,
    .restarted_wall_ms = 1769828400000,
    .applied_fields = FIELD_BIT(FIELD_IMAGE) | FIELD_BIT(FIELD_USER_DATA),
    .applied = {[FIELD_IMAGE] = 0x0123456789abcdef, [FIELD_USER_DATA] = UINT64_MAX}};

static void assert_same(const struct mark *a, const struct mark *b)
{
    assert_string_equal(a->owner, b->owner);
    assert_string_equal(a->cloud, b->cloud);
    assert_string_equal(a->source, b->source);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->attempt, b->attempt);
    assert_string_equal(a->writer, b->writer);
    assert_int_equal(a->role, b->role);
    assert_int_equal(a->protect, b->protect);
    assert_int_equal(a->restarted_wall_ms, b->restarted_wall_ms);
    assert_int_equal(a->applied_fields, b->applied_fields);
    assert_memory_equal(a->applied, b->applied, sizeof a->applied);
}

static void a_mark_comes_back_as_it_was_written(void **state)
{
    (void)state;
    struct arena arena;
    struct mark read;
    bool is_whole;
    arena_init(&arena);
    struct value keys = mark_to_metadata(&whole, &arena);
    assert_int_equal(keys.rows, mark_key_count());
    for (unsigned i = 0; i < keys.rows; i++) {
        assert_true(mark_key_is_ours(value_cell(keys, i, 0)));
        assert_true(strlen(value_cell(keys, i, 1)) <= LIMIT_METADATA_TEXT);
    }
    assert_true(mark_from_metadata(keys, &read, &is_whole));
    assert_true(is_whole);
    assert_same(&read, &whole);
    arena_release(&arena);
}

static void a_description_carries_mark_and_text(void **state)
{
    (void)state;
    struct arena arena;
    struct mark read;
    bool is_whole;
    const char *text;
    arena_init(&arena);
    struct mark mark = whole;
    memset(mark.owner, 'o', LIMIT_OWNER);
    const char *own = "만든 사람: ops@example.org, 5층 (db1).xx";
    assert_int_equal(text_characters(own), MARK_DESCRIPTION_TEXT);
    const char *description = mark_to_description(&mark, own, &arena);
    assert_int_equal(text_characters(description), 100);
    assert_true(mark_from_description(description, &read, &is_whole, &text));
    assert_true(is_whole);
    assert_string_equal(text, own);
    assert_string_equal(read.owner, mark.owner);
    assert_string_equal(read.attempt, mark.attempt);
    assert_string_equal(read.writer, mark.writer);
    assert_int_equal(read.role, MARK_NEXT);
    assert_true(read.protect);
    char tag[MARK_TAG + 1];
    mark_tag("nhn-kr1", "prod", "db-master", tag);
    assert_string_equal(read.tag, tag);
    assert_string_equal(mark_to_description(&read, text, &arena), description);
    assert_false(mark_from_description("just a text", &read, &is_whole, &text));
    assert_string_equal(text, "just a text");
    arena_release(&arena);
}

static void a_broken_description_is_not_whole(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "[sp1 ",
        "[sp1 ]",
        "[sp1 seoul-1 aaaaaaaaaaaaaaaa abcdefgh wxyz 0 aaaaaaaa",
        "[sp1 seoul-1 aaaaaaaaaaaaaaa1 abcdefgh wxyz 0 aaaaaaaa]",
        "[sp1 seoul-1 aaaaaaaaaaaaaaaa abcdefg wxyz 0 aaaaaaaa]",
        "[sp1 seoul-1 aaaaaaaaaaaaaaaa abcdefgh wxyz 4 aaaaaaaa]",
        "[sp1 seoul-1 aaaaaaaaaaaaaaaa abcdefgh wxyz 0 aaaaaaaaa]",
        "[sp1 seoul-1  aaaaaaaaaaaaaaaa abcdefgh wxyz 0 aaaaaaaa]",
        "[sp1 an-owner-that-is-too-long aaaaaaaaaaaaaaaa abcdefgh wxyz 0 aaaaaaaa]",
    };
    for (unsigned i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct mark read;
        bool is_whole = true;
        const char *text;
        assert_true(mark_from_description(broken[i], &read, &is_whole, &text));
        assert_false(is_whole);
    }
}

/* The largest values still fit a metadata value. */
static void the_longest_mark_fits(void **state)
{
    (void)state;
    struct arena arena;
    struct mark mark = whole, read;
    bool is_whole;
    arena_init(&arena);
    memset(mark.owner, 'o', LIMIT_OWNER);
    memset(mark.cloud, 'c', LIMIT_DOCUMENT_NAME);
    memset(mark.source, 's', LIMIT_DOCUMENT_NAME);
    memset(mark.name, 'n', LIMIT_NAME);
    mark.applied_fields = FIELD_BIT(FIELD_IMAGE) | FIELD_BIT(FIELD_ZONE) | FIELD_BIT(FIELD_KEYPAIR) |
                          FIELD_BIT(FIELD_NETWORKS) | FIELD_BIT(FIELD_ROOT_DISK) | FIELD_BIT(FIELD_USER_DATA);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        mark.applied[i] = (mark.applied_fields & FIELD_BIT(i)) ? UINT64_MAX - i : 0;
    struct value keys = mark_to_metadata(&mark, &arena);
    for (unsigned i = 0; i < keys.rows; i++)
        assert_true(strlen(value_cell(keys, i, 1)) <= LIMIT_METADATA_TEXT);
    assert_true(mark_from_metadata(keys, &read, &is_whole));
    assert_true(is_whole);
    assert_same(&read, &mark);
    arena_release(&arena);
}

static void each_key_that_is_stripped_is_missed(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    struct value keys = mark_to_metadata(&whole, &arena);
    for (unsigned gone = 0; gone < keys.rows; gone++) {
        const char *cells[32];
        unsigned rows = 0;
        struct mark read;
        bool is_whole;
        for (unsigned i = 0; i < keys.rows; i++) {
            if (i == gone) continue;
            cells[rows * 2] = value_cell(keys, i, 0);
            cells[rows++ * 2 + 1] = value_cell(keys, i, 1);
        }
        struct value rest = {(uint16_t)rows, 2, cells};
        assert_true(mark_from_metadata(rest, &read, &is_whole));
        assert_int_equal(is_whole, strcmp(value_cell(keys, gone, 0), MARK_RESTART_KEY) == 0);
        for (unsigned i = 0; i < keys.rows; i++)
            assert_int_equal(mark_has(&read, value_cell(keys, i, 0)), i != gone);
    }
    assert_false(mark_has(&whole, "setpoint.nothing"));
    arena_release(&arena);
}

static void a_server_without_our_keys_has_no_mark(void **state)
{
    (void)state;
    const char *cells[] = {"team", "data", "setpointed", "yes"};
    struct mark read;
    bool is_whole;
    assert_false(mark_from_metadata((struct value){2, 2, cells}, &read, &is_whole));
    assert_false(is_whole);
    assert_false(mark_from_metadata((struct value){0, 2, NULL}, &read, &is_whole));
    assert_false(mark_key_is_ours("team"));
    assert_false(mark_key_is_ours("setpointed"));
    assert_true(mark_key_is_history("setpoint.writer"));
    assert_false(mark_key_is_history("setpoint.owner"));
}

/* Whoever may write metadata may write anything: none of it makes a whole mark. */
static void hostile_values_make_no_whole_mark(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value;
    } hostile[] = {
        {"setpoint.owner", ""},
        {"setpoint.owner", "an-owner-of-more-than-sixteen"},
        {"setpoint.cloud", ""},
        {"setpoint.cloud", "0123456789012345678901234567890123456789"},
        {"setpoint.object", "db-master"},
        {"setpoint.object", "/db-master"},
        {"setpoint.object", "prod/"},
        {"setpoint.object", "0123456789012345678901234567890123456789/web"},
        {"setpoint.object", "prod/012345678901234567890123456789012345678901234567890123456789012345"},
        {"setpoint.role", "Current"},
        {"setpoint.role", ""},
        {"setpoint.attempt", "short"},
        {"setpoint.attempt", "far too long for one"},
        {"setpoint.writer", ""},
        {"setpoint.writer", "abcde"},
        {"setpoint.protect", "1"},
        {"setpoint.protect", "TRUE"},
        {"setpoint.applied", "image"},
        {"setpoint.applied", "image="},
        {"setpoint.applied", "image=0123"},
        {"setpoint.applied", "image=0123456789ABCDEF"},
        {"setpoint.applied", "nothing=0123456789abcdef"},
        {"setpoint.applied", "a-name-of-a-field-that-is-far-too-long=0123456789abcdef"},
        {"setpoint.applied", "=0123456789abcdef"},
    };
    struct arena arena;
    arena_init(&arena);
    struct value keys = mark_to_metadata(&whole, &arena);
    for (unsigned i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        const char *cells[32];
        struct mark read;
        bool is_whole;
        for (unsigned k = 0; k < keys.rows; k++) {
            const char *key = value_cell(keys, k, 0);
            cells[k * 2] = key;
            cells[k * 2 + 1] = strcmp(key, hostile[i].key) == 0 ? hostile[i].value : value_cell(keys, k, 1);
        }
        struct value spoilt = {keys.rows, 2, cells};
        assert_true(mark_from_metadata(spoilt, &read, &is_whole));
        assert_false(is_whole);
        assert_false(mark_has(&read, hostile[i].key));
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_comes_back_as_it_was_written),
        cmocka_unit_test(a_description_carries_mark_and_text),
        cmocka_unit_test(a_broken_description_is_not_whole),
        cmocka_unit_test(the_longest_mark_fits),
        cmocka_unit_test(each_key_that_is_stripped_is_missed),
        cmocka_unit_test(a_server_without_our_keys_has_no_mark),
        cmocka_unit_test(hostile_values_make_no_whole_mark),
    };
    return UNIT_RUN(tests);
}
