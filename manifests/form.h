#ifndef SETPOINT_MANIFESTS_FORM_H
#define SETPOINT_MANIFESTS_FORM_H

#include <stdbool.h>
#include <stddef.h>

/* Shapes of text, each with the regular expression that the JSON Schema shows and the sentence that a mistake
   ends with. The check decides. */
enum form {
    FORM_TEXT,          /* one line of anything */
    FORM_ANY,           /* any text, several lines */
    FORM_SERVER_NAME,   /* such a line, without a blank at its ends: clouds strip or refuse them */
    FORM_NAME,          /* metadata.name of an Instance or Class */
    FORM_DOCUMENT_NAME, /* of Daemon, Cloud, Source */
    FORM_OWNER,
    FORM_WAS,       /* name, or source/name */
    FORM_ID,        /* a provider's id: no blanks, no slash */
    FORM_URL,       /* http(s)://host[:port][/path]: no user, query or fragment */
    FORM_HOOK,      /* such a URL, with a query if wanted */
    FORM_FILE,      /* absolute path */
    FORM_BESIDE,    /* relative path */
    FORM_DIRECTORY, /* absolute path */
    FORM_ADDRESS,   /* IPv4 or IPv6 address */
    FORM_FLOATING,  /* such an address, or none */
    FORM_LISTEN,    /* address:port, [address]:port */
    FORM_MAIL,      /* user@host, or user */
    FORM_CREDENTIAL,
    FORM_COUNT
};

struct form_row {
    const char *title; /* "an owner" */
    const char
        *expression; /* ECMA 262, anchored; "" = none needed. Every text that passes the check matches it */
    const char *sentence; /* what it looks like: "1 to 16 of a-z, 0-9 and -" */
    bool (*check)(const char *text);
};

const struct form_row *form_row(enum form form);

enum { FORM_SHOWN_MAX = 80 + 1 };

/* out: what of a text that failed the check may be said: a URL without what may be secret, its user, password
   and query. At most size bytes with the end. */
void form_shown(enum form form, const char *text, char *out, size_t size);

/* The host of a URL is this machine: 127.0.0.0/8, ::1 or localhost. */
bool url_is_loopback(const char *url);
bool url_is_plain(const char *url); /* http: */
/* What a notification may not be posted to, as the end of a sentence that shows nothing of the URL; NULL when
   it may. A URL read from a secret may have a user in it. */
const char *hook_problem(const char *url, bool allow_plain_http);

#endif
