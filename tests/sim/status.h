#ifndef SETPOINT_TESTS_SIM_STATUS_H
#define SETPOINT_TESTS_SIM_STATUS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* The newest status that was read. A fleet at rest shows the same text most of the time: only another one is
   parsed. */

struct status_row { /* "" = not told; texts live in the tree */
    const char *source, *name, *kind, *cloud, *verdict, *reason, *message, *next, *server;
};

struct status {
    char *json;
    cJSON *tree;
    struct status_row *rows;
    unsigned count, room;
};

/* The text of a member; "" = no such text. */
const char *status_member(const cJSON *row, const char *key);
/* false: it is no JSON array. */
bool status_read(struct status *status, const char *json);
void status_release(struct status *status);

#endif
