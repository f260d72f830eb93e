/* The shape of a JSON text: every path with the types seen there. "servers[].links[].href" string. */
#ifndef SETPOINT_TESTS_CONTRACT_SIMCLOUD_SHAPE_H
#define SETPOINT_TESTS_CONTRACT_SIMCLOUD_SHAPE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct shape {
    char **rows; /* own: "path type", sorted, each once */
    size_t count;
};

void shape_of(struct shape *shape, const cJSON *json);
void shape_release(struct shape *shape);
bool shape_has(const struct shape *shape, const char *row);
bool shape_equals(const struct shape *a, const struct shape *b);

#endif
