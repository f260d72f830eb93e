#include "tests/unit/unit.h"

#include <stdio.h>

#include "manifests/tree.h"
#include "reconcile/base/limits.h"
#include "tests/unit/manifests_support.h"

struct parsed {
    struct arena arena;
    struct origin origin;
    struct documents documents;
    struct mistakes mistakes;
    bool sound;
};

static void parse_bytes(struct parsed *out, const char *bytes, size_t size)
{
    *out = (struct parsed){.origin = {"f.yaml", NULL}};
    struct intern texts;
    intern_init(&texts, &out->arena);
    out->sound = tree_parse(bytes, size, &out->origin, &texts, &out->documents, &out->mistakes);
    intern_release(&texts);
}

static void parsed_release(struct parsed *parsed)
{
    documents_release(&parsed->documents);
    mistakes_release(&parsed->mistakes);
    arena_release(&parsed->arena);
}

static void test_positions_and_kinds(void **state)
{
    static const char text[] = "# comment\n"
                               "a: 1\n"
                               "b:\n"
                               "  - x\n"
                               "  - {c: \"1\", d: null}\n"
                               "가: |\n"
                               "  two\n"
                               "  lines\n"
                               "---\n"
                               "---\n"
                               "[true, 1.5, !!str 7]\n";
    struct parsed parsed;
    (void)state;
    parse_bytes(&parsed, text, strlen(text));
    assert_true(parsed.sound);
    assert_int_equal(parsed.documents.count, 2);
    const struct node *root = &parsed.documents.items[0];
    assert_int_equal(root->line, 2);
    assert_int_equal(node_child(root, "a")->kind, NODE_INT);
    assert_int_equal(node_child(root, "a")->column, 4);
    const struct node *map = &node_child(root, "b")->items[1];
    assert_int_equal(map->line, 5);
    assert_int_equal(map->column, 5);
    assert_int_equal(node_pair(map, "d")->key.column, 14);
    assert_int_equal(node_pair(map, "d")->value.column, 17);
    assert_int_equal(node_child(map, "c")->kind, NODE_TEXT);
    assert_int_equal(node_child(map, "d")->kind, NODE_NULL);
    assert_int_equal(node_child(root, "가")->column, 4);
    assert_string_equal(node_child(root, "가")->text, "two\nlines\n");
    const struct node *list = &parsed.documents.items[1];
    assert_int_equal(list->items[0].kind, NODE_BOOL);
    assert_int_equal(list->items[1].kind, NODE_FLOAT);
    assert_int_equal(list->items[2].kind, NODE_TEXT);
    assert_ptr_equal(node_at(root, "b"), node_child(root, "b"));
    assert_null(node_at(root, "a.x"));
    assert_null(node_at(root, "aa"));
    parsed_release(&parsed);
}

static void test_aliases_share(void **state)
{
    static const char text[] = "a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]\n";
    struct parsed parsed;
    (void)state;
    parse_bytes(&parsed, text, strlen(text));
    assert_true(parsed.sound);
    const struct node *root = &parsed.documents.items[0];
    const struct node *a = node_child(root, "a"), *b = node_child(root, "b");
    assert_int_equal(b->kind, NODE_MAP);
    assert_ptr_equal(a->pairs, b->pairs);
    assert_int_equal(a->weight, 5);
    assert_int_equal(root->weight, 1 + 3 + 5 + 5 + 11);
    parsed_release(&parsed);
}

