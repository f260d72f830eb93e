#include "reconcile/base/url.h"

#include <string.h>

/* A user ends at the last @ before the path: an @ in a password must not move the host. */
static const char *last_at(const char *text, size_t size)
{
    while (size > 0 && text[size - 1] != '@')
        size--;
    return size > 0 ? &text[size - 1] : NULL;
}

bool url_split(const char *text, struct url *out)
{
    *out = (struct url){.plain = text_starts(text, "http://")};
    if (!out->plain && !text_starts(text, "https://")) return false;
    const char *at = text + strlen(out->plain ? "http://" : "https://");
    size_t size = strcspn(at, "/?#");
    const char *end = at + size, *sign = last_at(at, size);
    if (sign) out->user = (struct span){at, (size_t)(sign - at)};
    if (sign) at = sign + 1;
    out->authority = (struct span){at, (size_t)(end - at)};
    out->rest = end;
    return true;
}

void url_add_origin(struct text *out, const char *url)
{
    struct url parts;
    if (!url_split(url, &parts)) return;
    text_add(out, parts.plain ? "http://" : "https://");
    text_add_bytes(out, parts.authority.at, parts.authority.size);
}
