/* A recorded exchange: NNN-name.http. */
#ifndef SETPOINT_TESTS_CONTRACT_SIMCLOUD_EXCHANGE_H
#define SETPOINT_TESTS_CONTRACT_SIMCLOUD_EXCHANGE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum { EXCHANGE_HEADERS_MAX = 16 };

struct exchange_header {
    char *name;
    char *value;
};

struct exchange {
    unsigned number;
    char name[128]; /* without number and ending */
    char *text;     /* own; the others point into it */
    char *method;
    char *path;
    char *host;
    char *body; /* "" when none */
    int status;
    struct exchange_header headers[EXCHANGE_HEADERS_MAX]; /* of the reply */
    size_t header_count;
    char *reply;
    cJSON *json; /* the reply; NULL when it is not JSON */
};

/* All exchanges of the folder, by number; NULL on failure (told on stderr). */
struct exchange *exchanges_read(const char *folder, size_t *out_count);
void exchanges_free(struct exchange *exchanges, size_t count);
const char *exchange_header(const struct exchange *exchange, const char *name);
/* "STATUS(task,vm_state)" of a recorded or simulated reply about one server; "404(None,None)". */
void exchange_state(int status, const cJSON *json, char *out, size_t size);
/* A poll of one server: the name ends with its state. out_label has the rest of the name. */
bool exchange_is_poll(const struct exchange *exchange, char *out_label, size_t size);
/* The whole file as text, or NULL (told on stderr). */
char *file_text(const char *folder, const char *name);

#endif
