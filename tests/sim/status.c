#include "tests/sim/status.h"

#include <string.h>

#include "tests/sim/grow.h"

const char *status_member(const cJSON *row, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, key));
    return text ? text : "";
}

void status_release(struct status *status)
{
    cJSON_Delete(status->tree);
    free(status->json);
    free(status->rows);
    *status = (struct status){.json = NULL};
}

static void take_rows(struct status *status)
{
    const cJSON *row;
    status->count = 0;
    cJSON_ArrayForEach(row, status->tree) * GROW(status->rows, status->count, status->room) =
        (struct status_row){
            .source = status_member(row, "source"),
            .name = status_member(row, "name"),
            .kind = status_member(row, "kind"),
            .cloud = status_member(row, "cloud"),
            .verdict = status_member(row, "verdict"),
            .reason = status_member(row, "reason"),
            .message = status_member(row, "message"),
            .next = status_member(row, "nextTry"),
            .server = status_member(row, "providerId"),
        };
}

bool status_read(struct status *status, const char *json)
{
    if (!status->json || strcmp(status->json, json) != 0) {
        cJSON_Delete(status->tree);
        free(status->json);
        status->json = grow_text(json);
        status->tree = cJSON_Parse(json);
        take_rows(status);
    }
    return cJSON_IsArray(status->tree);
}
