#include "daemon/hook.h"

#include <string.h>

#include "manifests/form.h"
#include "providers/ascii.h"
#include "providers/leak.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/base64.h"
#include "reconcile/base/cleanup.h"

enum { SEGMENT_MIN = 6 /* "hook" and "v1" stand in many answers, and keep no secret */ };

static void text_add_span(struct text *out, struct span span)
{
    text_add_bytes(out, span.at, span.size);
}

bool hook_parse(const char *url, bool allow_plain, struct url *out, struct error *err)
{
    const char *problem = hook_problem(url, allow_plain);
    if (problem) return error_set(err, ERROR_INPUT, "the target's url %s", problem);
    if (strlen(url) > HOOK_URL_MAX)
        return error_set(err, ERROR_LIMIT, "the target's url is longer than %d bytes", HOOK_URL_MAX);
    ASSERT(url_split(url, out));
    return true;
}

void hook_url(const struct url *hook, struct text *out)
{
    text_add(out, hook->plain ? "http://" : "https://");
    text_add_span(out, hook->authority);
    text_add(out, hook->rest);
}

/* RFC 3986, 2.1. A "%" that begins no such triple stands for itself. */
static void add_decoded(struct text *out, struct span span)
{
    for (size_t i = 0; i < span.size; i++) {
        bool triple = span.at[i] == '%' && i + 2 < span.size && ascii_hex(span.at[i + 1]) >= 0 &&
                      ascii_hex(span.at[i + 2]) >= 0;
        text_add_char(out, triple ? (char)(ascii_hex(span.at[i + 1]) * 16 + ascii_hex(span.at[i + 2]))
                                  : span.at[i]);
        if (triple) i += 2;
    }
}

/* Behind the first colon: a user name has none. */
static struct span password_of(const struct url *hook, struct span *out_user)
{
    const char *colon = hook->user.size ? memchr(hook->user.at, ':', hook->user.size) : NULL;
    *out_user = hook->user;
    if (!colon) return (struct span){"", 0};
    out_user->size = (size_t)(colon - hook->user.at);
    return (struct span){colon + 1, hook->user.size - out_user->size - 1};
}

bool hook_authorization(const struct url *hook, struct text *out)
{
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text plain;
    arena_init(&arena);
    text_init(&plain, HOOK_URL_MAX);
    struct span user, password = password_of(hook, &user);
    if (!hook->user.at) return false;
    add_decoded(&plain, user);
    text_add_char(&plain, ':');
    add_decoded(&plain, password);
    char *encoded = base64_encode(&arena, plain.bytes, plain.length);
    text_addf(out, "Basic %s", encoded);
    explicit_bzero(encoded, strlen(encoded));
    text_wipe(&plain);
    return true;
}

static bool is_told(struct span span, bool decoded, const struct http_response *response)
{
    AUTO_TEXT struct text piece;
    text_init(&piece, HOOK_URL_MAX);
    (decoded ? add_decoded : text_add_span)(&piece, span);
    bool told = leak_of_secret(piece.bytes, response);
    text_wipe(&piece);
    return told;
}

static bool is_told_anyhow(struct span span, const struct http_response *response)
{
    return span.size > 0 && (is_told(span, false, response) || is_told(span, true, response));
}

static bool path_is_told(const char *rest, const struct http_response *response)
{
    struct span path = span_of(rest);
    for (size_t i = 0; i < path.size;) {
        size_t size = 0;
        while (i + size < path.size && !strchr("/?&=", path.at[i + size]))
            size++;
        if (size >= SEGMENT_MIN && is_told_anyhow((struct span){path.at + i, size}, response)) return true;
        i += size + 1;
    }
    return path.size >= SEGMENT_MIN && is_told_anyhow(path, response);
}

bool hook_is_told(const struct url *hook, const struct http_response *response)
{
    if (!response->body) return false;
    AUTO_TEXT struct text basic;
    text_init(&basic, 2 * HOOK_URL_MAX);
    struct span user, password = password_of(hook, &user);
    bool told = is_told_anyhow(user, response) || is_told_anyhow(password, response) ||
                path_is_told(hook->rest, response);
    if (hook_authorization(hook, &basic)) told |= leak_of_secret(basic.bytes + strlen("Basic "), response);
    text_wipe(&basic);
    return told;
}
