#include "tests/unit/unit.h"

#include "tests/unit/manifests_support.h"
#include "tests/unit/scratch.h"

#define KEY   "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx"
#define OTHER "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINXA6rsVaE/Ft89F9v5lgaOytHxRRIAuTiK0F599y2Q8"

#define KEYPAIR(name, spec)                                                                                  \
    "{apiVersion: setpoint/v1, kind: Keypair, metadata: {name: " name "}, spec: {" spec "}}\n"
#define INLINE "publicKey: {inline: \"" KEY " ops\"}"

static struct reading reading;
static char *lines;

/* The cloud "big" has key pairs, "small" has none, "gone" is not configured. */
static bool read_scratch(const char *text)
{
    static const struct transition row = {.call = CALL_REGISTER_KEYPAIR, .from = PHASE_BIT(PHASE_GONE)};
    struct traits wide = support_wide;
    wide.transitions = &row;
    wide.transition_count = 1;
    wide.keypair.name_max = 12;
    wide.keypair.characters = "_-";
    struct cloud_config clouds[] = {{.name = "big", .traits = &wide},
                                    {.name = "small", .traits = &support_narrow}};
    struct config config = {.clouds = clouds, .cloud_count = 2};
    struct source_config source = support_source(scratch);
    write_text(scratch_path("m.yaml"), text);
    memory_free(lines);
    reading_release(&reading);
    bool sound = source_read(&source, &config, support_traits, &reading);
    lines = support_lines(&reading.mistakes, scratch);
    return sound;
}

static int tear_down(void **state)
{
    memory_free(TAKE(lines));
    reading_release(&reading);
    return scratch_remove(state);
}

static void assert_keypair(uint32_t place, const char *name, const char *cloud, const char *key_name,
                           const char *public_key)
{
    assert_true(place < reading.generation->keypair_count);
    const struct keypair_spec *keypair = &reading.generation->keypairs[place];
    assert_string_equal(keypair->name, name);
    assert_string_equal(keypair->cloud, cloud);
    assert_string_equal(keypair->key_name, key_name);
    assert_string_equal(keypair->public_key, public_key);
}

static void test_one_row_for_each_cloud(void **state)
{
    (void)state;
    assert_int_equal(mkdir(scratch_path("keys"), 0700), 0);
    write_text(scratch_path("keys/ops.pub"), OTHER " ops@example\n");
    assert_true(
        read_scratch(KEYPAIR("ops", "clouds: [gone, big], publicKey: {file: keys/ops.pub}") "---\n" KEYPAIR(
            "a", "clouds: [big], name: Ops_1, " INLINE)));
    assert_true(reading.empty);
    assert_int_equal(reading.generation->count, 0);
    assert_int_equal(reading.generation->keypair_count, 3);
    assert_keypair(0, "a", "big", "Ops_1", KEY " ops");
    assert_keypair(1, "ops", "big", "ops", OTHER " ops@example");
    assert_keypair(2, "ops", "gone", "ops", OTHER " ops@example");
    assert_int_equal(reading.generation->keypairs[0].line, 3);
}

