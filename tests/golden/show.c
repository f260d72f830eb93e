#include "tests/golden/show.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/verdict.h"

/* NULL when it is not JSON: shown as such, so that no case passes with it. */
static cJSON *parse(const struct text *json, struct text *out)
{
    cJSON *tree = json->bytes ? cJSON_ParseWithLength(json->bytes, json->length + 1) : NULL;
    if (!tree) text_addf(out, "! not JSON: %s\n", json->bytes ? json->bytes : "(nothing)");
    return tree;
}

static void add_value(struct text *out, const cJSON *value)
{
    if (cJSON_IsString(value)) {
        text_add(out, value->valuestring);
        return;
    }
    if (!value || cJSON_IsNull(value)) {
        text_add_char(out, '-');
        return;
    }
    char *shown = cJSON_PrintUnformatted(value);
    text_add(out, shown);
    cJSON_free(shown);
}

static void add_member(struct text *out, const cJSON *from, const char *key)
{
    text_add_char(out, ' ');
    add_value(out, cJSON_GetObjectItemCaseSensitive(from, key));
}

static const char *text_of(const cJSON *from, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, key));
    return text ? text : "";
}

static bool flag_of(const cJSON *from, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(from, key));
}

static void add_route(struct text *out, const cJSON *from)
{
    const cJSON *call;
    bool first = true;
    text_add_char(out, ' ');
    cJSON_ArrayForEach(call, cJSON_GetObjectItemCaseSensitive(from, "route"))
    {
        text_addf(out, "%s%s", first ? "" : ",", call->valuestring);
        first = false;
    }
    if (first) text_add_char(out, '-');
}

static bool is_persons(const char *word)
{
    for (unsigned i = 0; i < REASON_COUNT; i++)
        if (strcmp(reason_row((enum reason)i)->word, word) == 0) return reason_row((enum reason)i)->person;
    return false;
}

/* S10: a finite next try, or a reason that only a person ends. */
static void check_next(struct text *out, const cJSON *row)
{
    bool converged = strcmp(text_of(row, "verdict"), "Converged") == 0;
    const cJSON *next = cJSON_GetObjectItemCaseSensitive(row, "nextTry");
    if (!converged && !cJSON_IsString(next) && !is_persons(text_of(row, "reason")))
        text_addf(out, "! S10: %s has no next try and no person to wait for\n", text_of(row, "name"));
}

static cJSON *status_of(const struct state *state, struct now now, const char *const *names, uint32_t count,
                        struct text *out)
{
    AUTO_TEXT struct text json;
    text_init(&json, 64 << 20);
    struct view_filter filter = {.names = names, .name_count = count};
    view_status(state, &filter, now, &json);
    return parse(&json, out);
}

void show_status(const struct state *state, struct now now, const char *const *names, uint32_t count,
                 struct text *out)
{
    cJSON *tree = status_of(state, now, names, count, out);
    const cJSON *row;
    if (tree && cJSON_GetArraySize(tree) == 0) text_add(out, "= no objects\n");
    cJSON_ArrayForEach(row, tree)
    {
        static const char *const members[] = {"name", "providerId", "phase", "verdict", "reason"};
        text_add_char(out, '=');
        for (unsigned i = 0; i < sizeof members / sizeof *members; i++)
            add_member(out, row, members[i]);
        add_route(out, row);
        add_member(out, row, "message");
        text_add_char(out, '\n');
        check_next(out, row);
    }
    cJSON_Delete(tree);
}

void show_gap(const struct state *state, struct now now, const char *name, struct text *out)
{
    cJSON *tree = status_of(state, now, &name, 1, out);
    const cJSON *gaps = cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(tree, 0), "gap"), *gap;
    if (cJSON_GetArraySize(gaps) == 0) text_addf(out, "= %s no gap\n", name);
    cJSON_ArrayForEach(gap, gaps)
    {
        text_addf(out, "= %s", name);
        add_member(out, gap, "field");
        add_member(out, gap, "actual");
        text_add(out, " →");
        add_member(out, gap, "desired");
        text_add(out, flag_of(gap, "pending") ? " pending\n" : "\n");
    }
    cJSON_Delete(tree);
}

