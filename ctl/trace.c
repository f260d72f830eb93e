#include "ctl/trace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/client.h"
#include "reconcile/base/cleanup.h"

enum { LINE_MAX_BYTES = CLIENT_REPLY_BYTES * 2, FILE_MODE = 0600 };

static const char *target_of(const char *url)
{
    const char *path = strstr(url, "://");
    path = path ? strchr(path + strlen("://"), '/') : NULL;
    return path ? path : url;
}

/* One write: several setpointctl may add to one file. */
static void line_append(const char *file, const struct text *line)
{
    int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (fd < 0) return;
    ssize_t written = write(fd, line->bytes, line->length);
    (void)written;
    close(fd);
}

void trace_reply(const char *method, const char *url, long status, const char *reply)
{
    const char *file = getenv("SETPOINT_TRACE");
    if (!file || !*file) return;
    AUTO_TEXT struct text line = {0};
    text_init(&line, LINE_MAX_BYTES);
    text_add(&line, "{\"method\":");
    text_add_json(&line, method);
    text_add(&line, ",\"target\":");
    text_add_json(&line, target_of(url));
    text_addf(&line, ",\"status\":%ld,\"reply\":", status);
    text_add_json(&line, reply ? reply : "");
    text_add(&line, "}\n");
    if (!line.overflow) line_append(file, &line);
}
