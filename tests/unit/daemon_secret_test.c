#include "tests/unit/unit.h"

#include "daemon/secret.h"
#include "tests/unit/scratch.h"

static bool read_secret(enum secret_kind kind, const char *text, struct secret *secret, struct error *err)
{
    struct secret_reference reference = {.kind = kind, .text = text};
    *err = (struct error){0};
    return secret_read(&reference, secret, err);
}

static void check_file(const char *content, size_t size, const char *expected)
{
    struct secret secret;
    struct error err;
    write_bytes(scratch_path("secret"), content, size);
    if (!read_secret(SECRET_FILE, scratch_path("secret"), &secret, &err)) fail_msg("%s", err.text);
    assert_string_equal(secret.text, expected);
    assert_int_equal(secret.size, strlen(expected));
    secret_wipe(&secret);
    assert_null(secret.text);
    assert_int_equal(secret.size, 0);
    secret_wipe(&secret);
}

static void test_reads_files(void **state)
{
    (void)state;
    check_file("pässword", 9, "pässword");
    check_file("line\n", 5, "line");
    check_file("two\n\n", 5, "two\n"); /* one newline only: the other may be meant */
    static char largest[SECRET_BYTES_MAX + 1];
    memset(largest, 's', SECRET_BYTES_MAX);
    check_file(largest, SECRET_BYTES_MAX, largest);
}

static void refuse(enum secret_kind kind, const char *text, const char *words)
{
    struct secret secret;
    struct error err;
    assert_false(read_secret(kind, text, &secret, &err));
    assert_null(secret.text);
    if (!strstr(err.text, words)) fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

static void test_refuses_files(void **state)
{
    (void)state;
    static char large[SECRET_BYTES_MAX + 2];
    const char *path = scratch_path("secret");
    refuse(SECRET_FILE, path, "cannot be opened (No such file or directory)");
    write_text(path, "hush");
    for (unsigned bit = 1; bit <= 040; bit <<= 1) {
        assert_int_equal(chmod(path, 0600 | bit), 0);
        refuse(SECRET_FILE, path, "can be read by others (mode 06");
    }
    assert_int_equal(chmod(path, 0640), 0);
    refuse(SECRET_FILE, path, "run: chmod 0600 /tmp/");
    chmod(path, 0600);
    write_text(path, "\n");
    refuse(SECRET_FILE, path, "is empty");
    write_bytes(path, "a\0b", 3);
    refuse(SECRET_FILE, path, "NUL byte");
    memset(large, 's', sizeof large);
    write_bytes(path, large, SECRET_BYTES_MAX + 1);
    refuse(SECRET_FILE, path, "is larger than 65536 bytes");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    refuse(SECRET_FILE, path, "is not a regular file");
    refuse(SECRET_FILE, scratch, "is not a regular file");
    refuse(SECRET_NONE, NULL, "no secret is named");
}

static void test_no_error_shows_the_secret(void **state)
{
    (void)state;
    struct secret secret;
    struct error err;
    write_text(scratch_path("secret"), "hush-hush");
    chmod(scratch_path("secret"), 0644);
    assert_false(read_secret(SECRET_FILE, scratch_path("secret"), &secret, &err));
    assert_null(strstr(err.text, "hush"));
}

static void test_credentials(void **state)
{
    (void)state;
    struct secret secret;
    struct error err;
    unsetenv("CREDENTIALS_DIRECTORY");
    refuse(SECRET_CREDENTIAL, "kr1-password", "add LoadCredential=kr1-password:PATH to setpointd.service");
    setenv("CREDENTIALS_DIRECTORY", scratch, 1);
    refuse(SECRET_CREDENTIAL, "kr1-password", "cannot be opened");
    refuse(SECRET_CREDENTIAL, "../secret", "is no file name");
    refuse(SECRET_CREDENTIAL, "..", "is no file name");
    refuse(SECRET_CREDENTIAL, "", "is no file name");
    write_text(scratch_path("kr1-password"), "pass\n");
    chmod(scratch_path("kr1-password"), 0440); /* as systemd makes them */
    assert_true(read_secret(SECRET_CREDENTIAL, "kr1-password", &secret, &err));
    assert_string_equal(secret.text, "pass");
    secret_wipe(&secret);
}

/* The bytes are gone from the process when the secret is: nothing may have copied them. */
enum { MAPPING_MAX = 64 << 20 };

static bool memory_holds(const char *needle)
{
    char line[256];
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    bool found = false;
    if (!maps || memory < 0) return false;
    while (!found && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char mode[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 || mode[1] != 'w' || strstr(line, "[stack]"))
            continue;
        if (to - from > MAPPING_MAX) continue; /* a sanitizer's shadow */
        char *copy = malloc(to - from);
        ssize_t got = pread(memory, copy, to - from, (off_t)from);
        found = got > 0 && memmem(copy, (size_t)got, needle, strlen(needle));
        if (got > 0) explicit_bzero(copy, (size_t)got);
        free(copy);
    }
    fclose(maps);
    close(memory);
    return found;
}

static void test_wiping_leaves_nothing(void **state)
{
    (void)state;
    char needle[] = "xRAPVB-rghfr", made[16];
    struct secret secret;
    struct error err;
    for (size_t i = 0; i < sizeof needle; i++) /* the needle itself is not in the file's text */
        made[i] = needle[i] ? (char)(needle[i] + 1) : '\0';
    write_text(scratch_path("secret"), made);
    explicit_bzero(made, sizeof made);
    assert_true(read_secret(SECRET_FILE, scratch_path("secret"), &secret, &err));
    char held[sizeof needle];
    memcpy(held, secret.text, sizeof held);
    assert_true(secret.size == strlen(held));
    assert_true(memory_holds(held));
    secret_wipe(&secret);
    assert_false(memory_holds(held));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)
        ROW(test_reads_files), ROW(test_refuses_files),         ROW(test_no_error_shows_the_secret),
        ROW(test_credentials), ROW(test_wiping_leaves_nothing),
    };
    return UNIT_RUN(tests);
}
