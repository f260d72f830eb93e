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

void notices_add(const cJSON *notices, const struct screen *screen, struct text *out)
{
    for (const cJSON *notice = answer_items(notices); notice; notice = notice->next) {
        screen_add_wrapped(out, screen, INK_WAIT, answer_word(notice, "message"), INDENT, screen->columns,
                           LINES_MAX);
        text_add_char(out, '\n');
    }
}

const char *notices_unread(const cJSON *notices)
{
    for (const cJSON *notice = answer_items(notices); notice; notice = notice->next)
        if (answer_flag(notice, "unread")) return answer_word(notice, "message");
    return NULL;
}
