#include "daemon/http_proxy.h"

#include <stdio.h>
#include <string.h>

#include "daemon/secret.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/base64.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

struct proxy {
    struct proxy *next;
    char *pool, *url, *reference; /* reference: of the credentials; NULL */
    struct secret header;         /* what it is told of the user */
};

enum { CREDENTIALS_BYTES_MAX = 4 << 10 /* many proxies take no line above 8 KiB */ };

/* As a header of ours and not by CURLOPT_PROXYPASSWORD: that one curl keeps beside the open connection. */
static void header_make(struct secret *secret)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    char *encoded = base64_encode(&arena, secret->text, secret->size);
    secret->size = (size_t)snprintf(secret->text, secret->mapped, "Proxy-Authorization: Basic %s", encoded);
    explicit_bzero(encoded, strlen(encoded));
}

static bool credentials_read(const struct secret_reference *credentials, struct secret *out, char *problem,
                             size_t size)
{
    struct error err = {0};
    if (!secret_read(credentials, out, &err)) {
        snprintf(problem, size, "spec.proxy.credentials: %s", err.text);
        return false;
    }
    const char *wrong = !strchr(out->text, ':')             ? "there is no USER:PASSWORD in it"
                        : out->size > CREDENTIALS_BYTES_MAX ? "they are longer than 4 KiB"
                                                            : NULL;
    if (wrong) {
        snprintf(problem, size, "spec.proxy.credentials: %s", wrong);
        secret_wipe(out);
        return false;
    }
    header_make(out);
    return true;
}

const struct proxy *proxies_find(struct proxies *proxies, const char *pool, const char *url,
                                 const struct secret_reference *credentials, char *problem, size_t size)
{
    struct secret header = {0};
    const char *reference = credentials->kind == SECRET_NONE ? NULL : credentials->text;
    for (struct proxy *proxy = proxies->first; proxy; proxy = proxy->next)
        if (text_equal(proxy->pool, pool) && text_equal(proxy->url, url) &&
            text_equal(proxy->reference, reference))
            return proxy;
    if (reference && !credentials_read(credentials, &header, problem, size)) return NULL;
    struct proxy *proxy = NEW(struct proxy);
    *proxy = (struct proxy){.next = proxies->first,
                            .pool = memory_copy_text(pool),
                            .url = memory_copy_text(url),
                            .reference = reference ? memory_copy_text(reference) : NULL,
                            .header = header};
    proxies->first = proxy;
    return proxy;
}

void proxy_apply(const struct proxy *proxy, CURL *easy, struct curl_slist **headers)
{
    curl_easy_setopt(easy, CURLOPT_PROXY, proxy->url);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    if (!proxy->header.text) return;
    *headers = curl_slist_append(NULL, proxy->header.text);
    ASSERT(*headers);
    curl_easy_setopt(easy, CURLOPT_PROXYHEADER, *headers);
}

void proxies_release(struct proxies *proxies)
{
    while (proxies->first) {
        struct proxy *proxy = proxies->first;
        proxies->first = proxy->next;
        secret_wipe(&proxy->header);
        memory_free(proxy->pool);
        memory_free(proxy->url);
        memory_free(proxy->reference);
        memory_free(proxy);
    }
}
