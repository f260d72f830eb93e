#ifndef SETPOINT_KAKAOCLOUD_H
#define SETPOINT_KAKAOCLOUD_H

#include "providers/provider.h"
#include "providers/seen.h"

/* kakaocloud BCS: instances behind an application credential at IAM (Keystone v3, the token in a header). The
   API looks like Nova's states with paths and shapes of its own. Facts: the vendor's generated SDK (the guide
   InstanceAPI.md is part of it) and its Terraform provider. What they leave open is taken either way;
   tests/simcloud/switches lists it.

   The list is read by limit and offset, newest first. That order is what makes totals a proof: whoever comes
   in meanwhile pushes the rest back, so rows may come twice, and rows that leave change the total. Where
   first and last total are equal, and as many different ids were seen, nothing that was there all the time
   was missed. (Oldest first it would not be so: one gone and one come leave the total, and hide a row.) */

extern const struct provider kakaocloud;
extern const struct traits kakaocloud_traits;

enum { KAKAO_LIST_PAGE = 1000 /* what the vendor's own client asks for; a lower cap is noticed */ };
enum {
    KAKAO_ROOT_GIB = 20, /* when the manifest gives no size, which the API wants */
    KAKAO_ROOT_MOST_GIB = 16384
};

/* login.c */
bool kakao_encode_login(const struct cloud_config *cloud, const struct credential *credentials,
                        uint32_t count, struct arena *arena, struct http_request *out, struct error *err);
bool kakao_decode_login(const struct cloud_config *cloud, const struct http_response *response,
                        struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                        struct error *err);

/* encode.c, create.c: the body of POST /instances. */
bool kakao_encode(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                  struct arena *arena, struct http_request *out, struct error *err);
bool kakao_create_encode(const struct create_order *order, struct arena *arena, struct text *body,
                         struct error *err);

/* decode.c */
void kakao_decode(const struct cloud_config *cloud, const struct call *call,
                  const struct http_response *response, struct arena *arena, struct reply *out);

/* servers.c: the one reader of instances as GET and the list show them. PUT answers with another model, which
   nobody reads. */
struct kakao_page {
    int64_t total, offset, limit; /* -1 = not told */
};
struct kakao_list {
    struct facts_row row;
    struct kakao_page page;
};
/* {"instances": [...], "pagination": {...}}; false: not JSON, no such row, or an object in it without id. */
bool kakao_servers_read(const char *body, size_t size, struct arena *arena, struct kakao_list *out);
/* {"instance": {...}} */
bool kakao_server_read(const char *body, size_t size, struct arena *arena, struct facts *out);

/* page.c: which page `page` (call.page) is, and what comes behind it. */
uint32_t kakao_page_offset(const char *page);
void kakao_page_query(struct text *url, const char *page);
/* The next page's name, NULL = that was the last. false: the reply is of another page than was asked. */
bool kakao_page_next(const struct call *call, const struct kakao_page *told, uint32_t count,
                     struct arena *arena, const char **out_next);

/* status.c. All as the API sends them, any case, '-' and '_' alike; NULL or "" = not told. */
enum phase kakao_status_phase(const char *status, const char *vm_state, const char *task_state);

/* errors.c: kind and message of a response that is no success. */
void kakao_error_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                        struct reply *out);
/* 401, and a 403 that speaks of the token. */
bool kakao_is_unauthorized(const struct http_response *response);

/* catalogue.c */
bool kakao_catalogue_encode(const struct cloud_config *cloud, const struct access *access,
                            const struct call *call, struct text *url, struct error *err);
/* false: the body is not what the API promises. */
bool kakao_catalogue_decode(const struct call *call, const struct http_response *response,
                            struct arena *arena, struct reply *out);

#endif
