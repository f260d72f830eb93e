#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/manifests_support.h"
#include "tests/unit/scratch.h"

#define GOOD(name)                                                                                           \
    "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: " name                                        \
    "}\nspec: {cloud: big, flavor: f, image: i}\n"

static struct reading reading;
static char *lines;

static bool read_scratch(void)
{
    struct source_config source = support_source(scratch);
    memory_free(lines);
    reading_release(&reading);
    bool sound = source_read(&source, &support_config, support_traits, &reading);
    lines = support_lines(&reading.mistakes, scratch);
    return sound;
}

static int tear_down(void **state)
{
    memory_free(TAKE(lines));
    reading_release(&reading);
    return scratch_remove(state);
}

static void make_directory(const char *name)
{
    assert_int_equal(mkdir(scratch_path(name), 0755), 0);
}

static void make_link(const char *target, const char *name)
{
    assert_int_equal(symlink(target, scratch_path(name)), 0);
}

static const struct spec *spec_named(const char *name)
{
    for (uint32_t i = 0; i < reading.generation->count; i++)
        if (strcmp(reading.generation->specs[i].name, name) == 0) return &reading.generation->specs[i];
    fail_msg("no spec %s", name);
    return NULL;
}

static void test_whole_instance(void **state)
{
    (void)state;
    make_directory("sub");
    make_directory("sub/init");
    write_text(scratch_path("sub/init/db.sh"), "foo");
    write_text(scratch_path("sub/db.yml"),
               "# a comment first\n"
               "apiVersion: setpoint/v1\n"
               "kind: Instance\n"
               "metadata:\n"
               "  name: db-master\n"
               "  labels: {tier: db, env: prod}\n"
               "  was: prod/db\n"
               "spec:\n"
               "  cloud: big\n"
               "  name: DB Master\n"
               "  adopt: 0f8b\n"
               "  flavor: m2.c4m8\n"
               "  image: Rocky Linux 9\n"
               "  zone: kr-pub-a\n"
               "  keypair: ops\n"
               "  networks: [{subnet: s1, fixedIp: 10.0.0.5}, {uuid: n1}, {network: n2}, {port: p1}]\n"
               "  securityGroups: [default, db]\n"
               "  rootDisk: {size: 100GiB, type: General SSD}\n"
               "  volumes: [{id: v2}, {id: v1}]\n"
               "  userData: {file: init/db.sh}\n"
               "  metadata: {team: data, a: b}\n"
               "  floatingIp: 203.0.113.7\n"
               "  power: stopped\n"
               "  lifecycle:\n"
               "    protect: true\n"
               "    onError: hold\n"
               "    onStuck: hold\n"
               "    buildTimeout: 20m\n"
               "    ignore: [flavor, zone]\n"
               "    createOnly: []\n");
    static const char *const shown[FIELD_COUNT] = {
        [FIELD_NAME] = "DB Master",
        [FIELD_POWER] = "stopped",
        [FIELD_FLAVOR] = "m2.c4m8",
        [FIELD_IMAGE] = "Rocky Linux 9",
        [FIELD_ZONE] = "kr-pub-a",
        [FIELD_KEYPAIR] = "ops",
        [FIELD_NETWORKS] = "subnet|s1|10.0.0.5|network|n1||network|n2||port|p1||",
        [FIELD_SECURITY_GROUPS] = "db|default|",
        [FIELD_ROOT_DISK] = "100|General SSD|true|",
        [FIELD_VOLUMES] = "v1|v2|",
        [FIELD_USER_DATA] = "Zm9v",
        [FIELD_METADATA] = "a|b|team|data|",
        [FIELD_FLOATING_IP] = "203.0.113.7",
    };
    assert_true(read_scratch());
    assert_int_equal(reading.generation->count, 1);
    assert_int_equal(reading.generation->files, 1);
    assert_string_equal(reading.generation->source, "prod");
    const struct spec *spec = &reading.generation->specs[0];
    assert_string_equal(spec->name, "db-master");
    assert_string_equal(spec->was, "prod/db");
    assert_string_equal(spec->adopt, "0f8b");
    assert_string_equal(spec->cloud, "big");
    assert_string_equal(value_find(spec->labels, "tier"), "db");
    assert_string_equal(value_cell(spec->labels, 0, 0), "env");
    assert_int_equal(spec->line, 2);
    assert_int_equal(spec->column, 1);
    assert_non_null(strstr(spec->file, "/sub/db.yml"));
    assert_int_equal(spec->managed, FIELD_BIT(FIELD_COUNT) - 1);
    assert_int_equal(spec_power(spec), PHASE_STOPPED);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        char cells[256] = "";
        struct value value = spec->values[i];
        assert_int_equal(value.columns, field_row((enum field)i)->columns);
        for (int cell = 0; cell < value.rows * value.columns; cell++) {
            size_t at = strlen(cells);
            snprintf(cells + at, sizeof cells - at, "%s%s", value.cells[cell],
                     field_row((enum field)i)->shape == SHAPE_SCALAR ? "" : "|");
        }
        assert_string_equal(cells, shown[i]);
    }
    assert_true(spec->lifecycle.protect);
    assert_int_equal(spec->lifecycle.on_error, ON_ERROR_HOLD);
    assert_int_equal(spec->lifecycle.on_stuck, ON_STUCK_HOLD);
    assert_int_equal(spec->lifecycle.on_immutable, ON_IMMUTABLE_BLOCK);
    assert_int_equal(spec->lifecycle.build_timeout_ms, 20 * 60000);
    assert_int_equal(spec->lifecycle.ignore, FIELD_BIT(FIELD_FLAVOR) | FIELD_BIT(FIELD_ZONE));
    assert_int_equal(spec->lifecycle.create_only, 0);
    assert_int_equal(spec->hash, spec_hash(spec));
}

