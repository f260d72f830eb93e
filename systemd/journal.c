#define SD_JOURNAL_SUPPRESS_LOCATION
#include "systemd/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

enum { PRIORITY_TEXT_MAX = 16, FIELD_TEXT_MAX = 512 };

bool journal_is_stream(uint64_t device, uint64_t inode)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long named_device, named_inode;
    return stream && sscanf(stream, "%llu:%llu", &named_device, &named_inode) == 2 &&
           named_device == device && named_inode == inode;
}

static struct iovec part(char *text, int length, size_t room)
{
    size_t size = length < 0 ? 0 : (size_t)length;
    return (struct iovec){.iov_base = text, .iov_len = size < room ? size : room - 1};
}

void journal_send(int priority, const char *message, const struct journal_field *fields, unsigned count)
{
    char priority_text[PRIORITY_TEXT_MAX];
    char texts[JOURNAL_FIELDS_MAX][FIELD_TEXT_MAX];
    struct iovec parts[JOURNAL_FIELDS_MAX + 3];
    int used = 0;
    size_t size = strlen(message) + sizeof "MESSAGE=";
    char *entry = malloc(size);
    if (!entry) return;
    parts[used++] = part(entry, snprintf(entry, size, "MESSAGE=%s", message), size);
    parts[used++] =
        part(priority_text, snprintf(priority_text, sizeof priority_text, "PRIORITY=%d", priority),
             sizeof priority_text);
    static char identifier[] = "SYSLOG_IDENTIFIER=setpointd";
    parts[used++] = part(identifier, sizeof identifier - 1, sizeof identifier);
    for (unsigned i = 0; i < count && i < JOURNAL_FIELDS_MAX; i++) {
        if (!fields[i].text || !fields[i].text[0]) continue;
        int length = snprintf(texts[i], FIELD_TEXT_MAX, "%s=%s", fields[i].name, fields[i].text);
        parts[used++] = part(texts[i], length, FIELD_TEXT_MAX);
    }
    sd_journal_sendv(parts, used);
    free(entry);
}
