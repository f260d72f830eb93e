/* Checks of request bodies that several handlers share. Each answers 400 or 403 itself and returns false. */
#ifndef SETPOINT_TESTS_CLOUD_CHECKS_H
#define SETPOINT_TESTS_CLOUD_CHECKS_H

#include "call.h"

/* "Invalid input for field/attribute FIELD. Value: VALUE. WHY" */
__attribute__((format(printf, 4, 5))) bool check_invalid(struct call *call, const char *field,
                                                         const cJSON *value, const char *format, ...);
bool is_uuid(const char *text);
/* A name: 1 to 255 characters after the outer blanks are gone; out has CLOUD_NAME_SIZE. */
bool check_name(struct call *call, const cJSON *name, char *out);
/* A map of strings within the limits; `have` counts what the server has already. */
bool check_metadata(struct call *call, const cJSON *metadata, size_t have);
/* A server change that a fault lets go unheard: answered as if done. */
bool call_is_ignored(struct call *call);

#endif
