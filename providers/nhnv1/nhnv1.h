#ifndef SETPOINT_NHNV1_H
#define SETPOINT_NHNV1_H

#include "providers/provider.h"
#include "providers/seen.h"

/* NHN Cloud Instance API v1: an appkey in the path, a token in X-Auth-Token, every reply with status 200 and
   an envelope that says whether it worked. One list without pages, servers addressed by ?id=. No metadata, no
   rename, no user data: nothing can carry our mark. Facts: the v1 guides of Instance, Image and VPC, and the
   table of error codes. What they leave open is taken either way; tests/simcloud/switches lists it. */

extern const struct provider nhnv1;
extern const struct traits nhnv1_traits;

/* Type of a root disk that lies on the host (u2 flavors): their create takes no volume. */
#define NHNV1_LOCAL_DISK "local"

/* A root disk comes "in steps of 10 GB from the image's minimum to 1000". */
enum {
    NHNV1_ROOT_STEP_GIB = 10,
    NHNV1_ROOT_MOST_GIB = 1000,
    NHNV1_ROOT_GIB = 20 /* when the manifest gives none: the console's least for Linux; Windows must say */
};

/* login.c */
bool nhnv1_encode_login(const struct cloud_config *cloud, const struct credential *credentials,
                        uint32_t count, struct arena *arena, struct http_request *out, struct error *err);
bool nhnv1_decode_login(const struct cloud_config *cloud, const struct http_response *response,
                        struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                        struct error *err);

/* GET /tokens?id=: with the token itself as X-Auth-Token, for there is no other. */
bool nhnv1_encode_check(const struct cloud_config *cloud, const struct access *access, struct arena *arena,
                        struct http_request *out, struct error *err);
bool nhnv1_decode_check(const struct http_response *response, const char *token);

/* encode.c, create.c: the body of POST /instances. */
bool nhnv1_encode(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                  struct arena *arena, struct http_request *out, struct error *err);
/* "Content-Type: application/json;charset=UTF-8", as the guide wants it. */
void nhnv1_say_charset(struct http_request *request);
bool nhnv1_create_encode(const struct create_order *order, struct text *body, struct error *err);

/* decode.c */
void nhnv1_decode(const struct cloud_config *cloud, const struct call *call,
                  const struct http_response *response, struct arena *arena, struct reply *out);

/* envelope.c: {"header": {"isSuccessful", "resultCode", "resultMessage"}, …}, wherever it stands in the body.
 */
struct nhnv1_envelope {
    bool successful;
    int64_t code;
    const char *message; /* clean; "" = none */
};
/* false: the body is no object, or has no header that says whether it worked. What stands behind the header
   is not looked at. */
bool nhnv1_envelope_read(const struct http_response *response, struct arena *arena,
                         struct nhnv1_envelope *out);

/* errors.c */
enum reply_kind nhnv1_error_kind(const struct call *call, const struct nhnv1_envelope *envelope);
/* An envelope of which nhnv1_error_kind makes REPLY_AUTH. */
bool nhnv1_is_unauthorized(const struct http_response *response);
/* Code -3 is "Permission denied: user, appkey or token id": of a dead token, and of a call that the user may
   not make. */
bool nhnv1_is_doubtful(const struct http_response *response);
/* A response without an envelope: kind and message by its status. */
void nhnv1_strange_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                          struct reply *out);

/* servers.c: {"instances": [...]}; false: not JSON, no such row, or an object in it that is no server. */
bool nhnv1_servers_read(const char *body, size_t size, struct arena *arena, struct facts_row *out);
enum phase nhnv1_status_phase(const char *status); /* any case; NULL = not told */

/* catalogue.c */
bool nhnv1_catalogue_encode(const struct cloud_config *cloud, const struct access *access,
                            const struct call *call, struct text *url, struct error *err);
bool nhnv1_catalogue_decode(const struct call *call, const struct http_response *response,
                            struct arena *arena, struct reply *out);

#endif
