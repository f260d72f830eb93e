#ifndef SETPOINT_TENCENT_H
#define SETPOINT_TENCENT_H

#include "providers/provider.h"
#include "providers/seen.h"
#include "reconcile/base/span.h"

/* The gateway product in front of Tencent's CVM: /v1/tencent/compute/..., all of it POST with a JSON body,
   and /v1/authentication/{login,logout}. Every reply has one envelope and HTTP 200, whatever happened:
   success is read from `scode`. Sources: the gateway's own compute guide; for what it leaves open the
   product's other API documents and CVM's. */

extern const struct provider tencent_gateway;
extern const struct traits tencent_gateway_traits;

/* spec.auth.scheme: how the token stands in the header Authorization. */
#define TENCENT_SCHEME      "scheme"
#define TENCENT_SCHEME_BARE "bare"

/* call.argument of a stop that does not ask the guest. */
#define TENCENT_FORCE "HARD"

/* --- login.c --- */
bool tencent_encode_login(const struct cloud_config *cloud, const struct credential *credentials,
                          uint32_t count, struct arena *arena, struct http_request *out, struct error *err);
bool tencent_decode_login(const struct cloud_config *cloud, const struct http_response *response,
                          struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                          struct error *err);
bool tencent_encode_logout(const struct cloud_config *cloud, const struct access *access, struct arena *arena,
                           struct http_request *out, struct error *err);
/* Seconds since 1970 at which a JWT ends (RFC 7519, 4.1.4); -1: not told, or no JWT. */
int64_t jwt_expiry(const char *token, struct arena *arena);

/* --- encode.c --- */
bool tencent_encode(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                    struct arena *arena, struct http_request *out, struct error *err);

/* --- decode.c --- */
void tencent_decode(const struct cloud_config *cloud, const struct call *call,
                    const struct http_response *response, struct arena *arena, struct reply *out);
/* The token was refused, and nothing was done. */
bool tencent_is_unauthorized(const struct http_response *response);

/* --- envelope.c --- */

/* What is round every reply. The product's documents spell its keys in several ways. */
struct envelope {
    bool coded; /* it has a code: scode, or status_code */
    int64_t code;
    const char *words;     /* desc (where errors of third parties stand), else the fixed text; "" */
    const char *all_words; /* every text there is, for looking codes up; "" */
    struct span data;      /* JSON; empty when there is none */
};
/* false: no JSON object. */
bool envelope_read(const struct http_response *response, struct arena *arena, struct envelope *out);
/* Batch calls say 0 outside although an item failed: takes over what the first such item says. */
void envelope_take_failed_item(struct envelope *envelope, struct arena *arena);

/* --- errors.c --- */

/* Kind of a reply that is no success. http_status judges where neither code nor words are known. */
enum reply_kind tencent_error_kind(const struct envelope *envelope, int http_status);

/* --- cursor.c: going through a list of which nobody knows what its page number counts --- */

/* PageNum is "the offset of paging". Elsewhere in the product that is a page index from zero; handed on to
   CVM it would be the number of items to pass over. So page 1 is asked, and whether an item from the middle
   of page 0 comes again tells which it is. */
enum cursor_mode { CURSOR_FIRST, CURSOR_PROBE, CURSOR_INDEX, CURSOR_OFFSET };
struct cursor {
    enum cursor_mode mode;
    uint64_t number;     /* PageNum */
    uint64_t read;       /* items of the pages before */
    const char *witness; /* PROBE: an id from the middle of the first page */
};
/* page as in call.page; false: not one of ours. */
bool cursor_parse(const char *page, struct cursor *out);
/* The page after this one, of which the reply had these servers; NULL: it was the last. total -1: not told.
 */
const char *cursor_next(const struct cursor *cursor, const struct facts *servers, uint32_t count,
                        int64_t total, struct arena *arena);

/* So many servers at the front of this page stood on the page before, too. */
uint32_t cursor_repeats(const struct cursor *cursor, const struct facts *servers, uint32_t count);

/* --- status.c: all words as the API sends them, any case; NULL = not told --- */
enum phase tencent_phase(const char *state, const char *operation_state);
enum launched tencent_launched(const char *state);

/* --- servers.c --- */
struct server_page {
    struct facts_row row;
    int64_t total; /* -1: not told */
};
/* {"TotalCount", "List": [...]}; false: not so, or an item that is no instance. */
bool tencent_servers_read(struct span data, struct arena *arena, struct server_page *out);
/* One instance. false: broken. *out_found: it is one, that is: it has an InstanceId. */
bool tencent_server_read(struct span data, struct arena *arena, struct facts *out, bool *out_found);

#endif
