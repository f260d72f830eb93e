#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/notices.h"
#include "ctl/words.h"
#include "reconcile/base/cleanup.h"

/* setpointctl plan:

   prod/db-master  nhn-kr1
     ▶ Resize   m2.c2m4 → m2.c4m8   flavor differs   interrupts
   prod/old-1  nhn-kr1
     ▶ Delete   running → gone   not in the manifests   DESTROYS

   held back
     prod/old-2  ApprovalNeeded  Delete needs approval: …: setpointctl approve 3fa01b22

   Δ -1 instance, 0 vCPU, +4 GiB RAM · 2 calls */

enum {
    CALL_WIDTH = 20, /* AssociateFloatingIp */
    WORD_WIDTH = 12,
    TAIL_MIN = 16, /* less is not worth breaking lines for */
    LINES_MAX = 6,
    MIB_PER_GIB = 1024,
    WHERE_MAX = 160,
    CHANGE_MAX = 4096
};

static void heading_add(struct text *out, const struct screen *screen, const cJSON *call, bool wide)
{
    char where[WHERE_MAX];
    snprintf(where, sizeof where, "%s/%s", answer_word(call, "source"), answer_word(call, "name"));
    screen_add(out, screen, INK_STRONG, where);
    text_add(out, "  ");
    screen_add(out, screen, INK_PLAIN, answer_word(call, "cloud"));
    if (wide && answer_text(call, "providerId")) {
        text_add(out, "  ");
        screen_add(out, screen, INK_FAINT, answer_word(call, "providerId"));
    }
    text_add_char(out, '\n');
}

/* The rest of a line, going on below itself. */
static void tail_add(struct text *out, const struct screen *screen, const char *text, unsigned used)
{
    unsigned width = screen->columns > used + TAIL_MIN ? screen->columns - used : 0;
    screen_add_wrapped(out, screen, INK_PLAIN, text, used, width, LINES_MAX);
    text_add_char(out, '\n');
}

static bool same_object(const cJSON *a, const cJSON *b)
{
    return a && strcmp(answer_word(a, "source"), answer_word(b, "source")) == 0 &&
           strcmp(answer_word(a, "name"), answer_word(b, "name")) == 0 &&
           strcmp(answer_word(a, "cloud"), answer_word(b, "cloud")) == 0;
}

static void call_add(struct text *out, const struct screen *screen, const cJSON *call)
{
    const char *from = answer_word(call, "from"), *to = answer_word(call, "to"),
               *reason = answer_word(call, "reason");
    bool next = answer_flag(call, "next"), destroys = answer_flag(call, "destructive");
    const char *word = destroys ? "DESTROYS" : answer_flag(call, "disruptive") ? "interrupts" : "";
    AUTO_TEXT struct text what = {0};
    text_init(&what, CHANGE_MAX);
    text_addf(&what, "%s%s%s%s%s", from, *from && *to ? " → " : "", to, (*from || *to) && *reason ? "  " : "",
              reason);
    text_add(out, next ? "  ▶ " : "    ");
    screen_add_cell(out, screen,
                    destroys ? INK_BAD
                    : next   ? INK_BUSY
                             : INK_PLAIN,
                    answer_word(call, "call"), CALL_WIDTH, true);
    screen_add_cell(out, screen, destroys ? INK_BAD : INK_WAIT, word, WORD_WIDTH, true);
    tail_add(out, screen, what.bytes, 4 + CALL_WIDTH + WORD_WIDTH);
}

static unsigned calls_add(struct text *out, const struct run *run, const cJSON *plan)
{
    const cJSON *before = NULL;
    unsigned count = 0;
    for (const cJSON *call = answer_first(plan, "calls"); call; call = call->next) {
        if (!same_object(before, call)) heading_add(out, &run->screen, call, run_wants_wide(run));
        call_add(out, &run->screen, call);
        before = call;
        count++;
    }
    return count;
}

