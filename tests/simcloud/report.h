/* What a cloud is and has seen, as JSON. */
#ifndef SETPOINT_TESTS_SIMCLOUD_REPORT_H
#define SETPOINT_TESTS_SIMCLOUD_REPORT_H

#include "tests/cloud/buffer.h"
#include "tests/cloud/cloud.h"

void report_servers(struct cloud *cloud, bool all, struct buffer *out);
void report_counters(const struct cloud *cloud, struct buffer *out);
/* Those after number `since`; of one operation only, when it is not NULL. */
void report_records(const struct cloud *cloud, uint64_t since, const char *operation, bool mutating_only,
                    struct buffer *out);
void report_objects(const struct cloud *cloud, struct buffer *out);
void report_faults(const struct cloud *cloud, struct buffer *out);
void report_catalogue(const struct cloud *cloud, struct buffer *out);

#endif
