#ifndef SETPOINT_BASE_LIMITS_H
#define SETPOINT_BASE_LIMITS_H

/* Every limit that more than one module obeys, each with its reason. Passing one is an ordinary error. */
enum {
    LIMIT_NAME = 63,          /* metadata.name: a DNS label, section 4 */
    LIMIT_DOCUMENT_NAME = 32, /* Daemon, Cloud, Source names, section 4 */
    LIMIT_OWNER = 16,         /* so that a mark fits the shortest description field of a cloud */
    LIMIT_PLACE = 160,        /* a region, and a cluster of it */
    LIMIT_ID = 64,            /* provider ids: a UUID is 36; appkey clouds use up to 40 */
    LIMIT_MESSAGE = 512,      /* what a provider said; longer texts are cut, they are shown to people */
    LIMIT_WORDS = 4096, /* of a provider's refusal, where its kind is looked for; then its middle is cut */
    LIMIT_MANIFEST_BYTES = 16 << 20, /* one file: about 25,000 instances; a 100 MB file is a mistake */
    LIMIT_YAML_DEPTH = 32,           /* deepest legal document has 6; libyaml costs grow with depth */
    LIMIT_YAML_NODES = 4 << 20,      /* one file after alias expansion: stops alias bombs */
    LIMIT_MISTAKES = 100,            /* reported per source; the rest is counted */
    LIMIT_OBJECTS = 200000,          /* per daemon: twice the largest fleet promised */
    LIMIT_REPLY_BYTES = 64 << 20,    /* one HTTP body: 1000 servers are 2.1 MB; endless bodies stop here */
    LIMIT_USER_DATA = 65535,         /* base64, NHN guide 2.4.2 and Nova's schema */
    LIMIT_PUBLIC_KEY = 4096,         /* one line: RSA of 16384 bits takes 2,800 characters */
    LIMIT_TARGETS = 32,              /* of Daemon.spec.notify: each has an outbox and labels in metrics */
    LIMIT_HOOK_URL = 2048,           /* where a notification is posted: longer URLs are cut by proxies */
    LIMIT_MAIL = 254,                /* address: RFC 5321 section 4.5.3.1.3, without its brackets */
    LIMIT_KEY_NAME = 255,            /* name of a key pair on a cloud: Nova's column */
    LIMIT_KEYPAIRS = 1000,           /* of a source, each cloud counted: they are gone through one by one */
    LIMIT_METADATA_TEXT = 255,       /* key and value, NHN guide and Nova */
    LIMIT_LIST = 1000000,            /* servers of one cloud: ten times the largest promised */
    LIMIT_ROUTE = 8,                 /* calls in one route: the longest known has 3 */
    LIMIT_IN_FLIGHT = 256,           /* requests per cloud */
    LIMIT_WATCHERS = 16,             /* clients that follow or watch at the same time, section 9 */
    LIMIT_REQUEST_BYTES = 64 << 10   /* control request body */
};

#endif
