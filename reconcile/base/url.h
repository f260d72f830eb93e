#ifndef SETPOINT_BASE_URL_H
#define SETPOINT_BASE_URL_H

#include "reconcile/base/span.h"
#include "reconcile/base/text.h"

/* Where the parts of http(s)://[USER[:PASSWORD]@]HOST[:PORT][/PATH][?QUERY] stand (RFC 3986 section 3). All
   but the scheme are taken as they are: who needs them well-formed checks them (manifests/form.h). */
struct url {
    bool plain;            /* http: */
    struct span user;      /* USER[:PASSWORD]; at NULL = none */
    struct span authority; /* HOST[:PORT] */
    const char *rest;      /* from the path on; "" */
};

/* The parts point into `text`. false: neither http:// nor https://. */
bool url_split(const char *text, struct url *out);
/* "https://host:port": what may be shown of a URL that holds a secret in user, path or query. Of what is no
   URL, nothing. */
void url_add_origin(struct text *out, const char *url);

#endif
