/* The control socket's routes, parameters, statuses and words as JSON, for control_openapi. */
#include <inttypes.h>
#include <stdio.h>

#include "daemon/control_desk.h"
#include "reconcile/call.h"
#include "reconcile/field.h"
#include "reconcile/phase.h"
#include "reconcile/verdict.h"

static const char *const accesses[] = {
    [CONTROL_NOBODY] = "nobody", [CONTROL_READS] = "reads", [CONTROL_ACTS] = "acts"};
static const char *const kinds[] = {[CONTROL_TEXT] = "text",
                                    [CONTROL_NUMBER] = "number",
                                    [CONTROL_FLAG] = "flag",
                                    [CONTROL_DURATION] = "duration",
                                    [CONTROL_TEXTS] = "texts"};

static void show_parameters(const struct control_parameter *row)
{
    for (const char *comma = ""; row && row->name; row++, comma = ",")
        printf("%s{\"name\":\"%s\",\"kind\":\"%s\",\"required\":%s,\"max\":%" PRIu64 "}", comma, row->name,
               kinds[row->kind], row->required ? "true" : "false", row->max);
}

static void show_statuses(void)
{
    uint32_t count;
    const struct control_status *statuses = control_statuses(&count);
    printf("\"statuses\":[");
    for (uint32_t i = 0; i < count; i++)
        printf("%s%d", i ? "," : "", statuses[i].status);
    printf("]");
}

static const char *verdict_at(unsigned i)
{
    return verdict_name((enum verdict)i);
}

static const char *reason_at(unsigned i)
{
    return reason_row((enum reason)i)->word;
}

static const char *phase_at(unsigned i)
{
    return phase_name((enum phase)i);
}

static const char *call_at(unsigned i)
{
    return call_name((enum call_kind)i);
}

static const char *field_at(unsigned i)
{
    return field_row((enum field)i)->name;
}

static void show_words(void)
{
    static const struct {
        const char *name;
        const char *(*at)(unsigned i);
        unsigned count;
    } rows[] = {{"Verdict", verdict_at, VERDICT_COUNT},
                {"Reason", reason_at, REASON_COUNT},
                {"Phase", phase_at, PHASE_COUNT},
                {"Call", call_at, CALL_COUNT},
                {"Field", field_at, FIELD_COUNT}};
    printf("\"words\":{");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        printf("%s\"%s\":[", i ? "," : "", rows[i].name);
        for (unsigned k = 0; k < rows[i].count; k++)
            printf("%s\"%s\"", k ? "," : "", rows[i].at(k));
        printf("]");
    }
    printf("}");
}

int main(void)
{
    uint32_t count;
    const struct control_route *routes = control_route_table(&count);
    printf("{\"routes\":[");
    for (uint32_t i = 0; i < count; i++) {
        printf("%s{\"method\":\"%s\",\"path\":\"%s\",\"access\":\"%s\",\"parameters\":[", i ? "," : "",
               routes[i].method, routes[i].path, accesses[routes[i].access]);
        show_parameters(routes[i].parameters);
        printf("]}");
    }
    printf("],");
    show_statuses();
    printf(",");
    show_words();
    printf("}\n");
    return 0;
}
