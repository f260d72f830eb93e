#ifndef SETPOINT_CTL_ANSWER_H
#define SETPOINT_CTL_ANSWER_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/* What the daemon said. Members that are absent, null or of another type read as the "nothing" named here: a
   daemon of another version must not crash its command line. */

const char *answer_text(const cJSON *object, const char *name); /* NULL */
/* "" instead of NULL */
const char *answer_word(const cJSON *object, const char *name);
bool answer_flag(const cJSON *object, const char *name);           /* false */
double answer_number(const cJSON *object, const char *name);       /* 0 */
int64_t answer_wall_ms(const cJSON *object, const char *name);     /* -1 */
const cJSON *answer_member(const cJSON *object, const char *name); /* NULL */
/* First item of an array; NULL. */
const cJSON *answer_first(const cJSON *object, const char *name);

/* The same for an array itself. */
const cJSON *answer_items(const cJSON *array);

static inline void answer_release(cJSON **json)
{
    cJSON_Delete(*json);
}
#define AUTO_ANSWER __attribute__((cleanup(answer_release)))

#endif
