#include "manifests/address.h"

#include <string.h>

#include "reconcile/base/text.h"

enum { GROUPS = 8 /* of 16 bits in an IPv6 address */ };

bool address_is_ipv4(const char *text, uint8_t out_bytes[4])
{
    for (unsigned i = 0; i < 4; i++) {
        size_t length = strspn(text, "0123456789");
        unsigned byte = 0;
        if (length < 1 || length > 3 || (length > 1 && *text == '0')) return false;
        for (size_t j = 0; j < length; j++)
            byte = byte * 10 + (unsigned)(text[j] - '0');
        if (byte > 255) return false;
        if (out_bytes) out_bytes[i] = (uint8_t)byte;
        text += length;
        if (*text++ != (i < 3 ? '.' : '\0')) return false;
    }
    return true;
}

/* Groups between colons, up to the end or to a "::"; an IPv4 address may end them and counts as two. false:
   not well formed. *at is left on what stopped it. */
static bool read_groups(const char **at, unsigned *out_count)
{
    for (*out_count = 0; **at; (*out_count)++) {
        size_t length = strspn(*at, "0123456789abcdefABCDEF");
        if ((*at)[length] == '.') {
            *out_count += 2;
            bool last = address_is_ipv4(*at, NULL);
            *at += strlen(*at);
            return last;
        }
        if (length < 1 || length > 4) return false;
        *at += length;
        if (!**at || text_starts(*at, "::")) {
            (*out_count)++;
            return true;
        }
        if (*(*at)++ != ':' || !**at) return false;
    }
    return true;
}

bool address_is_ipv6(const char *text)
{
    unsigned before = 0, behind = 0;
    if (!text_starts(text, "::") && !read_groups(&text, &before)) return false;
    if (!*text) return before == GROUPS;
    text += 2;
    return read_groups(&text, &behind) && !*text && before + behind < GROUPS;
}
