#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/yaml.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

/* adopt --write: a manifest with spec.adopt for each server that exists and is not managed. */

enum { ID_SHOWN = 8 /* of an id behind a name that is taken */ };

struct found {
    const cJSON *server;
    char name[LIMIT_NAME + 1]; /* metadata.name */
};

struct writing {
    struct run *run;
    const char *cloud; /* cloud:NAME; NULL = all */
    struct found *found;
    uint32_t count;
    const char **taken; /* sorted: names of objects that are there */
    uint32_t taken_count;
    uint32_t left_out;
    bool *matched; /* of each argument */
};

static bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The nearest metadata.name: what it does not allow becomes a hyphen, one for a row of them. */
static void name_like(const char *text, size_t size_max, char *out)
{
    size_t length = 0;
    for (; *text && length < size_max; text++) {
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text + 'a' - 'A') : *text;
        bool inner = c == '.' || c == '-';
        if (!is_name_character(c)) c = inner ? c : '-';
        bool edge = length == 0 || out[length - 1] == '-';
        if (!is_name_character(c) && (length == 0 || (edge && c == '-'))) continue;
        out[length++] = c;
    }
    while (length > 0 && !is_name_character(out[length - 1]))
        length--;
    out[length] = '\0';
}

static int text_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_taken(const struct writing *writing, uint32_t before, const char *name)
{
    if (writing->taken_count &&
        bsearch(&name, writing->taken, writing->taken_count, sizeof *writing->taken, text_order))
        return true;
    for (uint32_t i = 0; i < before; i++)
        if (strcmp(writing->found[i].name, name) == 0) return true;
    return false;
}

/* One that comes back by its mark keeps its name. Others get one that nothing has. */
static void name_choose(const struct writing *writing, uint32_t index)
{
    struct found *found = &writing->found[index];
    const char *marked = answer_text(found->server, "name");
    char base[LIMIT_NAME + 1], id[LIMIT_ID + 1];
    name_like(marked ? marked : answer_word(found->server, "serverName"), LIMIT_NAME, base);
    text_copy(found->name, sizeof found->name, base[0] ? base : "server");
    if (marked || (base[0] && !is_taken(writing, index, found->name))) return;
    name_like(answer_word(found->server, "providerId"), LIMIT_ID, id);
    for (size_t shown = ID_SHOWN; shown <= strlen(id) + ID_SHOWN; shown += ID_SHOWN) {
        name_like(base[0] ? base : "server", LIMIT_NAME - ID_SHOWN - 1, found->name);
        size_t length = strlen(found->name), room = LIMIT_NAME - length - 1;
        snprintf(found->name + length, sizeof found->name - length, "-%.*s",
                 (int)(shown < room ? shown : room), id);
        if (!is_taken(writing, index, found->name)) return;
    }
}

/* --- the manifest --- */

static void list_add(struct text *out, const cJSON *list)
{
    text_add_char(out, '[');
    for (const cJSON *item = answer_items(list); item; item = item->next) {
        if (item != list->child) text_add(out, ", ");
        yaml_add_text(out, cJSON_IsString(item) ? item->valuestring : "");
    }
    text_add_char(out, ']');
}

static void map_add(struct text *out, const cJSON *map)
{
    for (const cJSON *item = map->child; item; item = item->next) {
        text_add(out, "\n    ");
        yaml_add_text(out, item->string);
        text_add(out, ": ");
        yaml_add_text(out, cJSON_IsString(item) ? item->valuestring : "");
    }
}

