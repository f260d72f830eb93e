#include "journal.h"

#include "admin.h"
#include "place.h"
#include "tests/cloud/buffer.h"
#include "tests/cloud/memory.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { HEADERS_MAX = 64 };

struct journal {
    char *path;
    FILE *file;
    off_t size; /* of the whole lines read */
    bool broken;
    struct buffer line; /* room */
};

static void *journal_refuse(struct journal *journal, char *out_why, size_t why_size, const char *why)
{
    snprintf(out_why, why_size, "%s: %s", journal->path, why);
    journal_free(journal);
    return NULL;
}

void journal_free(struct journal *journal)
{
    if (!journal) return;
    if (journal->file) fclose(journal->file);
    buffer_release(&journal->line);
    free(journal->path);
    free(journal);
}

/* ---- writing */

static struct buffer *line_begin(struct journal *journal, int64_t now_ms)
{
    buffer_clear(&journal->line);
    json_open(&journal->line, '{');
    json_put_int(&journal->line, "at_ms", now_ms);
    return &journal->line;
}

/* One write(2): a kill leaves a line or none. */
static void line_end(struct journal *journal)
{
    struct buffer *line = &journal->line;

    json_close(line, '}');
    buffer_text(line, "\n");
    if (journal->broken || write(fileno(journal->file), line->data, line->size) == (ssize_t)line->size)
        return;
    fprintf(stderr, "setpoint-simcloud: %s: %s; what comes now is not kept\n", journal->path,
            strerror(errno));
    journal->broken = true;
}

void journal_request(struct journal *journal, int64_t now_ms, const struct cloud_request *request)
{
    struct buffer *line;

    if (!journal) return;
    line = line_begin(journal, now_ms);
    json_put_text(line, "method", request->method);
    json_put_text(line, "base", request->base);
    json_put_text(line, "path", request->path);
    json_put_open(line, "headers", '[');
    for (size_t i = 0; i < request->header_count; i++) {
        json_text(line, request->headers[i].name);
        json_text(line, request->headers[i].value);
    }
    json_close(line, ']');
    json_put_text(line, "body", request->body ? request->body : "");
    line_end(journal);
}

void journal_admin(struct journal *journal, int64_t now_ms, const char *method, const char *path,
                   const char *body)
{
    struct buffer *line;

    if (!journal) return;
    line = line_begin(journal, now_ms);
    json_put_text(line, "admin", method);
    json_put_text(line, "path", path);
    json_put_text(line, "body", body);
    line_end(journal);
}

static void journal_seq(struct journal *journal, int64_t now_ms, const char *what, uint64_t seq)
{
    if (!journal) return;
    json_put_int(line_begin(journal, now_ms), what, (int64_t)seq);
    line_end(journal);
}

void journal_delivered(struct journal *journal, int64_t now_ms, uint64_t seq)
{
    journal_seq(journal, now_ms, "delivered", seq);
}

void journal_killed(struct journal *journal, int64_t now_ms, uint64_t seq)
{
    journal_seq(journal, now_ms, "killed", seq);
}

/* ---- reading */

/* The next whole line, to be freed with cJSON_Delete; NULL at the end, or with *out_damaged when it is none.
 */
static cJSON *line_read(struct journal *journal, bool *out_damaged)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t size = getline(&text, &room, journal->file);
    cJSON *line = NULL;

    *out_damaged = false;
    if (size > 0 && text[size - 1] == '\n') {
        line = cJSON_Parse(text);
        *out_damaged = !line;
        journal->size += size;
    }
    free(text);
    return line;
}

static const char *member_text(const cJSON *line, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, key));

    return text ? text : "";
}

static bool member_number(const cJSON *line, const char *key, int64_t *out_number)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(line, key);

    if (!cJSON_IsNumber(member)) return false;
    *out_number = (int64_t)member->valuedouble;
    return true;
}

static void replay_request(struct place *place, const cJSON *line)
{
    const cJSON *each = cJSON_GetObjectItemCaseSensitive(line, "headers");
    struct cloud_header headers[HEADERS_MAX];
    struct cloud_request request = {
        .method = member_text(line, "method"),
        .base = member_text(line, "base"),
        .path = member_text(line, "path"),
        .headers = headers,
        .body = member_text(line, "body"),
    };
    struct cloud_reply reply;

    request.body_size = strlen(request.body);
    for (each = each ? each->child : NULL; each && each->next && request.header_count < HEADERS_MAX;
         each = each->next->next)
        headers[request.header_count++] = (struct cloud_header){each->valuestring, each->next->valuestring};
    cloud_handle(place->cloud, place_now(place), &request, &reply);
    cloud_reply_release(&reply);
}

static const char *query_none(void *opaque, const char *key)
{
    (void)opaque;
    (void)key;
    return NULL;
}

static void replay_admin(struct place *place, const cJSON *line)
{
    const char *body = member_text(line, "body");
    struct buffer out = {0};

    admin_handle(place, member_text(line, "admin"), member_text(line, "path"), query_none, NULL, body,
                 strlen(body), &out);
    buffer_release(&out);
}

static void replay_line(struct place *place, const cJSON *line)
{
    int64_t seq;

    member_number(line, "at_ms", &place->replay_ms);
    if (member_number(line, "delivered", &seq))
        cloud_delivered(place->cloud, (uint64_t)seq, place_now(place));
    else if (member_number(line, "killed", &seq))
        cloud_killed(place->cloud, (uint64_t)seq);
    else if (member_number(line, "restarted", &seq))
        cloud_restarted(place->cloud);
    else if (cJSON_HasObjectItem(line, "admin"))
        replay_admin(place, line);
    else
        replay_request(place, line);
}

bool journal_replay(struct journal *journal, struct place *place, char *out_why, size_t why_size)
{
    bool damaged;
    bool any = false;
    cJSON *line;

    while ((line = line_read(journal, &damaged))) {
        replay_line(place, line);
        cJSON_Delete(line);
        any = true;
    }
    place->replay_ms = -1;
    if (damaged || ftruncate(fileno(journal->file), journal->size) != 0 ||
        lseek(fileno(journal->file), journal->size, SEEK_SET) < 0) {
        snprintf(out_why, why_size, "%s: %s", journal->path,
                 damaged ? "a line in it is damaged" : strerror(errno));
        return false;
    }
    if (any) {
        journal_seq(journal, place_now(place), "restarted", 1);
        cloud_restarted(place->cloud);
    }
    return true;
}

struct journal *journal_open(const char *path, const char *shape, int64_t *inout_wall_base_ms, char *out_why,
                             size_t why_size)
{
    struct journal *journal = memory_new(1, sizeof *journal);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool damaged;
    bool same;
    cJSON *head;

    journal->path = memory_text(path);
    journal->file = fd >= 0 ? fdopen(fd, "r+") : NULL;
    if (!journal->file) return journal_refuse(journal, out_why, why_size, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return journal_refuse(journal, out_why, why_size, "another simulated cloud uses it");
    head = line_read(journal, &damaged);
    if (damaged) return journal_refuse(journal, out_why, why_size, "is no journal of a simulated cloud");
    if (!head) {
        if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
            return journal_refuse(journal, out_why, why_size, strerror(errno));
        json_put_text(line_begin(journal, *inout_wall_base_ms), "options", shape);
        line_end(journal);
        journal->size = (off_t)journal->line.size;
        return journal;
    }
    same =
        strcmp(member_text(head, "options"), shape) == 0 && member_number(head, "at_ms", inout_wall_base_ms);
    cJSON_Delete(head);
    if (!same) return journal_refuse(journal, out_why, why_size, "was begun with other options");
    return journal;
}
