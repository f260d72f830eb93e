#ifndef SETPOINT_DAEMON_HTTP_PROBLEM_H
#define SETPOINT_DAEMON_HTTP_PROBLEM_H

#include <curl/curl.h>
#include <stddef.h>

#include "daemon/http_transfer.h"

/* Writes what went wrong in plain words, with the host and what to do about it. */
void http_problem(const struct transfer *transfer, CURLcode code, char *out, size_t size);

#endif
