#include "reconcile/base/public_key.h"

#include <stdint.h>
#include <string.h>

#include "reconcile/base/base64.h"
#include "reconcile/base/hash.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/md5.h"
#include "reconcile/base/text.h"

enum {
    ED25519_BYTES = 32,
    RSA_BITS_MIN = 1024, /* Nova takes no shorter one; servers of today refuse below 2048 */
    RSA_BITS_MAX = 16384,
    MD5_SHOWN = MD5_HEX / 2 * 3 /* "aa:bb:…" with its NUL */
};

/* What of a line is compared: both words, without the blank behind. */
static size_t key_length(const char *line)
{
    size_t type = strcspn(line, " ");
    return line[type] ? type + 1 + strcspn(line + type + 1, " ") : type;
}

bool public_keys_equal(const char *line, const char *other)
{
    size_t length = key_length(line);
    return length == key_length(other) && memcmp(line, other, length) == 0;
}

/* --- the blob --- */

struct blob {
    const unsigned char *at;
    size_t left;
};

/* A length of four bytes and so many bytes. */
static bool blob_string(struct blob *blob, struct blob *out)
{
    if (blob->left < 4) return false;
    uint32_t size = (uint32_t)blob->at[0] << 24 | (uint32_t)blob->at[1] << 16 | (uint32_t)blob->at[2] << 8 |
                    (uint32_t)blob->at[3];
    if (size > blob->left - 4) return false;
    *out = (struct blob){blob->at + 4, size};
    blob->at += 4 + size;
    blob->left -= 4 + size;
    return true;
}

static bool blob_is(const struct blob *blob, const char *text)
{
    return blob->left == strlen(text) && memcmp(blob->at, text, blob->left) == 0;
}

/* Of a positive number without needless zeros; 0 for any other. */
static size_t number_bits(struct blob number)
{
    if (number.left == 0 || number.at[0] & 0x80) return 0;
    if (number.at[0] == 0) {
        number.at++;
        number.left--;
        if (number.left == 0 || !(number.at[0] & 0x80)) return 0;
    }
    size_t bits = number.left * 8;
    for (unsigned char top = number.at[0]; !(top & 0x80); top = (unsigned char)(top << 1))
        bits--;
    return bits;
}

struct key_type {
    const char *name;
    const char *curve; /* of ECDSA; NULL */
    size_t bytes;      /* of the point: ECDSA's uncompressed, or ED25519's; 0: RSA */
};

static const struct key_type TYPES[] = {
    {"ssh-ed25519", NULL, ED25519_BYTES},     {"ssh-rsa", NULL, 0},
    {"ecdsa-sha2-nistp256", "nistp256", 65},  {"ecdsa-sha2-nistp384", "nistp384", 97},
    {"ecdsa-sha2-nistp521", "nistp521", 133},
};

static const struct key_type *type_of(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (strlen(TYPES[i].name) == length && memcmp(TYPES[i].name, word, length) == 0) return &TYPES[i];
    return NULL;
}

static bool rsa_is_whole(struct blob *blob, struct error *err)
{
    struct blob exponent, modulus;
    if (!blob_string(blob, &exponent) || !blob_string(blob, &modulus) || number_bits(exponent) < 2)
        return error_set(err, ERROR_INPUT,
                         "the public key is cut short or damaged; copy the whole .pub file");
    size_t bits = number_bits(modulus);
    if (bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX) return true;
    return error_set(err, ERROR_INPUT, "the public key has %zu bits; RSA keys must have %d to %d", bits,
                     RSA_BITS_MIN, RSA_BITS_MAX);
}

static bool blob_is_whole(const struct key_type *type, struct blob blob, struct error *err)
{
    struct blob name, curve, point;
    bool good = blob_string(&blob, &name);
    if (good && !blob_is(&name, type->name))
        return error_set(
            err, ERROR_INPUT,
            "the public key is not of the type that stands in front of it; copy the whole .pub file");
    if (good && type->bytes == 0) {
        if (!rsa_is_whole(&blob, err)) return false;
    } else if (good) {
        if (type->curve) good = blob_string(&blob, &curve) && blob_is(&curve, type->curve);
        good = good && blob_string(&blob, &point) && point.left == type->bytes;
        good = good && (!type->curve || point.at[0] == 4);
    }
    if (good && blob.left == 0) return true;
    return error_set(err, ERROR_INPUT, "the public key is cut short or damaged; copy the whole .pub file");
}

/* --- the line --- */

/* By the marks of the forms in which tools keep them; the last one is base64 of "openssh-key-v1". */
static bool looks_private(const char *text)
{
    static const char *const MARKS[] = {"PRIVATE KEY", "PuTTY-User-Key-File", "b3BlbnNzaC1rZXktdjE"};
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
        if (strstr(text, MARKS[i])) return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!is_blank(text[i]) && ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)) return true;
    return false;
}

static bool line_find(const char *text, const char **out_from, size_t *out_length, struct error *err)
{
    while (is_blank(*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    if (looks_private(text))
        return error_set(
            err, ERROR_INPUT,
            "this looks like a private key; take it away from here, and give the public one (the .pub "
            "file beside it)");
    if (length == 0)
        return error_set(err, ERROR_INPUT, "the public key is empty; give the line of a .pub file");
    if (strncmp(text, "-----", 5) == 0 || strncmp(text, "---- ", 5) == 0)
        return error_set(
            err, ERROR_INPUT,
            "the public key is in another form; it must be one line, as ssh-keygen -i -f FILE shows it");
    if (has_control(text, length))
        return error_set(err, ERROR_INPUT,
                         "the public key has control characters; copy the line of the .pub file anew");
    if (memchr(text, '\n', length) || memchr(text, '\r', length))
        return error_set(err, ERROR_INPUT, "the public key has several lines; it must be one, of one key");
    if (length > LIMIT_PUBLIC_KEY)
        return error_set(err, ERROR_INPUT, "the public key has %zu characters; at most %d are allowed",
                         length, LIMIT_PUBLIC_KEY);
    *out_from = text;
    *out_length = length;
    return true;
}

static size_t blanks(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && is_blank(text[count]))
        count++;
    return count;
}

static size_t word(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && !is_blank(text[count]))
        count++;
    return count;
}

