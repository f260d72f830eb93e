/* The simulated cloud as the recorded Nova was: its users, catalogue and clock, and which of its ids stands
 * for which recorded one. */
#ifndef SETPOINT_TESTS_CONTRACT_SIMCLOUD_SESSION_H
#define SETPOINT_TESTS_CONTRACT_SIMCLOUD_SESSION_H

#include "exchange.h"

#include "tests/cloud/cloud.h"

enum {
    IDS_MAX = 256,
    IDLE_MS = 2500, /* between operations, so that whole seconds tell them apart */
};

/* Users and projects of the recording. */
#define DEMO  "198edf20d74d4323b107426354c18627"
#define SMALL "4cd91abf336f4e9d8619929bb0bb4897"
#define AUTO  "0d2c2aadf98b4c85a4a7bf42b523ac04"
#define SINCE "f2075e2fecb7499fb14f81f44f65e206"

enum { TOKEN_DEMO, TOKEN_OTHER, TOKEN_ADMIN, TOKEN_COUNT };

struct id_pair {
    char recorded[CLOUD_ID_SIZE];
    char simulated[CLOUD_ID_SIZE];
};

struct session {
    struct cloud *cloud;
    const struct exchange *exchanges; /* all of them: where a recorded id's name is found */
    size_t exchange_count;
    int64_t now_ms;
    int64_t changed_ms; /* just before the last change */
    char tokens[TOKEN_COUNT][256];
    struct id_pair ids[IDS_MAX];
    size_t id_count;
    char request_id[64];     /* of the newest action seen */
    char reservation[2][32]; /* recorded, simulated */
};

void options_fill(struct cloud_options *options, const char *project);
void session_open(struct session *session, const struct cloud_options *options,
                  const struct exchange *exchanges, size_t exchange_count);
void session_logins(struct session *session, const char *project);
/* Lets everything that goes on come to its end. */
void session_settle(struct session *session);
/* One request to the service at this host; returns the status. */
int session_call(struct session *session, const char *method, const char *host, const char *path,
                 const char *token, const char *body, struct cloud_reply *out_reply);

/* The simulated id, made known if need be; NULL for what is no server of the recording. */
const char *id_map(struct session *session, const char *recorded, const char *project);
/* Servers in the reply, known by id or by name, become pairs. */
void ids_learn(struct session *session, const cJSON *recorded, const cJSON *simulated);
/* The text with the servers' ids replaced (`make`: those not known yet are made known); to be freed. */
char *text_map(struct session *session, const char *text, const char *project, bool make);
/* The text of a member, or NULL. */
const char *member(const cJSON *object, const char *key);

#endif