/* Why in the daemon's sentence, then the command that ends it. */
static void blocked_why(const cJSON *blocked, struct text *out)
{
    const char *message = answer_word(blocked, "message"), *by = answer_word(blocked, "blockedBy");
    const char *hold = answer_text(blocked, "holdId");
    text_add(out, *message ? message : by);
    if (hold) text_addf(out, "%ssetpointctl approve %s", out->length ? ": " : "", hold);
}

static void blocked_line_add(struct text *out, const struct screen *screen, const cJSON *blocked)
{
    char where[WHERE_MAX];
    const char *reason = answer_word(blocked, "reason");
    AUTO_TEXT struct text why = {0};
    text_init(&why, CHANGE_MAX);
    blocked_why(blocked, &why);
    snprintf(where, sizeof where, "%s/%s", answer_word(blocked, "source"), answer_word(blocked, "name"));
    text_add(out, "  ");
    screen_add(out, screen, INK_STRONG, where);
    text_add(out, "  ");
    screen_add(out, screen, INK_BAD, reason);
    text_add(out, "  ");
    tail_add(out, screen, why.bytes, screen_width(where) + screen_width(reason) + 6);
}

static unsigned blocked_add(struct text *out, const struct screen *screen, const cJSON *plan)
{
    unsigned count = 0;
    for (const cJSON *blocked = answer_first(plan, "blocked"); blocked; blocked = blocked->next) {
        if (count++ == 0) {
            if (out->length) text_add_char(out, '\n');
            text_add(out, "held back\n");
        }
        blocked_line_add(out, screen, blocked);
    }
    return count;
}

static void value_text(const cJSON *value, struct text *out)
{
    char *printed = value && !cJSON_IsString(value) ? cJSON_PrintUnformatted(value) : NULL;
    text_add(out, cJSON_IsString(value) ? value->valuestring : printed ? printed : "");
    cJSON_free(printed);
}

static void note_add(struct text *out, const struct screen *screen, const cJSON *note)
{
    char where[WHERE_MAX];
    AUTO_TEXT struct text what = {0};
    text_init(&what, CHANGE_MAX);
    const char *name = answer_text(note, "name");
    snprintf(where, sizeof where, "%s%s%s", answer_word(note, "source"), name ? "/" : "", name ? name : "");
    text_add(&what, answer_word(note, "field"));
    if (name) {
        text_add(&what, " differs (");
        value_text(answer_member(note, "actual"), &what);
        text_add(&what, " → ");
        value_text(answer_member(note, "desired"), &what);
        text_add(&what, "):");
    }
    text_addf(&what, " %s", answer_word(note, "message"));
    text_add(out, "  ");
    screen_add(out, screen, INK_STRONG, where);
    text_add(out, "  ");
    tail_add(out, screen, what.bytes, screen_width(where) + 4);
}

static void notes_add(struct text *out, const struct screen *screen, const cJSON *plan)
{
    const cJSON *note = answer_first(plan, "notes");
    if (note) text_add(out, out->length ? "\nnoted\n" : "noted\n");
    for (; note; note = note->next)
        note_add(out, screen, note);
}

static void budget_add(struct text *out, const struct screen *screen, const cJSON *source)
{
    const cJSON *budget = answer_member(source, "budget");
    char line[WHERE_MAX], resets[SPAN_SIZE];
    if (!budget || (answer_number(budget, "used") <= 0 && answer_number(budget, "max") <= 0)) return;
    snprintf(line, sizeof line, "budget of %s: %.0f of %.0f destructions used", answer_word(source, "name"),
             answer_number(budget, "used"), answer_number(budget, "max"));
    screen_add(out, screen, INK_PLAIN, line);
    words_until(answer_wall_ms(budget, "resetsAt"), client_wall_ms(), resets);
    if (*resets) text_addf(out, ", resets in %s", resets);
    text_add_char(out, '\n');
}

static bool source_is_in(const cJSON *plan, const char *list, const char *source)
{
    for (const cJSON *item = answer_first(plan, list); item; item = item->next)
        if (strcmp(answer_word(item, "source"), source) == 0) return true;
    return false;
}