static const char *cell(const cJSON *row, int column)
{
    const cJSON *item = cJSON_GetArrayItem(row, column);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static void volumes_add(struct text *out, const cJSON *ids)
{
    for (const cJSON *item = answer_items(ids); item; item = item->next) {
        text_add(out, "\n    - id: ");
        yaml_add_text(out, cJSON_IsString(item) ? item->valuestring : "");
    }
}

/* Rows of (network, subnet or port; id; fixedIp or ""). */
static void networks_add(struct text *out, const cJSON *rows)
{
    for (const cJSON *row = answer_items(rows); row; row = row->next) {
        text_addf(out, "\n    - %s: ", cell(row, 0));
        yaml_add_text(out, cell(row, 1));
        if (!*cell(row, 2)) continue;
        text_add(out, "\n      fixedIp: ");
        yaml_add_text(out, cell(row, 2));
    }
}

/* One row of (GiB, type, deleteOnTermination), each "" when it is not told. */
static void root_disk_add(struct text *out, const cJSON *rows)
{
    const cJSON *row = answer_items(rows);
    if (*cell(row, 0)) text_addf(out, "\n    size: %sGiB", cell(row, 0));
    if (*cell(row, 1)) text_add(out, "\n    type: ");
    if (*cell(row, 1)) yaml_add_text(out, cell(row, 1));
    if (*cell(row, 2)) text_addf(out, "\n    deleteOnTermination: %s", cell(row, 2));
}

/* Fields that are not what their JSON looks like. */
static const struct {
    const char *field;
    void (*add)(struct text *out, const cJSON *value);
} forms[] = {{"volumes", volumes_add}, {"networks", networks_add}, {"rootDisk", root_disk_add}};

/* An empty list of groups says something; of anything else it only says that nothing is managed. */
static bool is_left_out(const cJSON *value)
{
    if (cJSON_IsArray(value) || cJSON_IsObject(value))
        return !value->child && strcmp(value->string, "securityGroups") != 0;
    return !cJSON_IsString(value);
}

static void field_add(struct text *out, const cJSON *value, const char *image)
{
    if (is_left_out(value)) return;
    text_addf(out, "  %s:", value->string);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].field, value->string) == 0) {
            forms[i].add(out, value);
            text_add_char(out, '\n');
            return;
        }
    if (cJSON_IsObject(value)) {
        map_add(out, value);
    } else {
        text_add_char(out, ' ');
        if (cJSON_IsArray(value))
            list_add(out, value);
        else
            yaml_add_text(out, value->valuestring);
    }
    if (image && strcmp(value->string, "image") == 0 && strcmp(image, value->valuestring) != 0) {
        text_add(out, " # ");
        yaml_add_comment(out, image);
    }
    text_add_char(out, '\n');
}

static void manifest_add(struct text *out, const struct found *found)
{
    const cJSON *server = found->server, *fields = answer_member(server, "fields");
    const char *source = answer_text(server, "source");
    if (source)
        text_addf(out, "# carries the mark of %s/%s: it belongs into source %s\n", source, found->name,
                  source);
    text_addf(out, "apiVersion: setpoint/v1\nkind: Instance\nmetadata:\n  name: ");
    yaml_add_text(out, found->name);
    text_add(out, "\nspec:\n  cloud: ");
    yaml_add_text(out, answer_word(server, "cloud"));
    text_add(out, "\n  adopt: ");
    yaml_add_text(out, answer_word(server, "providerId"));
    text_add_char(out, '\n');
    for (const cJSON *value = fields ? fields->child : NULL; value; value = value->next)
        field_add(out, value, answer_text(server, "image"));
}

/* --- which servers --- */

static bool matches(struct writing *writing, const cJSON *server)
{
    const struct run *run = writing->run;
    bool any = run->argument_count == (writing->cloud ? 1 : 0), found = any;
    if (writing->cloud && strcmp(writing->cloud, answer_word(server, "cloud")) != 0) return false;
    for (unsigned i = 0; i < run->argument_count; i++) {
        const char *pattern = run->arguments[i];
        bool is_it = fnmatch(pattern, answer_word(server, "serverName"), 0) == 0 ||
                     strcmp(pattern, answer_word(server, "serverName")) == 0 ||
                     fnmatch(pattern, answer_word(server, "providerId"), 0) == 0;
        writing->matched[i] |= is_it;
        found |= is_it;
    }
    return found;
}

static void left_out_say(struct writing *writing, const cJSON *server)
{
    writing->left_out++;
    AUTO_TEXT struct text line = {0};
    text_init(&line, SCREEN_OUT_MAX);
    text_add(&line, "setpointctl: left out: ");
    screen_add(&line, &writing->run->screen, INK_PLAIN, answer_word(server, "serverName"));
    text_addf(&line, " on %s (%s): ", answer_word(server, "cloud"), answer_word(server, "providerId"));
    screen_add(&line, &writing->run->screen, INK_PLAIN, answer_word(server, "why"));
    fprintf(stderr, "%s\n", line.bytes);
}

static int found_order(const void *a, const void *b)
{
    static const char *const keys[] = {"cloud", "serverName", "providerId"};
    const struct found *x = a, *y = b;
    int order = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && order == 0; i++)
        order = strcmp(answer_word(x->server, keys[i]), answer_word(y->server, keys[i]));
    return order;
}

static void servers_choose(struct writing *writing, const cJSON *servers)
{
    for (const cJSON *server = answer_items(servers); server; server = server->next) {
        if (!matches(writing, server)) continue;
        if (answer_flag(server, "adoptable"))
            writing->found[writing->count++].server = server;
        else
            left_out_say(writing, server);
    }
    if (writing->count) qsort(writing->found, writing->count, sizeof *writing->found, found_order);
    for (uint32_t i = 0; i < writing->count; i++)
        name_choose(writing, i);
}

