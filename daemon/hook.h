#ifndef SETPOINT_DAEMON_HOOK_H
#define SETPOINT_DAEMON_HOOK_H

#include <stdbool.h>

#include "providers/provider.h"
#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/base/url.h"

/* The URL that messages are posted to. Scheme and host may be shown (url_add_origin), all else of it is a
   secret. */

enum { HOOK_URL_MAX = 2048 /* longer ones are cut by common proxies */ };

/* `out` points into the URL. allow_plain: http towards others than loopback, too. The error shows nothing of
   it. */
bool hook_parse(const char *url, bool allow_plain, struct url *out, struct error *err)
    __attribute__((warn_unused_result));
/* The URL without its userinfo. */
void hook_url(const struct url *hook, struct text *out);
/* The userinfo as a value of the header Authorization (RFC 7617); false: there is none. */
bool hook_authorization(const struct url *hook, struct text *out);
/* Whether the answer repeats anything that is secret of it, as it stands or in another form (leak.h). */
bool hook_is_told(const struct url *hook, const struct http_response *response);

#endif
