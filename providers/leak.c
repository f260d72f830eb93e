#include "providers/leak.h"

#include <string.h>

#include "providers/json.h"
#include "providers/request.h"
#include "reconcile/base/base64.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/hash.h"
#include "reconcile/base/text.h"

enum {
    PIECE_MIN = 16, /* shorter pieces of base64 tell nothing */
    SECRET_MIN = 4, /* what is shorter stands in every text */
    FORM_MAX = 64 << 10
};

/* --- calls --- */

static bool has_piece(const char *secret, size_t secret_size, const char *message)
{
    size_t message_size = strlen(message), window = secret_size < PIECE_MIN ? secret_size : PIECE_MIN;
    if (!window) return false;
    for (size_t i = 0; i + window <= message_size; i++)
        if (memmem(secret, secret_size, message + i, window)) return true;
    return false;
}

bool leak_has_piece(const char *secret, const char *message)
{
    return has_piece(secret, strlen(secret), message);
}

static const char *user_data_of(const struct call *call)
{
    bool sent =
        call->kind == CALL_CREATE && call->create && (call->create->given & FIELD_BIT(FIELD_USER_DATA));
    return sent ? value_scalar(call->create->values[FIELD_USER_DATA]) : "";
}

bool leak_is_possible(const struct call *call)
{
    return *user_data_of(call) != '\0';
}

bool leak_in_message(const struct call *call, const char *message)
{
    const char *secret = user_data_of(call);
    AUTO_ARENA struct arena arena;
    unsigned char *plain;
    size_t size;
    arena_init(&arena);
    if (leak_has_piece(secret, message)) return true;
    return base64_decode(&arena, secret, strlen(secret), &plain, &size) &&
           has_piece((const char *)plain, size, message);
}

/* --- log-ins --- */

static void add_json_form(const char *secret, struct text *out)
{
    text_add_json(out, secret);
    if (out->length < 2) return;
    memmove(out->bytes, out->bytes + 1, out->length);
    out->bytes[out->length -= 2] = '\0'; /* without its quotes */
}

/* A request's body inside of a message. */
static void add_json_twice_form(const char *secret, struct text *out)
{
    AUTO_TEXT struct text once;
    text_init(&once, FORM_MAX);
    add_json_form(secret, &once);
    add_json_form(once.bytes, out);
    text_wipe(&once);
}

static void add_plain_form(const char *secret, struct text *out)
{
    text_add(out, secret);
}

static void add_url_form(const char *secret, struct text *out)
{
    AUTO_TEXT struct text url;
    text_init(&url, FORM_MAX);
    url_segment(&url, secret);
    text_add(out, url.bytes + 1); /* behind its slash */
    text_wipe(&url);
}

static void add_base64_form(const char *secret, struct text *out)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    char *form = base64_encode(&arena, secret, strlen(secret));
    text_add(out, form);
    explicit_bzero(form, strlen(form));
}

static void add_hex_form(const char *secret, struct text *out)
{
    for (const unsigned char *at = (const unsigned char *)secret; *at; at++) {
        char hex[3];
        hash_hex(at, 1, hex);
        text_add(out, hex);
    }
}

bool leak_of_secret(const char *secret, const struct http_response *response)
{
    static void (*const forms[])(const char *, struct text *) = {
        add_plain_form, add_json_form, add_json_twice_form, add_url_form, add_base64_form, add_hex_form};
    if (strlen(secret) < SECRET_MIN) return false;
    AUTO_TEXT struct text form;
    bool found = false;
    text_init(&form, FORM_MAX);
    for (unsigned i = 0; i < sizeof forms / sizeof *forms && !found; i++) {
        forms[i](secret, &form);
        found = memmem(response->body, response->body_size, form.bytes, form.length) != NULL;
        text_wipe(&form);
    }
    return found;
}

static bool is_secret(const cJSON *member)
{
    return cJSON_IsString(member) && member->string &&
           (strcmp(member->string, "password") == 0 || strcmp(member->string, "secret") == 0);
}

/* Of all strings of the log-in; none is left in freed memory. */
static bool search(const cJSON *item, const struct http_response *response)
{
    bool found = false;
    for (const cJSON *member = item->child; member; member = member->next) {
        if (is_secret(member)) found |= leak_of_secret(member->valuestring, response);
        found |= search(member, response);
        if (cJSON_IsString(member)) explicit_bzero(member->valuestring, strlen(member->valuestring));
    }
    return found;
}

bool leak_of_login(const struct http_request *request, const struct http_response *response)
{
    if (!request->body || !response->body || response->body_size == 0) return false;
    AUTO_JSON cJSON *tree = json_parse(request->body, request->body_size);
    return tree && search(tree, response);
}