/* Another key in the file is another revision. */
static void test_the_file_counts_for_the_revision(void **state)
{
    char first[17];
    (void)state;
    write_text(scratch_path("ops.pub"), KEY);
    assert_true(read_scratch(KEYPAIR("ops", "clouds: [big], publicKey: {file: ops.pub}")));
    assert_true(text_copy(first, sizeof first, reading.generation->revision));
    write_text(scratch_path("ops.pub"), OTHER);
    assert_true(read_scratch(KEYPAIR("ops", "clouds: [big], publicKey: {file: ops.pub}")));
    assert_string_not_equal(reading.generation->revision, first);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *mistakes;
    } rows[] = {
        {KEYPAIR("a", "clouds: [big, small], " INLINE),
         "m.yaml:1:84: cloud \"small\" (narrow) has no operation that registers a key pair; take it out of "
         "\"clouds\"\n"},
        {KEYPAIR("a", "clouds: [bigg], " INLINE),
         "m.yaml:1:79: cloud \"bigg\" is not among the clouds of this source; did you mean \"big\"?\n"},
        {KEYPAIR("a", "clouds: [], " INLINE),
         "m.yaml:1:78: \"clouds\" is an empty list; name at least one\n"},
        {KEYPAIR("a", "clouds: [big]"), "m.yaml:1:63: missing key \"publicKey\"; it must be a map\n"},
        {KEYPAIR("a", "clouds: [big], name: a.b, " INLINE),
         "m.yaml:1:91: the key pair's name is \"a.b\"; cloud \"big\" allows letters, digits and \"_-\": give "
         "another spec.name\n"},
        {KEYPAIR("a-long-name-it-is", "clouds: [big], " INLINE),
         "m.yaml:1:59: the key pair's name has 17 characters; cloud \"big\" allows 12: give a shorter "
         "spec.name\n"},
        {KEYPAIR("a", "clouds: [big], publicKey: {}"),
         "m.yaml:1:85: \"publicKey\" says nothing; give one of file, inline\n"},
        {KEYPAIR("a", "clouds: [big], publicKey: {file: missing.pub}"),
         "m.yaml:1:103: public key file \"missing.pub\" does not exist; create it, or correct the path\n"},
        {KEYPAIR("a", "clouds: [big], publicKey: {file: ../x.pub}"),
         "m.yaml:1:103: public key file \"../x.pub\" leads out of the source's directory (or by an absolute "
         "link); keep it below\n"},
        {KEYPAIR("a", "clouds: [big], publicKey: {file: id}"),
         "m.yaml:1:103: file \"id\": this looks like a private key; take it away from here, and give the "
         "public one (the .pub file beside it)\n"},
        {KEYPAIR("a", "clouds: [big], publicKey: {file: binary}"),
         "m.yaml:1:103: public key file \"binary\" is no text; give the .pub file of an SSH key\n"},
        {KEYPAIR("a", "clouds: [big], publicKey: {inline: \"-----BEGIN OPENSSH PRIVATE KEY-----\"}"),
         "m.yaml:1:105: \"inline\": this looks like a private key; take it away from here, and give the "
         "public "
         "one (the .pub file beside it)\n"},
        {KEYPAIR("a", "clouds: [big], " INLINE) "---\n" KEYPAIR("b", "clouds: [gone, big], name: a, " INLINE),
         "m.yaml:3:1: Keypair \"b\" wants the name \"a\" on cloud \"big\" as \"a\" does; only one can have "
         "it\n"},
    };
    (void)state;
    write_text(scratch_path("id"), "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n");
    write_bytes(scratch_path("binary"), "s\0s\0h\0", 6);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_false(read_scratch(rows[i].text));
        assert_string_equal(lines, rows[i].mistakes);
    }
}

static void test_one_name_twice(void **state)
{
    (void)state;
    assert_false(
        read_scratch(KEYPAIR("a", "clouds: [big], " INLINE) "---\n" KEYPAIR("a", "clouds: [gone], " INLINE)));
    assert_non_null(strstr(lines, "m.yaml:3:59: a second Keypair \"a\"; the other is at "));
}

static void test_too_many(void **state)
{
    struct text text;
    (void)state;
    text_init(&text, 1 << 20);
    for (int i = 0; i <= LIMIT_KEYPAIRS; i++)
        text_addf(&text,
                  "---\n{apiVersion: setpoint/v1, kind: Keypair, metadata: {name: k%d}, spec: {clouds: "
                  "[big], " INLINE "}}\n",
                  i);
    assert_false(read_scratch(text.bytes));
    assert_non_null(
        strstr(lines, "1001 key pairs in this source, each cloud counted; at most 1000 are allowed"));
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_row_for_each_cloud, scratch_make, tear_down),
        cmocka_unit_test_setup_teardown(test_the_file_counts_for_the_revision, scratch_make, tear_down),
        cmocka_unit_test_setup_teardown(test_mistakes, scratch_make, tear_down),
        cmocka_unit_test_setup_teardown(test_one_name_twice, scratch_make, tear_down),
        cmocka_unit_test_setup_teardown(test_too_many, scratch_make, tear_down),
    };
    return UNIT_RUN(tests);
}
