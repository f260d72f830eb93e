#ifndef SETPOINT_MANIFESTS_SYNTAX_H
#define SETPOINT_MANIFESTS_SYNTAX_H

#include <stddef.h>
#include <yaml.h>

#include "manifests/mistakes.h"

/* Why libyaml stopped, as one mistake in words a person can act on. `bytes` is the whole input. */
void syntax_mistake(const yaml_parser_t *parser, const char *bytes, size_t size, const char *shown,
                    struct mistakes *mistakes);

#endif
