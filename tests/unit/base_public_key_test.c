#include "tests/unit/unit.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/public_key.h"

#define ED25519       "AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx"
#define ED25519_OTHER "AAAAC3NzaC1lZDI1NTE5AAAAINXA6rsVaE/Ft89F9v5lgaOytHxRRIAuTiK0F599y2Q8"
#define RSA_2048                                                                                             \
    "AAAAB3NzaC1yc2EAAAADAQABAAABAQCZx6pHBahyR17Z7gBaE8AlAK+F317WTmrEE+XWeDdz1xPGtIE/"                       \
    "Ym3fcWOimlsVnDKRWwBOzxh1gy+qbwo8RkUx1QtkRYlxKxXRRWP0swSPn3PjEMNpg5brtJZUJxXQ84X2PWSkwTCzruL0qUGyFijTm"  \
    "hLNI8UtohNaCqkWBUx2kjx4PTV5A0b6COWqBjtaSqvNtylbLXF38+2bxTg/V/WWfOPb5bYxnCNRVjjY0ZaTWbjOhrNkFOSYlORCoS"  \
    "ZAHFAz2+9loPxjUZ50snEbcFX9sEjysgq41EQGN8oUeUQd+wnCoWoGIF/I87THA5X2MekeyUQf4Q/jw+RRifeizFAN"
#define RSA_512                                                                                              \
    "AAAAB3NzaC1yc2EAAAADAQABAAAAQQDBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"             \
    "HBwcHBwcHBwcHBwcHBwcHBwcHB"
#define NISTP256                                                                                             \
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNEKuKDoHzxgyjEFAL9yuW7YQ4Ia5EEnYGoxf1EJ8UqYeBI9"   \
    "uMzoOdKDkaX4W7AtZr+B4yY+YxCWUyS1fOEOlDc="
#define NISTP384                                                                                             \
    "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBCVLZrdHCtDVcfOHIeDV7NHyD2Yoe37ccSy85N16QbeRqRGv"   \
    "e85XghOupsqgtTF3Y4M+jllfaB7VyKp8DQF9TWmQvq15i+Trjgvf0pgOumWMXiBgIzUP9nFFneXYaf500A=="
#define NISTP521                                                                                             \
    "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAH3ouhIX2POYEA60T8yNBU07ltMYdNfKEBjhhEQhRhIl2cW"   \
    "KBS9nh+PUgjuVzNjjeGp3ovWOYxpNkVPFpBLj11MFQFiTWpHRFh1VEI20x2hpPuFs6c9NIgeodoypsYw04+yYtzvlS9JJWSYVxlc"   \
    "kfBKyOXb4ZCxzuctrxGSZSYytQWLOw=="

/* Keys and fingerprints as OpenSSH's ssh-keygen made and shows them. */
static const struct {
    const char *line, *sha256, *md5;
} KEYS[] = {
    {"ssh-ed25519 " ED25519 " ops@example", "SHA256:5VwmFIgC6NeoXEyei/d9Mq7HEKZ9lYufDkU4Xe+CCSo",
     "4d:21:4a:53:77:f9:d3:62:ef:70:a4:f7:c4:f5:7c:f3"},
    {"ssh-rsa " RSA_2048 " ops@example", "SHA256:3gWmLZAv8HWmBAvNuDPNutsEMggH6B7OLX83GJhypyk",
     "36:31:b7:62:dc:ab:0a:9b:29:21:ad:e1:1f:a0:f5:b5"},
    {"ecdsa-sha2-nistp256 " NISTP256 " ops@example", "SHA256:7aZ03QVR9kc4iknyxHKxeshqkIPjzqrFBQNsnZ2Ba64",
     "4d:e6:18:ef:a3:32:c2:93:d6:2e:1a:91:28:a9:24:cb"},
    {"ecdsa-sha2-nistp384 " NISTP384 " ops@example", "SHA256:SkfUg/0LajxEsfTtDSNEhYn7ZOsPxYYoW8VgJeYH3Lk",
     "11:af:87:ea:ec:04:f4:cf:3f:80:ce:5a:9a:96:76:9f"},
    {"ecdsa-sha2-nistp521 " NISTP521 " ops@example", "SHA256:pPXbZijStT+YtgCuEA21L7vZ3yFt58dLwotUnt6xGqI",
     "f4:b2:01:41:4b:77:f5:b0:2c:ca:8f:1e:d8:a0:08:ef"},
};
enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