/* What stands in the file, and the one mistake that is to come of it. */
static void test_syntax_mistakes(void **state)
{
    static const struct {
        const char *text, *mistake;
    } rows[] = {
        {"a:\n\tb: 1\n", "2:1: a tab in the indentation; indent with spaces"},
        {"a:\n  - x\n\t- y\n", "3:1: a tab in the indentation; indent with spaces"},
        {"a: b: c\n", "1:5: a \": \" where no key can stand; quote the text, or check the indentation"},
        {"a: 1\n b: 2\n", "2:3: a \": \" where no key can stand; quote the text, or check the indentation"},
        {"a: \"x\n", "2:1: the quoted text that begins in line 1 is not closed; add the quote"},
        {"a: 'x\n---\nb: 1\n", "2:1: the quoted text that begins in line 1 is not closed; add the quote"},
        {"a: 1\nb\nc: 2\n", "3:1: the key in line 2 has no colon; write key: value"},
        {"a: [1, 2\nb: 3\n", "2:2: the list opened by [ in line 1 is not closed; add ] or a comma"},
        {"a: {b: 1\n", "2:1: the map opened by { in line 1 is not closed; add } or a comma"},
        {"a: [1,, 2]\n", "1:7: a value is missing between commas or brackets; write it"},
        {"a: 1\n- b\n",
         "2:1: not a key of the map that begins in line 1; keys of one map stand in one column, text with "
         "\": \" or \" #\" in quotes"},
        {"- a\nb: 1\n",
         "2:1: not an item of the list that begins in line 1; items begin with \"- \" in one column"},
        {"a: @x\n", "1:4: a value cannot begin with @; put the text in quotes"},
        {"a: `x`\n", "1:4: a value cannot begin with `; put the text in quotes"},
        {"a: %x\n", "1:4: a value cannot begin with %; put the text in quotes"},
        {"a: *.log\n", "1:5: a * or & that begins no alias or anchor; put the text in quotes"},
        {"a: \"\\d\"\n", "1:5: an unknown escape in double quotes; use single quotes, or write \\\\"},
        {"a: *x\n", "1:4: an alias without its anchor; define it before with &NAME"},
        {"a: &x [*x]\n", "1:8: an alias inside its own anchor; write the value out"},
        {"a: &x 1\n---\nb: *x\n", "3:4: an alias without its anchor; define it before with &NAME"},
        {"a: !!int 3\n", "1:4: a YAML tag; remove it, the type follows from the key"},
        {"a: !x {}\n", "1:4: a YAML tag; remove it, the type follows from the key"},
        {"a: !x!y z\n", "1:4: a YAML tag; remove it, or put the text in quotes"},
        {"? [a]\n: b\n", "1:3: a key that is a list or a map; a key must be text"},
        {"a: - b\n", "1:4: a list item where no list can stand; begin the list on a line of its own"},
        {"a: 1\nb: 2\na: 3\n", "3:1: key \"a\" stands twice; the other is at 1:1"},
        {"a: \"x\\0y\"\n", "1:4: a NUL character; remove it"},
        {"\xEF\xBB\xBF"
         "a: @x\n",
         "1:4: a value cannot begin with @; put the text in quotes"},
        {"a: 1\n---\n\xEF\xBB\xBF"
         "b: 2\n",
         "3:1: control character U+FEFF; remove it, or write it as an escape in double quotes"},
        {"a: b\xFF\n", "1:5: not UTF-8; save the file as UTF-8 text"},
        {"a: \xC0\x80\n", "1:4: not UTF-8; save the file as UTF-8 text"},
        {"a: \xED\xA0\x80\n", "1:4: not UTF-8; save the file as UTF-8 text"},
        {"a: \xF4\x90\x80\x80\n", "1:4: not UTF-8; save the file as UTF-8 text"},
        {"\xFF\xFE"
         "a",
         "1:1: the file is UTF-16; save it as UTF-8"},
        {"a: 1\nb: \x07\n",
         "2:4: control character U+0007; remove it, or write it as an escape in double quotes"},
        {"--- |x\n a\n", "1:6: text behind a block's | or >; write it in the next line"},
        {"a: 1\n}\n", "2:1: not a key of the map that begins in line 1; keys of one map stand in one column, "
                      "text with \": \" "
                      "or \" #\" in quotes"},
        {"%YAML 3.0\n---\na: 1\n", "1:1: a %YAML directive of another version; remove the line"},
        {"[a] b\n", "1:5: a second value behind the document's end; separate documents by a line ---"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed parsed;
        parse_bytes(&parsed, rows[i].text, strlen(rows[i].text));
        char *lines = support_lines(&parsed.mistakes, "");
        char expected[300];
        snprintf(expected, sizeof expected, "f.yaml:%s\n", rows[i].mistake);
        assert_false(parsed.sound);
        if (strcmp(lines, expected) != 0) fail_msg("%s\ngave %sinstead of %s", rows[i].text, lines, expected);
        memory_free(lines);
        parsed_release(&parsed);
    }
}

static void test_byte_order_mark_is_skipped(void **state)
{
    struct parsed parsed;
    (void)state;
    parse_bytes(&parsed,
                "\xEF\xBB\xBF"
                "a: 1\n",
                8);
    assert_true(parsed.sound);
    assert_non_null(node_child(&parsed.documents.items[0], "a"));
    parsed_release(&parsed);
}

static void test_whole_documents_before_a_mistake_are_kept(void **state)
{
    static const char text[] = "a: 1\n---\nb: 2\n---\nc: [\n";
    struct parsed parsed;
    (void)state;
    parse_bytes(&parsed, text, strlen(text));
    assert_false(parsed.sound);
    assert_int_equal(parsed.documents.count, 2);
    parsed_release(&parsed);
}

static void test_depth_is_bounded(void **state)
{
    static char text[90000];
    struct parsed parsed;
    (void)state;
    memset(text, '[', sizeof text);
    parse_bytes(&parsed, text, sizeof text);
    assert_int_equal(parsed.mistakes.count, 1);
    assert_int_equal(parsed.mistakes.items[0].column, LIMIT_YAML_DEPTH + 1);
    parsed_release(&parsed);
    memset(text, '[', LIMIT_YAML_DEPTH);
    memset(text + LIMIT_YAML_DEPTH, ']', LIMIT_YAML_DEPTH);
    parse_bytes(&parsed, text, 2 * LIMIT_YAML_DEPTH);
    assert_true(parsed.sound);
    parsed_release(&parsed);
}

static void test_alias_bomb_is_counted_not_built(void **state)
{
    AUTO_TEXT struct text text;
    struct parsed parsed;
    (void)state;
    text_init(&text, 4096);
    text_add(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++)
        text_addf(&text, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1);
    assert_false(text.overflow);
    parse_bytes(&parsed, text.bytes, text.length);
    assert_false(parsed.sound);
    assert_non_null(strstr(parsed.mistakes.items[0].text, "more than 4194304 values"));
    assert_true(parsed.arena.used < 1 << 20);
    parsed_release(&parsed);
}

static void test_many_anchors_are_refused(void **state)
{
    AUTO_TEXT struct text text;
    struct parsed parsed;
    (void)state;
    text_init(&text, 1 << 20);
    for (int i = 0; i <= TREE_ANCHORS_MAX; i++)
        text_addf(&text, "- &a%d x\n", i);
    parse_bytes(&parsed, text.bytes, text.length);
    assert_false(parsed.sound);
    assert_int_equal(parsed.mistakes.items[0].line, TREE_ANCHORS_MAX + 1);
    parsed_release(&parsed);
}

/* No input may crash it, whatever it answers. Each prefix and each single broken byte of a rich document. */
static void test_broken_inputs(void **state)
{
    static const char rich[] = "a: &x {b: [1, \"q\\n\", 'z']}\nc: |-\n  t\n---\n? k\n: - *x\n  - !!str "
                               "1\n...\n%TAG ! t:\n--- >\n f\n";
    static const char bytes[] = {'\0', '\t', '[', '{', '"', '*', '&', '!', ':', '-', '\n', (char)0xFF, ' '};
    char broken[sizeof rich];
    struct parsed parsed;
    (void)state;
    for (size_t size = 0; size < sizeof rich; size++) {
        parse_bytes(&parsed, rich, size);
        assert_true(parsed.sound == (parsed.mistakes.count == 0));
        parsed_release(&parsed);
    }
    for (size_t at = 0; at < sizeof rich - 1; at++)
        for (size_t i = 0; i < sizeof bytes; i++) {
            memcpy(broken, rich, sizeof rich);
            broken[at] = bytes[i];
            parse_bytes(&parsed, broken, sizeof rich - 1);
            assert_true(parsed.sound == (parsed.mistakes.count == 0));
            parsed_release(&parsed);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions_and_kinds),
        cmocka_unit_test(test_aliases_share),
        cmocka_unit_test(test_syntax_mistakes),
        cmocka_unit_test(test_byte_order_mark_is_skipped),
        cmocka_unit_test(test_whole_documents_before_a_mistake_are_kept),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_alias_bomb_is_counted_not_built),
        cmocka_unit_test(test_many_anchors_are_refused),
        cmocka_unit_test(test_broken_inputs),
    };
    return UNIT_RUN(tests);
}
