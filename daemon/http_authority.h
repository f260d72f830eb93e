#ifndef SETPOINT_DAEMON_HTTP_AUTHORITY_H
#define SETPOINT_DAEMON_HTTP_AUTHORITY_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/* The CA files of the clouds, each read once: a connection must not wait for the disk. */
struct authority;
struct authorities {
    struct authority *first;
};

/* Sets *out to the bytes of `file` as read for this pool; they live until authorities_release. A pool that
   names another file than before has that one read. false: `problem` says why it cannot be used. */
bool authorities_find(struct authorities *authorities, const char *pool, const char *file,
                      const struct curl_blob **out, char *problem, size_t size);
void authorities_release(struct authorities *authorities); /* may be used again */

#endif
