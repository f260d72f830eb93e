#include "ctl/notices.h"

#include "reconcile/base/cleanup.h"

enum { INDENT = 2, LINES_MAX = 8 };

cJSON *notices_ask(struct run *run)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    client_path(&path, "/v1/notices");
    for (unsigned i = 0; i < run->argument_count; i++)
        client_query(&path, "name", run->arguments[i]);
    if (run_has(run, OPTION_SOURCE)) client_query(&path, "source", run->values[OPTION_SOURCE]);
    int exit = client_ask(&run->client, &path, NULL, CLIENT_READ_MS, &reply);
    return exit ? NULL : cJSON_Parse(reply.bytes);
}

static void line_add(const cJSON *notice, const struct screen *screen, struct text *out)
{
    screen_add_wrapped(out, screen, INK_WAIT, answer_word(notice, "message"), INDENT, screen->columns,
                       LINES_MAX);
    text_add_char(out, '\n');
}

void notices_add(const cJSON *notices, const struct screen *screen, struct text *out)
{
    for (const cJSON *notice = answer_items(notices); notice; notice = notice->next)
        line_add(notice, screen, out);
}

void notices_list_add(struct run *run, const char *of, struct text *out)
{
    const char *other = text_equal(of, "cloud") ? "source" : "cloud";
    AUTO_ANSWER cJSON *notices = notices_ask(run);
    for (const cJSON *notice = answer_items(notices); notice; notice = notice->next)
        if (!answer_flag(notice, "unread") && !answer_text(notice, other))
            line_add(notice, &run->screen, out);
}

const char *notices_unread(const cJSON *notices)
{
    for (const cJSON *notice = answer_items(notices); notice; notice = notice->next)
        if (answer_flag(notice, "unread")) return answer_word(notice, "message");
    return NULL;
}
