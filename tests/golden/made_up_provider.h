#ifndef SETPOINT_TESTS_MADE_UP_PROVIDER_H
#define SETPOINT_TESTS_MADE_UP_PROVIDER_H

#include "reconcile/traits.h"

/* A provider that nobody has: resize only while shelved, stop in two calls through suspended, a create whose
   reply tells no id, no incremental list. The core must converge through its table without knowing it. */
extern const struct traits made_up_traits;

#endif
