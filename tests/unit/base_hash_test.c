#include "tests/unit/unit.h"

#include "reconcile/base/hash.h"

/* First outputs of the reference implementation's vectors_sip64 (key 00 01 … 0f, input 00 01 … of that
   length), and the worked example of the SipHash paper, appendix A (length 15). */
static void test_siphash_vectors(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        uint64_t hash;
    } vectors[] = {
        {0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd},  {2, 0x0d6c8009d9a94f5a}, {3, 0x85676696d7fb7e2d},
        {4, 0xcf2794e0277187b7}, {5, 0x18765564cd99a68d},  {6, 0xcbc9466e58fee3ce}, {7, 0xab0200f58b01d137},
        {8, 0x93f5f5799a932462}, {15, 0xa129ca6149be45e5},
    };
    const struct hash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    uint8_t input[16];
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(hash_keyed(key, input, vectors[i].size), vectors[i].hash);
}

static void assert_sha256(const void *bytes, size_t size, const char *expected)
{
    uint8_t hash[32];
    char hex[65];
    hash_sha256(bytes, size, hash);
    hash_hex(hash, sizeof hash, hex);
    assert_string_equal(hex, expected);
}

/* FIPS 180-4 examples: one block, two blocks, a million letters; and the empty message. */
static void test_sha256_vectors(void **state)
{
    (void)state;
    enum { MILLION = 1000000 };
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char *letters = malloc(MILLION);
    memset(letters, 'a', MILLION);
    assert_sha256("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_sha256("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_sha256(two_blocks, 56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_sha256(letters, MILLION, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(letters);
}

/* Lengths at which the padding changes: computed with coreutils sha256sum. */
static void test_sha256_padding_edges(void **state)
{
    (void)state;
    assert_sha256("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 55,
                  "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    assert_sha256("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 56,
                  "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
    assert_sha256("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 63,
                  "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34");
    assert_sha256("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64,
                  "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

static void test_hex(void **state)
{
    (void)state;
    char hex[9];
    hash_hex((const uint8_t[]){0x00, 0x0f, 0xa5, 0xff}, 4, hex);
    assert_string_equal(hex, "000fa5ff");
}

int main(void)
{
    const struct CMUnitTest hash_tests[] = {
        cmocka_unit_test(test_siphash_vectors),
        cmocka_unit_test(test_sha256_vectors),
        cmocka_unit_test(test_sha256_padding_edges),
        cmocka_unit_test(test_hex),
    };
    return UNIT_RUN(hash_tests);
}
