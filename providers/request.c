#include "providers/request.h"

#include <string.h>

#include "providers/ascii.h"
#include "reconcile/base/assert.h"

static size_t length_without_slashes(const char *base)
{
    size_t length = strlen(base);
    while (length && base[length - 1] == '/')
        length--;
    return length;
}

void url_start(struct text *url, const char *base, const char *path)
{
    text_clear(url);
    text_add_bytes(url, base, length_without_slashes(base));
    text_add(url, path);
}

static bool is_unreserved(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || (c && strchr("-._~", c));
}

static void add_encoded(struct text *url, const char *part, char keep)
{
    for (const char *at = part; *at; at++)
        if (is_unreserved(*at) || *at == keep)
            text_add_char(url, *at);
        else
            text_addf(url, "%%%02X", (unsigned char)*at);
}

void url_segment(struct text *url, const char *segment)
{
    text_add_char(url, '/');
    add_encoded(url, segment, '\0');
}

void url_query(struct text *url, const char *name, const char *value)
{
    text_add_char(url, strchr(url->bytes, '?') ? '&' : '?');
    text_add(url, name);
    text_add_char(url, '=');
    add_encoded(url, value, ':');
}

static bool is_version(const char *segment, size_t size)
{
    if (size < 2 || segment[0] != 'v') return false;
    for (size_t i = 1; i < size; i++)
        if (!ascii_is_digit(segment[i]) && segment[i] != '.') return false;
    return true;
}

void url_start_versioned(struct text *url, const char *base, const char *version, const char *path)
{
    size_t length = length_without_slashes(base);
    size_t segment = length;
    while (segment && base[segment - 1] != '/')
        segment--;
    bool versioned = is_version(base + segment, length - segment);
    url_start(url, base, "");
    if (!versioned) url_segment(url, version);
    text_add(url, path);
}

/* Behind "http://" or "https://"; NULL when it is neither or no host follows. */
static const char *host_of(const char *url)
{
    const char *host = text_starts(url, "https://") ? url + 8 : text_starts(url, "http://") ? url + 7 : NULL;
    return host && *host && !strchr("/:?#", *host) ? host : NULL;
}

bool url_is_host_only(const char *url)
{
    const char *host = host_of(url);
    if (!host) return false;
    host += strcspn(host, "/?#");
    return host[strspn(host, "/")] == '\0';
}

static bool is_loopback(const char *host)
{
    static const char *const NAMES[] = {"localhost", "[::1]"};
    size_t size = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (size == strlen(NAMES[i]) && strncasecmp(host, NAMES[i], size) == 0) return true;
    return text_starts(host, "127.") && strspn(host, "0123456789.") == size;
}

/* RFC 3986 has none of these. Bytes over 0x7F are no more allowed, but what is meant is clear. */
static bool has_strange(const char *url)
{
    for (const char *at = url; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7F || strchr("\"<>\\^`{|}@", *at)) return true;
    return false;
}

bool url_may_carry_secrets(const char *url, bool allow_plain)
{
    const char *host = host_of(url);
    if (!host || has_strange(url)) return false;
    return allow_plain || text_starts(url, "https://") || is_loopback(host);
}

void request_start(struct http_request *out, const char *method)
{
    *out = (struct http_request){.method = method};
    request_header(out, "Accept", "application/json");
}

void request_header(struct http_request *out, const char *name, const char *value)
{
    ASSERT(out->header_count < HTTP_HEADERS_MAX);
    out->headers[out->header_count++] = (struct http_header){.name = name, .value = value};
}

static bool request_copy(struct http_request *out, struct arena *arena, const struct text *url,
                         const struct text *body, struct error *err)
{
    if (url->overflow) return error_set(err, ERROR_LIMIT, "the URL would be longer than %d bytes", URL_MAX);
    out->url = arena_bytes(arena, url->bytes, url->length);
    if (!body) return true;
    if (body->overflow)
        return error_set(err, ERROR_LIMIT, "the request would be longer than %d bytes", REQUEST_BODY_MAX);
    out->body = arena_bytes(arena, body->bytes, body->length);
    out->body_size = body->length;
    request_header(out, "Content-Type", "application/json");
    return true;
}

bool request_finish(struct http_request *out, struct arena *arena, struct text *url, struct text *body,
                    struct error *err)
{
    bool good = request_copy(out, arena, url, body, err);
    text_wipe(url);
    if (body) text_wipe(body);
    return good;
}