/* Names that objects have already, of whatever source: the manifests may go into any of them. */
static void taken_find(struct writing *writing, const cJSON *objects)
{
    uint32_t room = (uint32_t)cJSON_GetArraySize(objects);
    writing->taken = memory_zero((room + 1) * sizeof *writing->taken);
    for (const cJSON *object = answer_items(objects); object; object = object->next)
        if (writing->taken_count < room) writing->taken[writing->taken_count++] = answer_word(object, "name");
    if (writing->taken_count) qsort(writing->taken, writing->taken_count, sizeof *writing->taken, text_order);
}

static int ask(const struct run *run, const char *base, const char *flag, struct text *reply)
{
    AUTO_TEXT struct text path = {0};
    client_path(&path, base);
    if (flag) client_query(&path, flag, "1");
    return client_ask(&run->client, &path, NULL, CLIENT_WORK_MS, reply);
}

/* Of a cloud that does not answer nothing can be written: that must not look like an empty cloud. */
static int clouds_check(const struct writing *writing)
{
    AUTO_TEXT struct text reply = {0};
    int exit = ask(writing->run, "/v1/clouds", NULL, &reply);
    if (exit) return exit;
    AUTO_ANSWER cJSON *clouds = cJSON_Parse(reply.bytes);
    bool known = !writing->cloud;
    for (const cJSON *cloud = answer_items(clouds); cloud; cloud = cloud->next) {
        bool named = writing->cloud && strcmp(writing->cloud, answer_word(cloud, "name")) == 0;
        const char *why = answer_text(cloud, "message");
        known |= named;
        if ((writing->cloud && !named) || answer_flag(cloud, "ready")) continue;
        exit = run_fail(CTL_FAILED, "cloud %s cannot be looked at: %s", answer_word(cloud, "name"),
                        why ? why : answer_word(cloud, "reason"));
    }
    return known ? exit
                 : run_fail(CTL_NOT_FOUND, "no cloud \"%s\" (see: setpointctl clouds)", writing->cloud);
}

static int unmatched_say(const struct writing *writing)
{
    int exit = CTL_DONE;
    for (unsigned i = 0; i < writing->run->argument_count; i++)
        if (!writing->matched[i])
            exit = run_fail(CTL_NOT_FOUND, "no server that is not managed is called \"%s\"",
                            writing->run->arguments[i]);
    return exit;
}

static bool manifests_put(const struct writing *writing)
{
    AUTO_TEXT struct text out = {0};
    text_init(&out, SCREEN_OUT_MAX);
    for (uint32_t i = 0; i < writing->count; i++) {
        if (i) text_add(&out, "---\n");
        manifest_add(&out, &writing->found[i]);
    }
    return screen_put(&out);
}

static int write_chosen(struct writing *writing, const cJSON *servers, const cJSON *objects)
{
    AUTO_FREE struct found *found = memory_zero(((size_t)cJSON_GetArraySize(servers) + 1) * sizeof *found);
    writing->found = found;
    taken_find(writing, objects);
    AUTO_FREE const char **taken = writing->taken;
    servers_choose(writing, servers);
    if (!manifests_put(writing)) return CTL_FAILED;
    int exit = unmatched_say(writing);
    if (exit) return exit;
    if (writing->count == 0 && writing->left_out == 0) fputs("every server is managed\n", stderr);
    bool none = writing->count == 0 && writing->left_out > 0 && writing->run->argument_count > 0;
    return none ? CTL_FAILED : CTL_DONE;
}

int run_adopt_write(struct run *run)
{
    AUTO_TEXT struct text reply = {0}, status = {0};
    AUTO_FREE bool *matched = memory_zero(sizeof *matched * ((size_t)run->argument_count + 1));
    struct writing writing = {.run = run, .matched = matched};
    for (unsigned i = 0; i < run->argument_count; i++)
        if (text_starts(run->arguments[i], "cloud:")) {
            if (writing.cloud) return run_fail(CTL_USAGE, "adopt --write takes one cloud:NAME");
            writing.cloud = run->arguments[i] + strlen("cloud:");
            matched[i] = true;
        }
    int exit = ask(run, "/v1/inventory", "unmanaged", &reply);
    if (exit) return exit;
    if (run_wants_json(run)) return screen_put(&reply) ? CTL_DONE : CTL_FAILED;
    exit = ask(run, "/v1/status", NULL, &status);
    if (exit) return exit;
    AUTO_ANSWER cJSON *servers = cJSON_Parse(reply.bytes), *objects = cJSON_Parse(status.bytes);
    int unknown = clouds_check(&writing);
    if (unknown == CTL_NOT_FOUND) return unknown;
    exit = write_chosen(&writing, servers, objects);
    return exit ? exit : unknown;
}
