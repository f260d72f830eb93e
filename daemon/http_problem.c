#include "daemon/http_problem.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/text.h"

enum { PROXY_LOGIN = 407 /* RFC 9110 */ };

/* How one outcome of curl is told: before host:port after (detail); what_to_do. */
struct problem_row {
    CURLcode code;
    bool with_detail; /* curl's own text is put in brackets: it names the certificate's fault */
    const char *before, *after;
    const char *what_to_do; /* "" = nothing but another try */
};

static const struct problem_row rows[] = {
    {CURLE_COULDNT_RESOLVE_HOST, false, "", ": no such host name",
     "correct it in the configuration, or check the name servers"},
    {CURLE_COULDNT_RESOLVE_PROXY, false, "the name of the proxy for ", " was not found",
     "check spec.proxy of the Cloud, or the environment variables https_proxy and http_proxy"},
    {CURLE_PEER_FAILED_VERIFICATION, true, "the certificate of ", " is not trusted",
     "name the CA that signed it in tls.ca, or correct the host in the endpoint"},
    {CURLE_SSL_CACERT_BADFILE, true, "the CA certificates for ", " cannot be used",
     "check the file in tls.ca"},
    {CURLE_SSL_CONNECT_ERROR, true, "the TLS handshake with ", " failed",
     "check that the endpoint is an https port"},
    {CURLE_UNSUPPORTED_PROTOCOL, false, "the URL of ", " is neither http nor https",
     "correct the endpoint in the configuration"},
    {CURLE_URL_MALFORMAT, false, "the URL of ", " cannot be understood",
     "correct the endpoint in the configuration"},
    {CURLE_LOGIN_DENIED, false, "the URL of ", " contains a user name",
     "take it out of the endpoint; credentials belong in auth"},
    {CURLE_GOT_NOTHING, false, "", " closed the connection without a reply", ""},
    {CURLE_ABORTED_BY_CALLBACK, false, "", " closed a kept connection without a reply", ""},
    /* curl 7.88 takes no longer one, and calls it that */
    {CURLE_OUT_OF_MEMORY, false, "the header of the reply of ", " has a line of more than 100 KiB", ""},
    {CURLE_PARTIAL_FILE, false, "the reply of ", " ended before it was complete", ""},
    {CURLE_BAD_CONTENT_ENCODING, false, "the compressed reply of ", " is damaged", ""},
    {CURLE_SEND_ERROR, false, "the connection to ", " broke while the request was sent", ""},
    {CURLE_RECV_ERROR, true, "the connection to ", " broke before the reply was complete", ""},
    {CURLE_HTTP2, true, "the HTTP/2 connection to ", " broke", ""},
    {CURLE_HTTP2_STREAM, true, "the HTTP/2 stream to ", " broke before the reply was complete", ""},
    {CURLE_WEIRD_SERVER_REPLY, false, "what ", " answered is not HTTP",
     "check host and port of the endpoint"},
};

/* The same code as a wrong scheme, but something was answered. */
static const struct problem_row not_http = {CURLE_UNSUPPORTED_PROTOCOL, false, "what ",
                                            " answered is not HTTP", "check host and port of the endpoint"};

static void place_of(const char *url, char *out, size_t size)
{
    CURLU *parsed = curl_url();
    char *host = NULL, *port = NULL;
    if (parsed && curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
        curl_url_get(parsed, CURLUPART_HOST, &host, 0);
        curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    }
    if (host && port)
        snprintf(out, size, "%s:%s", host, port);
    else
        snprintf(out, size, "%s", host ? host : "the endpoint");
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parsed);
}

static void show_seconds(int64_t ms, char *out, size_t size)
{
    if (ms % 1000)
        snprintf(out, size, "%lld.%lld s", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
    else
        snprintf(out, size, "%lld s", (long long)(ms / 1000));
}

static bool is_looked_up(const struct transfer *transfer)
{
    curl_off_t took = 0;
    return curl_easy_getinfo(transfer->easy, CURLINFO_NAMELOOKUP_TIME_T, &took) == CURLE_OK && took > 0;
}

static void tell_timeout(const struct transfer *transfer, const char *place, char *out, size_t size)
{
    char waited[32];
    bool connecting = transfer->attempts == 0;
    int64_t limit_ms = transfer->total_timeout_ms;
    if (connecting && transfer->connect_timeout_ms < limit_ms) limit_ms = transfer->connect_timeout_ms;
    show_seconds(limit_ms, waited, sizeof waited);
    if (connecting && !is_looked_up(transfer))
        snprintf(out, size, "no address for %s within %s; check the name servers", place, waited);
    else if (connecting)
        snprintf(out, size, "no connection to %s within %s; check the endpoint, the network and firewalls",
                 place, waited);
    else
        snprintf(out, size, "timed out after %s: %s did not complete its reply", waited, place);
}

static void tell_refused(const struct transfer *transfer, const char *place, char *out, size_t size)
{
    long number = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &number);
    if (number == ECONNREFUSED)
        snprintf(out, size,
                 "%s refused the connection; check host and port of the endpoint, and that the service runs",
                 place);
    else
        snprintf(out, size, "cannot connect to %s (%s); check the endpoint, the network and firewalls", place,
                 number ? strerror((int)number) : curl_easy_strerror(CURLE_COULDNT_CONNECT));
}

/* 0: no proxy was asked, or it let the connection through. */
static long tunnel_refusal(const struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status >= 300 ? status : 0;
}

static void tell_tunnel(long status, const char *place, char *out, size_t size)
{
    snprintf(out, size,
             "the proxy did not let the connection to %s through (HTTP %ld); check %s, in spec.proxy of the "
             "Cloud document "
             "or in the environment",
             place, status, status == PROXY_LOGIN ? "its user and password" : "its URL and what it permits");
}

static void tell_row(const struct transfer *transfer, const struct problem_row *row, const char *place,
                     char *out, size_t size)
{
    const char *detail = row->with_detail ? transfer->curl_text : "";
    snprintf(out, size, "%s%s%s%s%s%s%s%s", row->before, place, row->after, detail[0] ? " (" : "", detail,
             detail[0] ? ")" : "", row->what_to_do[0] ? "; " : "", row->what_to_do);
}

static const struct problem_row *row_of(CURLcode code, bool sent)
{
    if (code == not_http.code && sent) return &not_http;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code) return &rows[i];
    return NULL;
}

void http_problem(const struct transfer *transfer, CURLcode code, char *out, size_t size)
{
    char place[300];
    place_of(transfer->url, place, sizeof place);
    const struct problem_row *row = row_of(code, transfer->attempts > 0);
    if (transfer->header_too_large)
        snprintf(out, size, "the header of the reply of %s is larger than %d KiB or %d lines", place,
                 TRANSFER_HEADER_BYTES_MAX >> 10, TRANSFER_HEADERS_MAX);
    else if (transfer->body_too_large || code == CURLE_FILESIZE_EXCEEDED)
        snprintf(out, size, "the reply is larger than %d MiB: %s sent more than any list of servers takes",
                 LIMIT_REPLY_BYTES >> 20, place);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        tell_timeout(transfer, place, out, size);
    else if (code == CURLE_COULDNT_CONNECT)
        tell_refused(transfer, place, out, size);
    else if (tunnel_refusal(transfer) != 0)
        tell_tunnel(tunnel_refusal(transfer), place, out, size);
    else if (row)
        tell_row(transfer, row, place, out, size);
    else
        snprintf(out, size, "the request to %s failed (%s)", place,
                 transfer->curl_text[0] ? transfer->curl_text : curl_easy_strerror(code));
    out[text_cut(out, strlen(out))] = '\0';
}