/* What the sources of the plan have used up. That it cannot be had does not make the plan wrong. */
static void budgets_add(struct text *out, const struct run *run, const cJSON *plan)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    client_path(&path, "/v1/sources");
    if (client_ask(&run->client, &path, NULL, CLIENT_READ_MS, &reply) != CTL_DONE) return;
    AUTO_ANSWER cJSON *sources = cJSON_Parse(reply.bytes);
    for (const cJSON *source = answer_items(sources); source; source = source->next) {
        const char *name = answer_word(source, "name");
        if (source_is_in(plan, "calls", name) || source_is_in(plan, "blocked", name))
            budget_add(out, &run->screen, source);
    }
}

static void amount_add(struct text *out, double amount, const char *unit)
{
    bool whole = amount == floor(amount);
    text_addf(out, amount == 0 ? "%.*f%s" : "%+.*f%s", whole ? 0 : 1, amount, unit);
}

/* Flavors of which the cloud does not tell how large they are: nothing of them is in the sums. */
static void unknown_add(struct text *out, const cJSON *delta)
{
    const cJSON *first = answer_first(delta, "unknownFlavors");
    for (const cJSON *flavor = first; flavor; flavor = flavor->next) {
        text_add(out, flavor == first ? " without flavor " : ", ");
        text_add(out, cJSON_IsString(flavor) ? flavor->valuestring : "");
    }
    if (first) text_add(out, " (of unknown size)");
}

static void delta_add(struct text *out, const cJSON *plan, unsigned calls)
{
    const cJSON *delta = answer_member(plan, "delta");
    double instances = answer_number(delta, "instances");
    text_add(out, "Δ ");
    amount_add(out, instances, fabs(instances) == 1 ? " instance, " : " instances, ");
    amount_add(out, answer_number(delta, "vcpus"), " vCPU, ");
    amount_add(out, answer_number(delta, "ramMiB") / MIB_PER_GIB, " GiB RAM");
    unknown_add(out, delta);
    text_addf(out, " · %u call%s\n", calls, calls == 1 ? "" : "s");
}

static int exit_of(const struct run *run, const cJSON *plan)
{
    if (!run_has(run, OPTION_DETAILED)) return CTL_DONE;
    if (answer_first(plan, "blocked") || notices_unread(answer_member(plan, "notices"))) return CTL_BLOCKED;
    return answer_first(plan, "calls") ? CTL_CHANGES : CTL_DONE;
}

static bool plan_print(const struct run *run, const cJSON *plan)
{
    AUTO_TEXT struct text out = {0};
    text_init(&out, SCREEN_OUT_MAX);
    unsigned calls = calls_add(&out, run, plan);
    unsigned blocked = blocked_add(&out, &run->screen, plan);
    notes_add(&out, &run->screen, plan);
    if (calls + blocked == 0) {
        text_add(&out, "nothing to do\n");
        notices_add(answer_member(plan, "notices"), &run->screen, &out);
        return screen_put(&out);
    }
    text_add_char(&out, '\n');
    delta_add(&out, plan, calls);
    budgets_add(&out, run, plan);
    notices_add(answer_member(plan, "notices"), &run->screen, &out);
    return screen_put(&out);
}

int run_plan(struct run *run)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    client_path(&path, "/v1/plan");
    for (unsigned i = 0; i < run->argument_count; i++)
        client_query(&path, "name", run->arguments[i]);
    if (run_has(run, OPTION_SOURCE)) client_query(&path, "source", run->values[OPTION_SOURCE]);
    int exit = client_ask(&run->client, &path, NULL, CLIENT_WORK_MS, &reply);
    if (exit) return exit;
    AUTO_ANSWER cJSON *plan = cJSON_Parse(reply.bytes);
    if (!cJSON_IsObject(plan)) return run_fail(CTL_FAILED, "the daemon's plan cannot be read");
    bool put = run_wants_json(run) ? screen_put(&reply) : plan_print(run, plan);
    return put ? exit_of(run, plan) : CTL_FAILED;
}