static void plan_call(struct text *out, const cJSON *call)
{
    text_addf(out, "= %s %s", text_of(call, "call"), text_of(call, "name"));
    add_member(out, call, "providerId");
    add_member(out, call, "from");
    text_add(out, " →");
    add_member(out, call, "to");
    text_addf(out, " (%s)%s%s%s\n", text_of(call, "reason"),
              flag_of(call, "destructive") ? " destructive" : "",
              flag_of(call, "disruptive") ? " disruptive" : "", flag_of(call, "next") ? " next" : "");
}

void show_plan(struct state *state, struct now now, struct text *out)
{
    AUTO_TEXT struct text json;
    text_init(&json, 64 << 20);
    view_plan(state, NULL, now, &json);
    cJSON *tree = parse(&json, out);
    const cJSON *row, *delta = cJSON_GetObjectItemCaseSensitive(tree, "delta");
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(tree, "calls")) plan_call(out, row);
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(tree, "blocked"))
        text_addf(out, "= blocked %s %s: %s\n", text_of(row, "name"), text_of(row, "blockedBy"),
                  text_of(row, "message"));
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(tree, "notes"))
        text_addf(out, "= note %s %s: %s\n", text_of(row, "name")[0] ? text_of(row, "name") : "-",
                  text_of(row, "field"), text_of(row, "message"));
    text_add(out, "= delta");
    add_member(out, delta, "instances");
    text_add(out, " instances,");
    add_member(out, delta, "vcpus");
    text_add(out, " vCPUs,");
    add_member(out, delta, "ramMiB");
    text_add(out, " MiB");
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(delta, "unknownFlavors"))
        text_addf(out, ", unknown %s", row->valuestring);
    text_add_char(out, '\n');
    cJSON_Delete(tree);
}

static cJSON *holds_of(const struct state *state, struct now now, struct text *out)
{
    AUTO_TEXT struct text json;
    text_init(&json, 64 << 20);
    view_holds(state, now, &json);
    return parse(&json, out);
}

void show_holds(const struct state *state, struct now now, struct text *out)
{
    cJSON *tree = holds_of(state, now, out);
    const cJSON *hold, *member;
    if (tree && cJSON_GetArraySize(tree) == 0) text_add(out, "= no holds\n");
    cJSON_ArrayForEach(hold, tree)
    {
        bool first = true;
        text_add_char(out, '=');
        add_member(out, hold, "reason");
        add_member(out, hold, "source");
        add_member(out, hold, "cloud");
        cJSON_ArrayForEach(member, cJSON_GetObjectItemCaseSensitive(hold, "members"))
        {
            if (!first) text_add_char(out, ',');
            add_member(out, member, "call");
            add_member(out, member, "name");
            add_member(out, member, "providerId");
            const char *deletes = text_of(member, "deletes");
            if (deletes[0] && strcmp(text_of(member, "call"), "Delete") != 0)
                text_addf(out, " deletes %s", deletes);
            first = false;
        }
        text_add_char(out, '\n');
    }
    cJSON_Delete(tree);
}

void show_hold_id(const struct state *state, struct now now, const char *reason, char *out, size_t size)
{
    AUTO_TEXT struct text problem;
    text_init(&problem, 1024);
    cJSON *tree = holds_of(state, now, &problem);
    const cJSON *hold;
    out[0] = '\0';
    cJSON_ArrayForEach(hold, tree) if (!out[0] && strcmp(text_of(hold, "reason"), reason) == 0)
        text_copy(out, size, text_of(hold, "holdId"));
    cJSON_Delete(tree);
}

static void show_members(const cJSON *tree, const char *const *members, unsigned count, struct text *out)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, tree)
    {
        text_addf(out, "= %s", text_of(row, "name"));
        for (unsigned i = 0; i < count; i++) {
            text_addf(out, " %s", members[i]);
            add_member(out, row, members[i]);
        }
        text_add_char(out, '\n');
    }
}

