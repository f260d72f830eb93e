#include "manifests/form.h"

#include <stdio.h>
#include <string.h>

#include "manifests/address.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"
#include "reconcile/base/url.h"
#include "reconcile/event.h"

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_letter_or_digit(char c)
{
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

/* Lower-case letters and digits, inside also those of `inner`. */
static bool is_label(const char *text, size_t length, size_t length_max, const char *inner)
{
    if (length == 0 || length > length_max) return false;
    for (size_t i = 0; i < length; i++) {
        bool edge = i == 0 || i == length - 1;
        if (!is_lower_or_digit(text[i]) && (edge || !strchr(inner, text[i]))) return false;
    }
    return true;
}

static bool is_text(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F) return false;
    return true;
}

static bool is_server_name(const char *text)
{
    size_t length = strlen(text);
    return is_text(text) && length > 0 && text[0] != ' ' && text[length - 1] != ' ';
}

static bool is_any(const char *text)
{
    return text != NULL;
}

static bool is_name(const char *text)
{
    return is_label(text, strlen(text), LIMIT_NAME, ".-");
}

static bool is_document_name(const char *text)
{
    return is_label(text, strlen(text), LIMIT_DOCUMENT_NAME, "-");
}

static bool is_owner(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return !text[length] && length >= 1 && length <= LIMIT_OWNER;
}

static bool is_was(const char *text)
{
    const char *slash = strchr(text, '/');
    if (!slash) return is_name(text);
    return is_label(text, (size_t)(slash - text), LIMIT_DOCUMENT_NAME, "-") && is_name(slash + 1);
}

static bool is_id(const char *text)
{
    size_t length = 0;
    while (is_letter_or_digit(text[length]) || (text[length] && strchr("._:-", text[length])))
        length++;
    return !text[length] && length >= 1 && length <= LIMIT_ID;
}

static bool is_credential(const char *text)
{
    return is_id(text) && text[0] != '.' && !strchr(text, ':');
}

static bool is_file(const char *text)
{
    return text[0] == '/' && text[1] && is_text(text);
}

static bool is_directory(const char *text)
{
    return text[0] == '/' && is_text(text);
}

static bool is_beside(const char *text)
{
    return text[0] && text[0] != '/' && is_text(text);
}

static bool is_address(const char *text)
{
    return address_is_ipv4(text, NULL) || address_is_ipv6(text);
}

static bool is_floating(const char *text)
{
    return is_address(text) || text_equal(text, FLOATING_NONE);
}

static bool is_port(const char *text)
{
    uint64_t port;
    return text_to_number(text, 65535, &port) && port > 0;
}

/* The host of "host…" or "[address]…": its length with brackets, 0 when it is none. */
static size_t host_length(const char *text)
{
    size_t length = 0;
    if (*text == '[') {
        char address[64];
        const char *end = strchr(text, ']');
        if (!end || (size_t)(end - text) > sizeof address) return 0;
        memcpy(address, text + 1, (size_t)(end - text) - 1);
        address[end - text - 1] = '\0';
        return address_is_ipv6(address) ? (size_t)(end - text) + 1 : 0;
    }
    while (is_letter_or_digit(text[length]) || (text[length] && strchr("._-", text[length])))
        length++;
    return length <= 253 ? length : 0;
}

/* `refused`: characters that may not stand behind the host. */
static bool is_reachable(const struct url *url, const char *refused)
{
    size_t host = host_length(url->authority.at);
    const char *at = url->authority.at + host;
    if (host == 0) return false;
    if (*at == ':') {
        char port[6];
        size_t length = (size_t)(url->rest - at) - 1;
        if (length >= sizeof port) return false;
        memcpy(port, at + 1, length);
        port[length] = '\0';
        if (!is_port(port)) return false;
        at = url->rest;
    }
    return at == url->rest && !at[strcspn(at, refused)];
}

static bool is_url(const char *text)
{
    struct url url;
    return url_split(text, &url) && is_text(text) && !url.user.at && is_reachable(&url, "?#@ \\");
}

/* RFC 3986 has no other characters than these. */
static bool is_url_text(const char *text)
{
    if (strlen(text) > LIMIT_HOOK_URL) return false;
    for (; *text; text++)
        if (*text <= ' ' || *text > '~' || strchr("\"#<>\\^`{|}", *text)) return false;
    return true;
}

static bool is_hook(const char *text)
{
    struct url url;
    return url_split(text, &url) && !url.user.at && is_url_text(text) && is_reachable(&url, "");
}

/* A second @ would be for curl to interpret. */
static bool is_secret_hook(const char *text)
{
    struct url url;
    if (!url_split(text, &url) || !is_url_text(text) || !is_reachable(&url, "")) return false;
    return !url.user.at || (url.user.size > 0 && !memchr(url.user.at, '@', url.user.size));
}

/* What no mail program takes for a file, a program, an option, or more than one address. */
static bool is_mail(const char *text)
{
    size_t local = 0;
    while (is_letter_or_digit(text[local]) || (text[local] && strchr("._+=&'~-", text[local])))
        local++;
    if (local == 0 || local > 64 || (!is_letter_or_digit(*text) && *text != '_')) return false;
    if (!text[local]) return true;
    const char *domain = text + local + 1;
    size_t length = strlen(domain);
    bool dots = strstr(domain, "..") || *domain == '.' || *domain == '-';
    return text[local] == '@' && length > 0 && length <= 253 && !dots && host_length(domain) == length &&
           !strchr(domain, '_') && is_letter_or_digit(domain[length - 1]);
}

