#ifndef SETPOINT_TESTS_CONTRACT_KAKAOCLOUD_SUPPORT_H
#define SETPOINT_TESTS_CONTRACT_KAKAOCLOUD_SUPPORT_H

#include "providers/provider.h"

#define INSTANCE "9f1c8f7e-4d0b-4a53-8c0e-2b7a6f1d3e90"
#define NIC      "5c0a3d52-7a0f-4f6e-9a43-61f0c1d2b7aa"
#define GROUP    "2d4e6f80-1b3c-4d5e-8f7a-9b0c1d2e3f40"
#define VOLUME   "a07f71dc-8151-4e7d-a0cc-cd24a3f11113"
#define ADDRESS  "6b1f0c9d-3e2a-4b5c-9d8e-7f6a5b4c3d2e"
#define FLAVOR   "b5f1c148-732c-417d-9d1b-1dffca105dbe"
#define IMAGE    "9956f822-29c9-4f81-9410-0c392d9c8c24"
#define SUBNET   "b83863ff-0355-4c73-8c10-0bdf66a69aab"

/* Typed from the vendor's field tables: a file below bodies/, NUL-terminated. Fails the test when it cannot
   be read. */
const char *body_of(struct arena *arena, const char *name, size_t *out_size);
/* A file of that folder that is in neither row fails the test; both are NULL-terminated. */
void every_body_has_a_case(const char *const *names, const char *const *others);

const struct provider *the_provider(void);
struct cloud_config the_cloud(void);
struct access the_access(void);
struct reply decoded(struct arena *arena, const struct call *call, int status, const char *body);

#endif