void show_clouds(const struct state *state, struct now now, struct text *out)
{
    static const char *const members[] = {"ready", "reason", "brake", "breaker", "known"};
    AUTO_TEXT struct text json;
    text_init(&json, 1 << 20);
    view_clouds(state, now, &json);
    cJSON *tree = parse(&json, out);
    show_members(tree, members, 5, out);
    cJSON_Delete(tree);
}

void show_notices(const struct state *state, struct now now, struct text *out)
{
    AUTO_TEXT struct text json;
    text_init(&json, 1 << 20);
    view_notices(state, NULL, now, &json);
    cJSON *tree = parse(&json, out), *notice;
    cJSON_ArrayForEach(notice, tree)
    {
        const char *reason = cJSON_GetStringValue(cJSON_GetObjectItem(notice, "reason"));
        text_addf(out, "= %s%s: %s\n", reason,
                  cJSON_IsTrue(cJSON_GetObjectItem(notice, "unread")) ? " unread" : "",
                  cJSON_GetStringValue(cJSON_GetObjectItem(notice, "message")));
    }
    cJSON_Delete(tree);
}

void show_sources(const struct state *state, struct now now, struct text *out)
{
    static const char *const members[] = {"valid", "objects", "errors", "budget"};
    AUTO_TEXT struct text json;
    text_init(&json, 1 << 20);
    view_sources(state, now, &json);
    cJSON *tree = parse(&json, out);
    show_members(tree, members, 4, out);
    cJSON_Delete(tree);
}

void show_describe(const struct state *state, struct now now, const char *name, struct text *out)
{
    static const char *const members[] = {"desired", "observed", "blockedBy", "endedBy"};
    AUTO_TEXT struct text json;
    text_init(&json, 1 << 20);
    if (view_describe(state, name, now, &json) != VIEW_FOUND) {
        text_addf(out, "= %s\n", json.bytes);
        return;
    }
    cJSON *tree = parse(&json, out);
    for (unsigned i = 0; i < sizeof members / sizeof *members; i++) {
        text_addf(out, "= %s:", members[i]);
        add_member(out, tree, members[i]);
        text_add_char(out, '\n');
    }
    text_add(out, "= unverified:");
    add_member(out, cJSON_GetObjectItemCaseSensitive(tree, "ledger"), "unverified");
    text_add_char(out, '\n');
    cJSON_Delete(tree);
}

static void why(const struct state *state, struct now now, const cJSON *row, struct text *out)
{
    AUTO_TEXT struct text json, name;
    text_init(&json, 1 << 20);
    text_init(&name, 1024);
    text_addf(&name, "%s/%s", text_of(row, "source"), text_of(row, "name"));
    if (strcmp(text_of(row, "kind"), "Keypair") == 0) text_addf(&name, "@%s", text_of(row, "cloud"));
    view_describe(state, name.bytes, now, &json);
    cJSON *tree = parse(&json, out);
    text_addf(out, "= %s", text_of(row, "name"));
    add_member(out, tree, "blockedBy");
    text_add_char(out, '\n');
    cJSON_Delete(tree);
}

void show_why(const struct state *state, struct now now, const char *const *names, uint32_t count,
              struct text *out)
{
    cJSON *tree = status_of(state, now, names, count, out);
    const cJSON *row;
    cJSON_ArrayForEach(row, tree) if (strcmp(text_of(row, "verdict"), "Converged") != 0)
        why(state, now, row, out);
    cJSON_Delete(tree);
}

void show_count(const struct state *state, struct now now, struct text *out)
{
    struct view_counts counts = view_count(state, NULL, now);
    text_addf(out,
              "= %u objects: %u converged, %u progressing, %u waiting, %u blocked, %u failing, %u unknown\n",
              counts.objects, counts.converged, counts.progressing, counts.waiting, counts.blocked,
              counts.failing, counts.unknown);
}
