/* What the tests of the simulated cloud share: a client that is logged in, and its requests. */
#ifndef SETPOINT_TESTS_CLOUD_CLIENT_H
#define SETPOINT_TESTS_CLOUD_CLIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "cloud.h"

#define CLIENT_PROJECT "198edf20d74d4323b107426354c18627"
#define CLIENT_SUBNET  "b83863ff-0355-4c73-8c10-0bdf66a69aab"
#define CLIENT_VOLUME  "a07f71dc-8151-4e7d-a0cc-cd24a3f11113"

struct client {
    struct cloud *cloud;
    int64_t now_ms;
    char token[256];
    struct cloud_reply reply; /* of the last request */
    cJSON *json;              /* its body, NULL when it is not JSON */
};

/* A cloud of this dialect with all durations fixed: build 1000 ms, everything else 100 ms. */
void client_options(struct cloud_options *options, enum cloud_dialect dialect);
struct client *client_new(const struct cloud_options *options);
/* client_new with client_options. */
struct client *client_of(enum cloud_dialect dialect);
void client_free(struct client *client);
/* Logs in as demo; the status. */
int client_login(struct client *client);
/* Below the service's root, as in "/identity/v2.0/tokens"; the status. */
int client_send(struct client *client, const char *method, const char *path, const char *body);
/* Below the compute service and the project: "servers/ID". */
__attribute__((format(printf, 4, 5))) int client_compute(struct client *client, const char *method,
                                                         const char *body, const char *format, ...);
/* Creates a server that boots from a volume; false unless 202. The id goes to out_id (CLOUD_ID_SIZE). */
bool client_create(struct client *client, const char *name, char *out_id);
/* The same, and waits until nothing goes on. */
void client_make(struct client *client, const char *name, char *out_id);
/* An action's body; the status. */
int client_act(struct client *client, const char *id, const char *body);
void client_wait(struct client *client, int64_t ms);
/* Until nothing is due any more. */
void client_settle(struct client *client);
/* "ACTIVE/powering-off", "404". */
const char *client_state(struct client *client, const char *id);
/* A member of the last reply, "servers.0.name"; NULL when absent. */
const cJSON *client_at(const struct client *client, const char *path);
const char *client_text(const struct client *client, const char *path);
/* The id of a catalogue item; valid until the next call. */
const char *client_item(struct client *client, enum cloud_item_kind kind, const char *name);
unsigned client_fault(struct client *client, const struct cloud_fault *fault);
size_t client_change(struct client *client, enum cloud_change_kind kind, const char *server, const char *key,
                     const char *text);
struct cloud_record client_last_record(const struct client *client);
/* How many servers a whole list has, page by page of this size. */
size_t client_count(struct client *client, unsigned limit);

#endif