static void test_absent_is_not_managed(void **state)
{
    (void)state;
    write_text(scratch_path("a.yaml"), GOOD("a"));
    assert_true(read_scratch());
    const struct spec *spec = &reading.generation->specs[0];
    assert_int_equal(spec->managed, FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_POWER) | FIELD_BIT(FIELD_FLAVOR) |
                                        FIELD_BIT(FIELD_IMAGE));
    assert_string_equal(value_scalar(spec->values[FIELD_NAME]), "a");
    assert_string_equal(value_scalar(spec->values[FIELD_POWER]), "running");
    assert_null(spec->was);
    assert_null(spec->adopt);
    assert_int_equal(spec->labels.rows, 0);
}

static void test_merging(void **state)
{
    (void)state;
    make_directory("shared");
    write_text(scratch_path("shared/u.sh"), "of the class");
    write_text(scratch_path("shared/class.yaml"),
               "apiVersion: setpoint/v1\nkind: Class\nmetadata: {name: base}\n"
               "spec:\n  cloud: big\n  flavor: f1\n  image: i1\n  zone: z1\n  keypair: k1\n  power: stopped\n"
               "  securityGroups: [a, b]\n  networks: [{subnet: s}]\n"
               "  rootDisk: {size: 10GiB, type: T, deleteOnTermination: false}\n"
               "  metadata: {one: \"1\", two: \"2\"}\n  userData: {file: u.sh}\n"
               "  lifecycle: {protect: true, ignore: [zone], buildTimeout: 1m}\n");
    write_text(
        scratch_path("i.yaml"),
        "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: takes-all}\nspec: {class: base}\n---\n"
        "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: takes-away}\n"
        "spec:\n  class: base\n  zone: null\n  power: null\n  networks: null\n  rootDisk: {type: null, size: "
        "20GiB}\n"
        "  metadata: {two: null, three: \"3\"}\n  userData: {inline: of the instance}\n  securityGroups: []\n"
        "  lifecycle: {protect: null, ignore: [], onError: hold}\n");
    assert_true(read_scratch());
    const struct spec *all = spec_named("takes-all"), *away = spec_named("takes-away");
    assert_string_equal(value_scalar(all->values[FIELD_ZONE]), "z1");
    assert_string_equal(value_scalar(all->values[FIELD_POWER]), "stopped");
    assert_string_equal(value_scalar(all->values[FIELD_USER_DATA]), "b2YgdGhlIGNsYXNz");
    assert_string_equal(value_cell(all->values[FIELD_ROOT_DISK], 0, 2), "false");
    assert_true(all->lifecycle.protect);
    assert_int_equal(all->lifecycle.build_timeout_ms, 60000);
    assert_false(away->managed & FIELD_BIT(FIELD_ZONE));
    assert_false(away->managed & FIELD_BIT(FIELD_NETWORKS));
    assert_string_equal(value_scalar(away->values[FIELD_POWER]), "running");
    assert_string_equal(value_cell(away->values[FIELD_ROOT_DISK], 0, 0), "20");
    assert_string_equal(value_cell(away->values[FIELD_ROOT_DISK], 0, 1), "");
    assert_string_equal(value_cell(away->values[FIELD_ROOT_DISK], 0, 2), "false");
    assert_int_equal(away->values[FIELD_METADATA].rows, 2);
    assert_string_equal(value_find(away->values[FIELD_METADATA], "one"), "1");
    assert_string_equal(value_find(away->values[FIELD_METADATA], "three"), "3");
    assert_string_equal(value_scalar(away->values[FIELD_USER_DATA]), "b2YgdGhlIGluc3RhbmNl");
    assert_true(away->managed & FIELD_BIT(FIELD_SECURITY_GROUPS));
    assert_int_equal(away->values[FIELD_SECURITY_GROUPS].rows, 0);
    assert_false(away->lifecycle.protect);
    assert_int_equal(away->lifecycle.ignore, 0);
    assert_int_equal(away->lifecycle.on_error, ON_ERROR_HOLD);
    assert_int_equal(away->lifecycle.build_timeout_ms, 60000);
}

