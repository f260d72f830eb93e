#ifndef SETPOINT_MANIFESTS_SCALAR_H
#define SETPOINT_MANIFESTS_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

#include "manifests/tree.h"
#include "reconcile/event.h"

/* The written forms of single values. Parsers return false for what is not of the form, and never print. */

enum node_kind scalar_kind(const char *plain); /* of an unquoted scalar, YAML 1.2 core schema */

bool scalar_bool(const struct node *node, bool *out);
/* A decimal whole number without sign, unquoted. */
bool scalar_number(const struct node *node, int64_t *out);
bool scalar_duration(const char *text, int64_t *out_ms); /* "30s"; up to 100 years */
bool scalar_size(const char *text, int64_t *out_bytes);  /* "100GiB": whole number and KiB, MiB, GiB or TiB */
bool scalar_percent(const char *text, uint32_t *out);    /* "10%", up to 100% */
/* "10%" or an unquoted number up to UINT32_MAX. */
bool scalar_share(const struct node *node, struct share *out);

#endif
