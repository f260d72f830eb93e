#include "daemon/once.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/setpointd.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/view.h"

enum { STATUS_JSON_MAX = 256 << 20 /* LIMIT_OBJECTS objects are about 120 MB */, COLUMNS = 5 };

static const struct column {
    const char *title, *member;
} columns[COLUMNS] = {
    {"NAME", "name"}, {"CLOUD", "cloud"}, {"PHASE", "phase"}, {"VERDICT", "verdict"}, {"WHY", "message"}};

static const char *cell(const cJSON *row, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, member));
    return text ? text : "-";
}

static void table_print(const cJSON *rows)
{
    int widths[COLUMNS];
    const cJSON *row;
    for (unsigned i = 0; i < COLUMNS; i++) {
        size_t widest = strlen(columns[i].title);
        cJSON_ArrayForEach(row, rows)
        {
            size_t size = strlen(cell(row, columns[i].member));
            if (size > widest) widest = size;
        }
        widths[i] = i + 1 < COLUMNS ? (int)widest + 2 : 0;
        printf("%-*s", widths[i], columns[i].title);
    }
    putchar('\n');
    cJSON_ArrayForEach(row, rows)
    {
        for (unsigned i = 0; i < COLUMNS; i++)
            printf("%-*s", widths[i], cell(row, columns[i].member));
        putchar('\n');
    }
}

static void status_print(struct setpointd *setpointd, const struct view_counts *counts)
{
    struct view_filter all = {0};
    AUTO_TEXT struct text json;
    text_init(&json, STATUS_JSON_MAX);
    view_status(setpointd_state(setpointd), &all, clock_now(), &json);
    cJSON *rows = cJSON_Parse(json.bytes);
    if (counts->objects > 0) table_print(rows);
    cJSON_Delete(rows);
    printf("%" PRIu32 " of %" PRIu32 " converged%s\n", counts->converged, counts->objects,
           setpointd_has_fault(setpointd) ? "; a source is not in order, see above" : "");
    fflush(stdout);
}

/* fault: a source is not in order, so what is to be there is not wholly known. */
static bool counts_end(const struct view_counts *counts, bool fault, enum daemon_exit *out_exit)
{
    if (counts->held < counts->not_converged) return false;
    *out_exit = counts->not_converged == 0 && !fault ? DAEMON_EXIT_DONE : DAEMON_EXIT_BLOCKED;
    return true;
}

static bool once_watch(void *ctx, struct setpointd *setpointd, enum daemon_exit *out_exit)
{
    const struct options *options = ctx;
    struct view_filter all = {0};
    const struct state *state = setpointd_state(setpointd);
    struct view_counts counts = view_count(state, &all, clock_now());
    bool ended = view_is_ready(state) && counts_end(&counts, setpointd_has_fault(setpointd), out_exit);
    if (!ended && setpointd_age_ms(setpointd) >= options->timeout_ms) {
        *out_exit = DAEMON_EXIT_TIMEOUT;
        ended = true;
    }
    if (ended) status_print(setpointd, &counts);
    return ended;
}

enum daemon_exit once_run(const struct options *options, struct config *config)
{
    return setpointd_run(options, config, once_watch, (void *)(uintptr_t)options);
}