static void test_equal_wishes_have_equal_hashes(void **state)
{
    (void)state;
    write_text(scratch_path("a.yaml"), GOOD("a"));
    assert_true(read_scratch());
    uint64_t hash = reading.generation->specs[0].hash;
    char revision[32];
    snprintf(revision, sizeof revision, "%s", reading.generation->revision);
    assert_int_equal(strlen(revision), 16);
    assert_true(read_scratch());
    assert_string_equal(reading.generation->revision, revision);
    write_text(scratch_path("a.yaml"), "# moved\n\n" GOOD("a"));
    assert_true(read_scratch());
    assert_true(reading.generation->specs[0].hash == hash);
    assert_string_not_equal(reading.generation->revision, revision);
    write_text(scratch_path("a.yaml"),
               "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a}\nspec: {cloud: big, flavor: "
               "f2, image: i}\n");
    assert_true(read_scratch());
    assert_true(reading.generation->specs[0].hash != hash);
}

static void test_user_data_is_part_of_the_revision(void **state)
{
    char revision[32];
    (void)state;
    write_text(scratch_path("u"), "one");
    write_text(scratch_path("a.yaml"),
               "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a}\nspec: {cloud: big, flavor: "
               "f, image: i, userData: {file: u}}\n");
    assert_true(read_scratch());
    snprintf(revision, sizeof revision, "%s", reading.generation->revision);
    write_text(scratch_path("u"), "two");
    assert_true(read_scratch());
    assert_string_not_equal(reading.generation->revision, revision);
}

static void test_sorted_and_skipped(void **state)
{
    (void)state;
    make_directory("z");
    make_directory(".git");
    write_text(scratch_path("z/b.yaml"), GOOD("a"));
    write_text(scratch_path("a.yml"), GOOD("c") "---\n" GOOD("b"));
    write_text(scratch_path("notes.txt"), "not: [yaml");
    write_text(scratch_path(".a.yaml.swp"), "[");
    write_text(scratch_path(".hidden.yaml"), "[");
    write_text(scratch_path(".git/x.yaml"), "[");
    make_link("nowhere", ".#lock.yaml");
    assert_true(read_scratch());
    assert_int_equal(reading.generation->count, 3);
    assert_string_equal(reading.generation->specs[0].name, "a");
    assert_string_equal(reading.generation->specs[1].name, "b");
    assert_string_equal(reading.generation->specs[2].name, "c");
}

