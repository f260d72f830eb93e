#include "daemon/http_proxy.h"

#include <stdio.h>
#include <string.h>

#include "daemon/secret.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

struct proxy {
    struct proxy *next;
    char *pool, *url, *reference; /* reference: of the credentials; NULL */
    struct secret secret;         /* "USER" NUL "PASSWORD" */
};

static bool credentials_read(const struct secret_reference *credentials, struct secret *out, char *problem,
                             size_t size)
{
    struct error err = {0};
    if (!secret_read(credentials, out, &err)) {
        snprintf(problem, size, "spec.proxy.credentials: %s", err.text);
        return false;
    }
    char *colon = strchr(out->text, ':');
    if (!colon) {
        snprintf(problem, size, "spec.proxy.credentials: there is no USER:PASSWORD in it");
        secret_wipe(out);
        return false;
    }
    *colon = '\0';
    return true;
}

const struct proxy *proxies_find(struct proxies *proxies, const char *pool, const char *url,
                                 const struct secret_reference *credentials, char *problem, size_t size)
{
    struct secret secret = {0};
    const char *reference = credentials->kind == SECRET_NONE ? NULL : credentials->text;
    for (struct proxy *proxy = proxies->first; proxy; proxy = proxy->next)
        if (text_equal(proxy->pool, pool) && text_equal(proxy->url, url) &&
            text_equal(proxy->reference, reference))
            return proxy;
    if (reference && !credentials_read(credentials, &secret, problem, size)) return NULL;
    struct proxy *proxy = NEW(struct proxy);
    *proxy = (struct proxy){.next = proxies->first,
                            .pool = memory_copy_text(pool),
                            .url = memory_copy_text(url),
                            .reference = reference ? memory_copy_text(reference) : NULL,
                            .secret = secret};
    proxies->first = proxy;
    return proxy;
}

void proxy_apply(const struct proxy *proxy, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_PROXY, proxy->url);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    if (!proxy->secret.text) return;
    curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy->secret.text);
    curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, proxy->secret.text + strlen(proxy->secret.text) + 1);
}

void proxies_release(struct proxies *proxies)
{
    while (proxies->first) {
        struct proxy *proxy = proxies->first;
        proxies->first = proxy->next;
        secret_wipe(&proxy->secret);
        memory_free(proxy->pool);
        memory_free(proxy->url);
        memory_free(proxy->reference);
        memory_free(proxy);
    }
}