static void test_keys_are_read_whole(void **state)
{
    AUTO_ARENA struct arena arena = {0};
    (void)state;
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        const char *line;
        struct error err = {0};
        char shown[FINGERPRINT_MAX];
        if (!public_key_parse(KEYS[i].line, &arena, &line, &err)) fail_msg("%s", err.text);
        assert_string_equal(line, KEYS[i].line);
        public_key_fingerprint(line, shown);
        assert_string_equal(shown, KEYS[i].sha256);
    }
}

static void test_blanks_and_comments(void **state)
{
    AUTO_ARENA struct arena arena = {0};
    const char *line;
    (void)state;
    assert_true(public_key_parse("\n  ssh-ed25519 \t" ED25519 "  a b  c \r\n\n", &arena, &line, NULL));
    assert_string_equal(line, "ssh-ed25519 " ED25519 " a b  c");
    assert_true(public_key_parse("ssh-ed25519 " ED25519, &arena, &line, NULL));
    assert_string_equal(line, "ssh-ed25519 " ED25519);
    assert_true(public_keys_equal(line, "ssh-ed25519 " ED25519 " somebody"));
    assert_false(public_keys_equal(line, "ssh-ed25519 " ED25519_OTHER));
    assert_false(public_keys_equal(line, "ssh-ed25519"));
}

#define PRIVATE                                                                                              \
    "this looks like a private key; take it away from here, and give the public one (the .pub file beside "  \
    "it)"
#define DAMAGED "the public key is cut short or damaged; copy the whole .pub file"

static void test_anything_else_is_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
         PRIVATE},
        {"-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n", PRIVATE},
        {"-----BEGIN ENCRYPTED PRIVATE KEY-----", PRIVATE},
        {"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU=", PRIVATE},
        {"PuTTY-User-Key-File-3: ssh-ed25519\n", PRIVATE},
        {"ssh-ed25519 " ED25519 "\n-----BEGIN PRIVATE KEY-----\n", PRIVATE},
        {"  \n", "the public key is empty; give the line of a .pub file"},
        {"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n",
         "the public key is in another form; it must be one line, as ssh-keygen -i -f FILE shows it"},
        {"-----BEGIN PUBLIC KEY-----\nAAAA\n",
         "the public key is in another form; it must be one line, as ssh-keygen -i -f FILE shows it"},
        {"ssh-ed25519 " ED25519 "\nssh-ed25519 " ED25519_OTHER,
         "the public key has several lines; it must be one, of one key"},
        {"ssh-ed25519 " ED25519 " a\033[31mb",
         "the public key has control characters; copy the line of the .pub file anew"},
        {"ssh-dss " ED25519,
         "this is no public key of a type that is known; it must begin with ssh-ed25519, ssh-rsa, "
         "ecdsa-sha2-nistp256, -nistp384 or -nistp521"},
        {"secret", "this is no public key of a type that is known; it must begin with ssh-ed25519, ssh-rsa, "
                   "ecdsa-sha2-nistp256, -nistp384 or -nistp521"},
        {"ssh-ed25519", "what follows the type of the public key is not base64; copy the whole .pub file"},
        {"ssh-ed25519 !!!!",
         "what follows the type of the public key is not base64; copy the whole .pub file"},
        {"ssh-ed25519 AAAA", DAMAGED},
        {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYz", DAMAGED},
        {"ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB", DAMAGED},
        {"ssh-rsa " ED25519,
         "the public key is not of the type that stands in front of it; copy the whole .pub file"},
        {"ecdsa-sha2-nistp256 " NISTP384,
         "the public key is not of the type that stands in front of it; copy the whole .pub file"},
        {"ssh-rsa " RSA_512, "the public key has 512 bits; RSA keys must have 1024 to 16384"},
    };
    AUTO_ARENA struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *line = NULL;
        struct error err = {0};
        assert_false(public_key_parse(rows[i].text, &arena, &line, &err));
        assert_string_equal(err.text, rows[i].why);
        assert_null(line);
    }
}