static void test_empty_and_missing(void **state)
{
    char gone[80];
    struct source_config source = support_source(gone);
    (void)state;
    assert_true(read_scratch());
    assert_true(reading.empty);
    assert_int_equal(reading.generation->count, 0);
    write_text(scratch_path("class.yaml"),
               "apiVersion: setpoint/v1\nkind: Class\nmetadata: {name: c}\nspec: {}\n");
    assert_true(read_scratch());
    assert_true(reading.empty);
    reading_release(&reading);
    snprintf(gone, sizeof gone, "%s/gone", scratch);
    assert_false(source_read(&source, NULL, support_traits, &reading));
    assert_true(reading.missing);
    assert_false(reading.empty);
    assert_int_equal(reading.mistakes.count, 1);
    assert_string_equal(reading.mistakes.items[0].file, gone);
    assert_string_equal(reading.mistakes.items[0].text, "does not exist; create it, or correct the path");
    reading_release(&reading);
    snprintf(gone, sizeof gone, "%s/class.yaml", scratch);
    assert_false(source_read(&source, NULL, support_traits, &reading));
    assert_true(reading.missing);
    assert_string_equal(reading.mistakes.items[0].text,
                        "is no directory; name the directory that holds the files");
}

static void test_links(void **state)
{
    (void)state;
    make_directory("releases");
    make_directory("releases/1");
    write_text(scratch_path("releases/1/a.yaml"), GOOD("a"));
    make_link("releases/1", "current");
    make_link("releases/1/a.yaml", "same.yaml");
    make_link("..", "releases/1/up");
    assert_true(read_scratch());
    assert_int_equal(reading.generation->count, 1);
    assert_int_equal(reading.generation->files, 1);
    make_link("nowhere.yaml", "dangling.yaml");
    make_link("nowhere", "dangling-directory");
    make_link("self.yaml", "self.yaml");
    make_link("/etc", "outside");
    make_link("../../etc/hostname", "outside.yaml");
    make_link("/etc/hostname", "harmless");
    assert_false(read_scratch());
    assert_string_equal(
        lines,
        "dangling-directory: a link to something that does not exist; remove it, or put its target back\n"
        "dangling.yaml: a link to something that does not exist; remove it, or put its target back\n"
        "outside: leads out of the source's directory (or by an absolute link); keep it below\n"
        "outside.yaml: leads out of the source's directory (or by an absolute link); keep it below\n"
        "self.yaml: a link that leads to itself; remove it\n");
}

static void test_linked_root(void **state)
{
    char root[80];
    struct source_config source = support_source(root);
    (void)state;
    make_directory("1");
    write_text(scratch_path("1/a.yaml"), GOOD("a"));
    make_link("1", "current");
    snprintf(root, sizeof root, "%s/current", scratch);
    assert_true(source_read(&source, NULL, support_traits, &reading));
    assert_int_equal(reading.generation->count, 1);
}

static void test_things_that_are_no_files(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)state;
    assert_int_equal(mkfifo(scratch_path("fifo.yaml"), 0600), 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", scratch_path("socket.yml"));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    make_link("fifo.yaml", "link.yaml");
    make_directory("directory.yaml");
    write_text(scratch_path("good.yaml"), GOOD("a"));
    assert_false(read_scratch());
    assert_string_equal(lines, "fifo.yaml: is a FIFO; it must be a regular file\n"
                               "link.yaml: is a FIFO; it must be a regular file\n"
                               "socket.yml: is a socket; it must be a regular file\n");
}

static void test_unreadable(void **state)
{
    (void)state;
    make_directory("closed");
    write_text(scratch_path("secret.yaml"), GOOD("a"));
    assert_int_equal(chmod(scratch_path("secret.yaml"), 0), 0);
    assert_int_equal(chmod(scratch_path("closed"), 0), 0);
    assert_int_equal(chmod(scratch, 0755), 0);
    bool root = geteuid() == 0;
    if (root) assert_int_equal(seteuid(65534), 0);
    bool sound = read_scratch();
    if (root) assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(scratch_path("closed"), 0700), 0);
    assert_false(sound);
    assert_false(reading.missing);
    assert_string_equal(lines,
                        "closed: cannot be read: Permission denied; let the user that reads it do so\n"
                        "secret.yaml: cannot be read: Permission denied; let the user that reads it do so\n");
}

