#ifndef SETPOINT_DAEMON_HTTP_PROXY_H
#define SETPOINT_DAEMON_HTTP_PROXY_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "reconcile/event.h"

/* The proxies of the clouds that name one, each with its user and password, read once. A cloud that names
   none goes through that of the environment (http_proxy, https_proxy, all_proxy, no_proxy), which is
   libcurl's own business. */
struct proxy;
struct proxies {
    struct proxy *first;
};

/* What was read for this pool; lives until proxies_release. A pool that names another one than before has
   that one read. url: no user in it. credentials: USER:PASSWORD, kind SECRET_NONE = none. NULL: `problem`
   says why. */
const struct proxy *proxies_find(struct proxies *proxies, const char *pool, const char *url,
                                 const struct secret_reference *credentials, char *problem, size_t size);
/* Sets the handle up for it, whatever the environment says. What the proxy is told of the user goes to
 *headers, which stays as it is until the transfer has ended; the caller wipes and frees it. */
void proxy_apply(const struct proxy *proxy, CURL *easy, struct curl_slist **headers);
void proxies_release(struct proxies *proxies); /* wipes; may be used again */

#endif
