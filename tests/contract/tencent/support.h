#ifndef SETPOINT_TESTS_CONTRACT_TENCENT_H
#define SETPOINT_TESTS_CONTRACT_TENCENT_H

#include "providers/provider.h"
#include "reconcile/base/arena.h"

#include <cjson/cJSON.h>

/* The codec of the gateway with the tenant, cluster and region of its guide. */

#define GATEWAY  "https://gateway.example:8080"
#define BASE     GATEWAY "/v1/tencent/compute"
#define TENANT   "system"
#define CLUSTER  "72db4b34-1473-418f-ade4-de00b956f16b"
#define REGION   "ap-guangzhou"
#define INSTANCE "ins-2n9bmcww"
#define ENVELOPE "\"desc\":\"\",\"message\":\"success\",\"message_cn\":\"成功\",\"stack\":null"

const struct provider *gateway_provider(void);
struct cloud_config gateway_cloud(void);
/* A file below tests/contract/tencent/bodies/, NUL-terminated; fails the test when it cannot be read. */
char *body_file(struct arena *arena, const char *name, size_t *out_size);
cJSON *body_json(struct arena *arena, const char *name);
/* How many files there are. */
unsigned body_count(void);

struct http_request gateway_encode(struct arena *arena, const struct call *call);
/* The words with which the encoder refuses; fails the test when it does not. */
const char *gateway_refusal(struct arena *arena, const struct call *call);
struct reply gateway_decode(struct arena *arena, const struct call *call, int status, const char *body);
/* A reply with that data inside a successful envelope. */
struct reply gateway_data(struct arena *arena, const struct call *call, const char *data);
/* A failed envelope; desc NULL: none of the texts says anything. */
struct reply gateway_failure(struct arena *arena, const struct call *call, long long code, const char *desc);

#endif
