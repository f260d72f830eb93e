/* What the Nova dialects have in common. */
#ifndef SETPOINT_TESTS_CLOUD_NOVA_H
#define SETPOINT_TESTS_CLOUD_NOVA_H

#include "dialect.h"

extern const struct route nova_routes[];

#endif
