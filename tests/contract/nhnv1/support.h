#ifndef SETPOINT_TESTS_CONTRACT_NHNV1_H
#define SETPOINT_TESTS_CONTRACT_NHNV1_H

#include "providers/provider.h"
#include "reconcile/base/arena.h"

#include <cjson/cJSON.h>

/* The codec of nhn-v1 with a made-up cloud: appkey "AppKey1", user "user-1". */

#define V1_BASE   "https://api-compute.cloud.toast.com/compute/v1.0/appkeys/AppKey1"
#define V1_SERVER "3a005d5b-63cf-4493-bfc6-49db990b5b50"
#define V1_HEADER "\"header\":{\"isSuccessful\":true,\"resultCode\":0,\"resultMessage\":\"SUCCESS\"}"

const struct provider *v1_provider(void);
struct cloud_config v1_cloud(void);
/* A file below tests/contract/nhnv1/bodies/, NUL-terminated; fails the test when it cannot be read. */
char *v1_file(struct arena *arena, const char *name, size_t *out_size);
cJSON *v1_json(struct arena *arena, const char *name);

struct http_request v1_encode(struct arena *arena, const struct call *call);
/* false: the encoder refuses, with its words. */
bool v1_try_encode(struct arena *arena, const struct call *call, struct http_request *out, struct error *err);
struct reply v1_decode(struct arena *arena, const struct call *call, int status, const char *body);
/* An envelope that says no. */
struct reply v1_refused(struct arena *arena, const struct call *call, int64_t code, const char *message);

#endif