bool public_key_parse(const char *text, struct arena *arena, const char **out_line, struct error *err)
{
    const char *at = text;
    size_t left = 0;
    struct blob blob;
    unsigned char *bytes;
    if (!line_find(text, &at, &left, err)) return false;
    size_t type_length = word(at, left);
    const struct key_type *type = type_of(at, type_length);
    if (!type)
        return error_set(
            err, ERROR_INPUT,
            "this is no public key of a type that is known; it must begin with ssh-ed25519, ssh-rsa, "
            "ecdsa-sha2-nistp256, -nistp384 or -nistp521");
    const char *key = at + type_length + blanks(at + type_length, left - type_length);
    left -= (size_t)(key - at);
    size_t key_size = word(key, left);
    if (!base64_decode(arena, key, key_size, &bytes, &blob.left))
        return error_set(err, ERROR_INPUT,
                         "what follows the type of the public key is not base64; copy the whole .pub file");
    blob.at = bytes;
    if (!blob_is_whole(type, blob, err)) return false;
    const char *comment = key + key_size + blanks(key + key_size, left - key_size);
    size_t comment_size = left - (size_t)(comment - key);
    *out_line = arena_printf(arena, "%s %.*s%s%.*s", type->name, (int)key_size, key, comment_size ? " " : "",
                             (int)comment_size, comment);
    return true;
}

/* --- fingerprints --- */

static bool line_decode(const char *line, struct arena *arena, unsigned char **out_bytes, size_t *out_size)
{
    size_t type = strcspn(line, " ");
    if (!line[type]) return false;
    return base64_decode(arena, line + type + 1, strcspn(line + type + 1, " "), out_bytes, out_size);
}

static void sha256_show(const unsigned char *bytes, size_t size, struct arena *arena,
                        char out[FINGERPRINT_MAX])
{
    uint8_t digest[32];
    hash_sha256(bytes, size, digest);
    const char *shown = arena_printf(arena, "SHA256:%s", base64_encode(arena, digest, sizeof digest));
    size_t length = strcspn(shown, "=");
    memcpy(out, shown, length);
    out[length] = '\0';
}

void public_key_fingerprint(const char *line, char out[FINGERPRINT_MAX])
{
    struct arena arena;
    unsigned char *bytes;
    size_t size;
    arena_init(&arena);
    out[0] = '\0';
    if (line_decode(line, &arena, &bytes, &size)) sha256_show(bytes, size, &arena, out);
    arena_release(&arena);
}

static void md5_show(const unsigned char *bytes, size_t size, char out[MD5_SHOWN])
{
    char hex[MD5_HEX + 1];
    md5_hex(bytes, size, hex);
    for (unsigned i = 0; i < MD5_HEX / 2; i++) {
        out[3 * i] = hex[2 * i];
        out[3 * i + 1] = hex[2 * i + 1];
        out[3 * i + 2] = i + 1 < MD5_HEX / 2 ? ':' : '\0';
    }
}

static bool is_md5(const char *text)
{
    return strlen(text) == MD5_SHOWN - 1 && strspn(text, "0123456789abcdefABCDEF:") == MD5_SHOWN - 1;
}

static enum key_match compare_fingerprint(const char *line, const char *told)
{
    struct arena arena;
    unsigned char *bytes;
    size_t size;
    char sha256[FINGERPRINT_MAX], md5[MD5_SHOWN];
    enum key_match match = KEY_UNTOLD;
    if (text_starts(told, "MD5:")) told += 4;
    arena_init(&arena);
    if (line_decode(line, &arena, &bytes, &size)) {
        sha256_show(bytes, size, &arena, sha256);
        md5_show(bytes, size, md5);
        if (is_md5(told))
            match = text_equal_nocase(told, md5) ? KEY_EQUAL : KEY_DIFFERENT;
        else if (text_starts(told, "SHA256:") && strcspn(told, "=") == strlen(sha256))
            match = strncmp(told, sha256, strlen(sha256)) == 0 ? KEY_EQUAL : KEY_DIFFERENT;
    }
    arena_release(&arena);
    return match;
}

enum key_match public_key_compare(const char *line, const char *shown, const char *fingerprint)
{
    struct arena arena;
    const char *told = NULL;
    enum key_match match = KEY_UNTOLD;
    arena_init(&arena);
    if (shown && public_key_parse(shown, &arena, &told, NULL))
        match = public_keys_equal(line, told) ? KEY_EQUAL : KEY_DIFFERENT;
    else if (fingerprint)
        match = compare_fingerprint(line, fingerprint);
    arena_release(&arena);
    return match;
}

const char *public_key_shown(const char *shown, const char *fingerprint, struct arena *arena)
{
    const char *line;
    char ours[FINGERPRINT_MAX];
    if (shown && public_key_parse(shown, arena, &line, NULL)) {
        public_key_fingerprint(line, ours);
        return arena_text(arena, ours);
    }
    return fingerprint && fingerprint[0] != '\0' ? fingerprint : "another one";
}
