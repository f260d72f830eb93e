#include "providers/nhnv1/nhnv1.h"

#include "providers/response.h"
#include "reconcile/base/limits.h"

/* false: it does not say whether it worked. */
static bool read_header(struct scan *scan, struct arena *arena, struct nhnv1_envelope *out)
{
    bool told = false;
    struct span key;
    if (!scan_object(scan)) return false;
    while (scan_member(scan, &key))
        if (span_equal(key, "isSuccessful")) {
            told = !scan_is_null(scan);
            out->successful = scan_is_true(scan);
        } else if (span_equal(key, "resultCode")) {
            if (!scan_number(scan, &out->code)) out->code = 0;
        } else if (span_equal(key, "resultMessage")) {
            out->message = response_message(scan_text(scan, arena, LIMIT_WORDS), arena);
        } else {
            scan_skip(scan);
        }
    return told && !scan->broken;
}

bool nhnv1_envelope_read(const struct http_response *response, struct arena *arena,
                         struct nhnv1_envelope *out)
{
    *out = (struct nhnv1_envelope){.message = ""};
    struct scan scan;
    struct span key;
    if (!response->body) return false;
    scan_init(&scan, response->body, response->body_size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &key)) {
        if (span_equal(key, "header")) return read_header(&scan, arena, out);
        scan_skip(&scan);
    }
    return false;
}