static bool is_listen(const char *text)
{
    size_t host = host_length(text);
    char address[64];
    if (host == 0 || text[host] != ':' || !is_port(text + host + 1)) return false;
    if (*text == '[') return true;
    if (host >= sizeof address) return false;
    memcpy(address, text, host);
    address[host] = '\0';
    return is_address(address);
}

bool url_is_plain(const char *url)
{
    return text_starts(url, "http://");
}

bool url_is_loopback(const char *text)
{
    struct url url;
    char name[64];
    size_t length = url_split(text, &url) ? host_length(url.authority.at) : 0;
    uint8_t bytes[4];
    if (length == 0 || length >= sizeof name) return false;
    memcpy(name, url.authority.at, length);
    name[length] = '\0';
    if (text_equal_nocase(name, "localhost") || text_equal(name, "[::1]")) return true;
    return address_is_ipv4(name, bytes) && bytes[0] == 127;
}

const char *hook_problem(const char *url, bool allow_plain_http)
{
    if (!is_secret_hook(url))
        return "is no URL; it must be http(s)://[user:password@]host[:port][/path][?query]";
    if (url_is_plain(url) && !url_is_loopback(url) && !allow_plain_http)
        return "is plain http to another machine; use https, or say allowPlainHttp: true";
    return NULL;
}

#define HOST "(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)"

static const struct form_row rows[FORM_COUNT] = {
    [FORM_TEXT] = {"text", "", "text in one line", is_text},
    [FORM_ANY] = {"text", "", "text", is_any},
    [FORM_SERVER_NAME] = {"a server's name", "^[^ ](.*[^ ])?$",
                          "text in one line without a blank at its ends", is_server_name},
    [FORM_NAME] = {"a name", "^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$",
                   "1 to 63 of a-z, 0-9, . and -, a letter or digit at both ends", is_name},
    [FORM_DOCUMENT_NAME] = {"a name", "^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$",
                            "1 to 32 of a-z, 0-9 and -, a letter or digit at both ends", is_document_name},
    [FORM_OWNER] = {"an owner", "^[a-z0-9-]{1,16}$", "1 to 16 of a-z, 0-9 and -", is_owner},
    [FORM_WAS] = {"a former name",
                  "^([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?/)?[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$",
                  "the old metadata.name, or source/name", is_was},
    [FORM_ID] = {"an id", "^[A-Za-z0-9._:-]{1,64}$", "1 to 64 of letters, digits, . _ : and -", is_id},
    [FORM_URL] = {"a URL", "^https?://" HOST "(:[0-9]{1,5})?(/[^?#@ ]*)?$",
                  "http(s)://host[:port][/path], without user, query or fragment", is_url},
    [FORM_HOOK] =
        {"a URL", "^https?://" HOST "(:[0-9]{1,5})?([/?][^# ]*)?$",
         "http(s)://host[:port][/path][?query]; with a user in it, it is a secret: {credential: NAME}",
         is_hook},
    [FORM_FILE] = {"a file", "^/.+$", "an absolute path: /dir/file", is_file},
    [FORM_BESIDE] = {"a file", "^[^/]", "a path relative to this file, below the source", is_beside},
    [FORM_DIRECTORY] = {"a directory", "^/", "an absolute path: /dir", is_directory},
    [FORM_ADDRESS] = {"an address", "^[0-9A-Fa-f:.]+$", "an IPv4 or IPv6 address", is_address},
    [FORM_FLOATING] = {"an address", "^([0-9A-Fa-f:.]+|none)$", "an IPv4 or IPv6 address, or none",
                       is_floating},
    [FORM_LISTEN] = {"a listening address", "^(\\[[0-9A-Fa-f:.]+\\]|[0-9.]+):[0-9]{1,5}$",
                     "address:port: 127.0.0.1:9478 or [::1]:9478", is_listen},
    [FORM_MAIL] = {"a mail address", "^[A-Za-z0-9_][A-Za-z0-9._+=&'~-]{0,63}(@[A-Za-z0-9][A-Za-z0-9.-]*)?$",
                   "user@host, or a user of this machine, of letters, digits and . _ + = & ' ~ -", is_mail},
    [FORM_CREDENTIAL] = {"a credential's name", "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$",
                         "1 to 64 of letters, digits, . _ and -, as in LoadCredential=", is_credential},
};

const struct form_row *form_row(enum form form)
{
    ASSERT((unsigned)form < FORM_COUNT);
    return &rows[form];
}

/* A password may hold any character but the last @ before the host. */
static void url_show(const char *text, char *out, size_t size)
{
    const char *scheme = strstr(text, "://");
    size_t scheme_length = scheme ? (size_t)(scheme - text) + 3 : 0;
    const char *at = strrchr(text + scheme_length, '@');
    const char *rest = at ? at : text + scheme_length;
    size_t length = strcspn(rest, "?#");
    snprintf(out, size, "%.*s%s%.*s%s", (int)scheme_length, text, at ? "…" : "", (int)length, rest,
             rest[length] ? "…" : "");
}

void form_shown(enum form form, const char *text, char *out, size_t size)
{
    if (form == FORM_URL)
        url_show(text, out, size);
    else
        snprintf(out, size, "%s", text);
    out[text_cut(out, strlen(out))] = '\0';
}
