#include "providers/kakaocloud/kakaocloud.h"

#include <stdio.h>

#include "providers/request.h"

enum {
    OFFSET_MAX = 1000000, /* 2,000 times the quota of instances: a list that does not end */
};

uint32_t kakao_page_offset(const char *page)
{
    uint64_t offset = 0;
    return page && text_to_number(page, OFFSET_MAX, &offset) ? (uint32_t)offset : 0;
}

void kakao_page_query(struct text *url, const char *page)
{
    char number[16];
    snprintf(number, sizeof number, "%d", KAKAO_LIST_PAGE);
    url_query(url, "limit", number);
    snprintf(number, sizeof number, "%u", kakao_page_offset(page));
    url_query(url, "offset", number);
}

/* The greatest limit is not documented, nor whether the reply tells what was made of ours, nor whether the
   total counts deleted rows that are still listed. So a page is the last when it is shorter than any limit
   told and the total is reached; once there is a second page, only when it is empty. */
bool kakao_page_next(const struct call *call, const struct kakao_page *told, uint32_t count,
                     struct arena *arena, const char **out_next)
{
    uint32_t offset = kakao_page_offset(call->page);
    int64_t limit = told->limit > 0 && told->limit < KAKAO_LIST_PAGE ? told->limit : KAKAO_LIST_PAGE;
    *out_next = NULL;
    if (told->offset >= 0 && told->offset != (int64_t)offset) return false;
    if (count == 0) return true;
    bool reached = told->total >= 0 && told->total <= (int64_t)offset + count;
    if (offset == 0 && reached && count < limit) return true;
    if ((int64_t)offset + count > OFFSET_MAX) return false;
    *out_next = arena_printf(arena, "%u", offset + count);
    return true;
}