static void test_unreadable_root_is_missing(void **state)
{
    (void)state;
    write_text(scratch_path("a.yaml"), GOOD("a"));
    assert_int_equal(chmod(scratch, 0), 0);
    bool root = geteuid() == 0;
    if (root) assert_int_equal(seteuid(65534), 0);
    bool sound = read_scratch();
    if (root) assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(scratch, 0700), 0);
    assert_false(sound);
    assert_true(reading.missing);
    assert_int_equal(reading.mistakes.count, 1);
    assert_string_equal(reading.mistakes.items[0].file, scratch);
}

static void test_sizes(void **state)
{
    (void)state;
    int fd = open(scratch_path("large.yaml"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(fd, 100 << 20), 0);
    close(fd);
    assert_false(read_scratch());
    assert_string_equal(lines,
                        "large.yaml: has 104857600 bytes; at most 16777216 are read; split the file\n");
    assert_int_equal(unlink(scratch_path("large.yaml")), 0);
    fd = open(scratch_path("u"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(fd, 49150), 0);
    close(fd);
    write_text(scratch_path("a.yaml"),
               "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a}\nspec: {cloud: big, flavor: "
               "f, image: i, userData: {file: u}}\n");
    assert_false(read_scratch());
    assert_string_equal(lines, "a.yaml:4:58: user data file \"u\" has 49150 bytes; at most 49149 are read\n");
}

static void test_user_data_stays_inside(void **state)
{
    (void)state;
    char secret[] = "/tmp/setpoint-secret-XXXXXX";
    int fd = mkstemp(secret);
    close(fd);
    make_directory("m");
    make_link(secret, "m/link");
    assert_int_equal(mkfifo(scratch_path("m/fifo"), 0600), 0);
    write_text(scratch_path("above.sh"), "x");
    const char *const rows[][2] = {
        {"link", "m/a.yaml:4:58: user data file \"link\" leads out of the source's directory (or by an "
                 "absolute link); keep it "
                 "below\n"},
        {"fifo", "m/a.yaml:4:58: user data file \"fifo\" is a FIFO; it must be a regular file\n"},
        {".", "m/a.yaml:4:58: user data file \".\" is a directory; it must be a regular file\n"},
        {"../above.sh", ""},
        {"../../above.sh",
         "m/a.yaml:4:58: user data file \"../../above.sh\" leads out of the source's directory (or by an "
         "absolute link); keep it below\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a}\nspec: {cloud: big, flavor: "
                 "f, image: i, userData: "
                 "{file: %s}}\n",
                 rows[i][0]);
        write_text(scratch_path("m/a.yaml"), text);
        read_scratch();
        assert_string_equal(lines, rows[i][1]);
    }
    unlink(secret);
}

/* A Class may stand in the file that cannot be read: then nobody is told that it does not exist. */
static void test_broken_file_hides_no_class(void **state)
{
    (void)state;
    write_text(
        scratch_path("a.yaml"),
        "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a}\nspec: {class: base, cloud: big}\n");
    write_text(scratch_path("b.yaml"), "x: [\n");
    assert_false(read_scratch());
    assert_string_equal(lines, "b.yaml:2:1: a value is missing between commas or brackets; write it\n");
}

static void test_maximum_of_instances(void **state)
{
    struct source_config source = support_source(scratch);
    (void)state;
    source.max_instances = 2;
    write_text(scratch_path("a.yaml"), GOOD("a") "---\n" GOOD("b") "---\n" GOOD("c"));
    assert_false(source_read(&source, NULL, support_traits, &reading));
    lines = support_lines(&reading.mistakes, scratch);
    assert_string_equal(
        lines,
        "a.yaml:11:1: 3 Instances in this source; at most 2 are allowed: raise maxInstances of the Source, "
        "or remove some\n");
}

static void test_validate_paths(void **state)
{
    char directory[80], file[80], missing[80];
    struct source_config sources[] = {{.name = "outer", .clouds = support_cloud_names, .cloud_count = 1},
                                      {.name = "inner", .clouds = support_cloud_names + 1, .cloud_count = 2}};
    struct config config = {
        .clouds = support_clouds, .cloud_count = 2, .sources = sources, .source_count = 2};
    (void)state;
    make_directory("in");
    write_text(scratch_path("in/a.yaml"), GOOD("a"));
    write_text(scratch_path("class"),
               "apiVersion: setpoint/v1\nkind: Class\nmetadata: {name: c}\nspec: {cloud: nowhere, flavor: f, "
               "image: i}\n");
    snprintf(directory, sizeof directory, "%s/in/", scratch);
    snprintf(file, sizeof file, "%s/class", scratch);
    snprintf(missing, sizeof missing, "%s/missing.yaml", scratch);
    const char *const good[] = {directory, file, directory};
    assert_true(paths_read(good, 3, NULL, support_traits, &reading));
    assert_int_equal(reading.generation->count, 1);
    assert_non_null(strstr(reading.generation->specs[0].file, "/in/a.yaml"));
    assert_null(strstr(reading.generation->specs[0].file, "//"));
    reading_release(&reading);
    const char *const bad[] = {missing};
    assert_false(paths_read(bad, 1, NULL, support_traits, &reading));
    assert_string_equal(reading.mistakes.items[0].file, missing);
    reading_release(&reading);
    assert_int_equal(symlink("/etc/passwd", missing), 0);
    assert_false(paths_read(bad, 1, NULL, support_traits, &reading));
    assert_non_null(strstr(reading.mistakes.items[0].text, "leads out of the source's directory"));
    reading_release(&reading);
    unlink(missing);
    sources[0].directory = scratch_path("");
    sources[1].directory = scratch_path("in");
    assert_false(paths_read(good, 1, &config, support_traits, &reading));
    lines = support_lines(&reading.mistakes, scratch);
    assert_string_equal(
        lines, "in/a.yaml:4:15: cloud \"big\" is not among the clouds of this source; known: gone, small\n");
    reading_release(&reading);
    sources[1].directory = "/nowhere";
    assert_true(paths_read(good, 1, &config, support_traits, &reading));
    reading_release(&reading);
    config.source_count = 0;
    assert_true(paths_read(good, 1, &config, support_traits, &reading));
    reading_release(&reading);
    write_text(scratch_path("in/a.yaml"),
               "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a}\nspec: {class: c}\n");
    assert_false(paths_read(good, 2, &config, support_traits, &reading));
    memory_free(lines);
    lines = support_lines(&reading.mistakes, scratch);
    assert_string_equal(lines, "class:4:15: cloud \"nowhere\" is not configured; known: big, small\n");
}

/* Somebody writes all the time: what is read is one state or a mistake, never a mixture. */
static void test_changes_while_reading(void **state)
{
    char one[80], two[80], next[80];
    (void)state;
    snprintf(one, sizeof one, "%s", scratch_path("one.yaml"));
    snprintf(two, sizeof two, "%s", scratch_path("two.yaml"));
    snprintf(next, sizeof next, "%s", scratch_path(".next"));
    write_text(one, GOOD("moving"));
    pid_t child = fork();
    if (child == 0)
        for (;;) {
            if (link(one, two) || unlink(one) || link(two, one) || unlink(two)) _exit(1);
        }
    unsigned read = 0, refused = 0;
    for (int i = 0; i < 300; i++) {
        if (!read_scratch()) {
            refused++;
            continue;
        }
        read++;
        if (reading.generation->count != 1) break;
    }
    bool whole = read == 0 || reading.generation == NULL || reading.generation->count == 1;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_true(whole);
    assert_int_equal(read + refused, 300);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whole_instance),
        TEST(test_absent_is_not_managed),
        TEST(test_merging),
        TEST(test_equal_wishes_have_equal_hashes),
        TEST(test_user_data_is_part_of_the_revision),
        TEST(test_sorted_and_skipped),
        TEST(test_empty_and_missing),
        TEST(test_links),
        TEST(test_linked_root),
        TEST(test_things_that_are_no_files),
        TEST(test_unreadable),
        TEST(test_unreadable_root_is_missing),
        TEST(test_sizes),
        TEST(test_user_data_stays_inside),
        TEST(test_broken_file_hides_no_class),
        TEST(test_maximum_of_instances),
        TEST(test_validate_paths),
        TEST(test_changes_while_reading),
    };
    return UNIT_RUN(tests);
}