/* Every shorter form of a good key is refused, and none is read past its end. */
static void test_every_cut_is_refused(void **state)
{
    AUTO_ARENA struct arena arena = {0};
    (void)state;
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        const char *space = strrchr(KEYS[i].line, ' '), *line;
        for (size_t size = 0; size < (size_t)(space - KEYS[i].line); size++)
            if (public_key_parse(arena_bytes(&arena, KEYS[i].line, size), &arena, &line, NULL))
                fail_msg("taken: %.*s", (int)size, KEYS[i].line);
    }
}

static void test_what_a_cloud_shows(void **state)
{
    const char *key = "ssh-ed25519 " ED25519 " ops@example";
    const struct {
        const char *shown_key, *fingerprint;
        enum key_match match;
        const char *shown;
    } rows[] = {
        {"ssh-ed25519 " ED25519 " Generated-by-Nova\n", NULL, KEY_EQUAL,
         "SHA256:5VwmFIgC6NeoXEyei/d9Mq7HEKZ9lYufDkU4Xe+CCSo"},
        {"ssh-ed25519 " ED25519_OTHER, KEYS[0].md5, KEY_DIFFERENT,
         "SHA256:IHhz75LraB5Vzf4swMkS2wH/UtRd5VVhHH+SvD4blaQ"},
        {"ssh-rsa ... Generated-by-Nova", KEYS[0].md5, KEY_EQUAL, KEYS[0].md5},
        {NULL, "4D:21:4A:53:77:F9:D3:62:EF:70:A4:F7:C4:F5:7C:F3", KEY_EQUAL,
         "4D:21:4A:53:77:F9:D3:62:EF:70:A4:F7:C4:F5:7C:F3"},
        {NULL, "MD5:36:31:b7:62:dc:ab:0a:9b:29:21:ad:e1:1f:a0:f5:b5", KEY_DIFFERENT,
         "MD5:36:31:b7:62:dc:ab:0a:9b:29:21:ad:e1:1f:a0:f5:b5"},
        {NULL, KEYS[0].sha256, KEY_EQUAL, KEYS[0].sha256},
        {NULL, "SHA256:5VwmFIgC6NeoXEyei/d9Mq7HEKZ9lYufDkU4Xe+CCSo=", KEY_EQUAL,
         "SHA256:5VwmFIgC6NeoXEyei/d9Mq7HEKZ9lYufDkU4Xe+CCSo="},
        {NULL, KEYS[1].sha256, KEY_DIFFERENT, KEYS[1].sha256},
        {NULL, "SHA256:...", KEY_UNTOLD, "SHA256:..."},
        {NULL, "what is this", KEY_UNTOLD, "what is this"},
        {"no key", NULL, KEY_UNTOLD, "another one"},
        {NULL, NULL, KEY_UNTOLD, "another one"},
    };
    AUTO_ARENA struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(public_key_compare(key, rows[i].shown_key, rows[i].fingerprint), rows[i].match);
        assert_string_equal(public_key_shown(rows[i].shown_key, rows[i].fingerprint, &arena), rows[i].shown);
    }
    for (unsigned i = 0; i < KEY_COUNT; i++)
        for (unsigned k = 0; k < KEY_COUNT; k++) {
            enum key_match match = public_key_compare(KEYS[i].line, NULL, KEYS[k].md5);
            assert_int_equal(match, i == k ? KEY_EQUAL : KEY_DIFFERENT);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_read_whole),      cmocka_unit_test(test_blanks_and_comments),
        cmocka_unit_test(test_anything_else_is_refused), cmocka_unit_test(test_every_cut_is_refused),
        cmocka_unit_test(test_what_a_cloud_shows),
    };
    return UNIT_RUN(tests);
}
